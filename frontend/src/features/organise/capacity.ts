import type { Hall } from '@/lib/api/events'

/** How many seats halls have together; null where there are no halls: not limited. */
export const capacityOf = (halls: Pick<Hall, 'capacity'>[]): number | null =>
  halls.length === 0 ? null : halls.reduce((sum, hall) => sum + hall.capacity, 0)

/** By how many seats more is booked than there is room for. */
export const overBy = (capacity: number | null, booked: number): number =>
  capacity === null ? 0 : Math.max(0, booked - capacity)

/** How much of the room is booked, 1 for all of it; null where it is not limited. Of no room, all is booked. */
export const fillOf = (capacity: number | null, booked: number): number | null => {
  if (capacity === null) return null
  return capacity === 0 ? 1 : booked / capacity
}

/** Whether two lists of halls say the same. */
export const sameHalls = (a: Hall[], b: Hall[]): boolean =>
  a.length === b.length &&
  a.every(({ name, location, capacity }, n) => {
    const other = b[n]
    return other?.name === name && other.location === location && other.capacity === capacity
  })

/** How an event's sale stands. */
export type Standing = 'cancelled' | 'over' | 'overbooked' | 'soldOut' | 'selling'

/** Says how an event's sale stands at a moment, in Unix seconds. */
export function standingOf(
  event: { Cancelled: boolean; EndDate: number; Capacity: number | null; Booked: number },
  now: number,
): Standing {
  if (event.Cancelled) return 'cancelled'
  if (now >= event.EndDate) return 'over'
  if (overBy(event.Capacity, event.Booked) > 0) return 'overbooked'
  return event.Capacity !== null && event.Booked >= event.Capacity ? 'soldOut' : 'selling'
}
