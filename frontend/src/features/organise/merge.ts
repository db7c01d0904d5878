/**
 * Puts together what two people made of the same: where mine differs from what it was, mine, else theirs. kept names
 * what is mine.
 */
export function merged<T extends object>(was: T, mine: T, theirs: T): { values: T; kept: (keyof T)[] } {
  const kept = (Object.keys(mine) as (keyof T)[]).filter(
    (key) => JSON.stringify(mine[key]) !== JSON.stringify(was[key]),
  )
  const values = { ...theirs }
  for (const key of kept) values[key] = mine[key]
  return { values, kept }
}
