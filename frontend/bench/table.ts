import { loadavg } from 'node:os'

type Row = { what: string; measured: string; reach: string; load: string }

const rows: Row[] = []

/** Notes a figure, with what it is to be and how busy the machine is. */
export function note(what: string, measured: string, reach: string): void {
  rows.push({ what, measured, reach, load: (loadavg()[0] ?? 0).toFixed(1) })
}

/** Prints what was noted. */
export function print(): void {
  console.log('\n| the web app | measured | to reach | load of the machine |\n|---|--:|--:|--:|')
  for (const { what, measured, reach, load } of rows)
    console.log(`| ${what} | ${measured} | ${reach} | ${load} |`)
}

/** The middle one of an odd number of figures. */
export function median(figures: number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) / 2] ?? Number.NaN
}

export const ms = (n: number): string => `${Math.round(n).toLocaleString('en-GB')} ms`
