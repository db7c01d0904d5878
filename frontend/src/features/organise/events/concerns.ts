import type { Event, Hall } from '@/lib/api/events'
import type { EventInput } from '../api/events'
import { capacityOf, overBy } from '../capacity'
import type { Likeness } from '../duplicates'

/** What an organiser should know before an event is saved. */
export type Concern =
  | { kind: 'duplicate'; like: Likeness }
  /** Less room than is booked; the number is missing where it can't be known at the moment. */
  | { kind: 'over'; capacity: number; booked?: number; by?: number }
  /** People who have booked will find another time or place. */
  | { kind: 'moved'; booked?: number }
  | { kind: 'past' }

/** Says what is to be known of a change that is about to be saved; booked is undefined while it is not known. */
export function concernsOf(
  input: EventInput,
  { before, booked, likes, now }: { before?: Event; booked?: number; likes: Likeness[]; now: number },
): Concern[] {
  const concerns: Concern[] = likes.map((like) => ({ kind: 'duplicate', like }))
  const moved =
    before?.StartDate !== input.StartDate ||
    before.EndDate !== input.EndDate ||
    before.Location.ID !== (input.Location?.ID ?? '')
  if (moved && input.EndDate <= now) concerns.push({ kind: 'past' })
  if (!before) return concerns
  const capacity = capacityOf((input.Location?.Halls ?? []) as Hall[])
  if (capacity !== null && capacity < (before.Capacity ?? Number.POSITIVE_INFINITY)) {
    if (booked === undefined) concerns.push({ kind: 'over', capacity })
    else if (overBy(capacity, booked) > 0) {
      concerns.push({ kind: 'over', capacity, booked, by: overBy(capacity, booked) })
    }
  }
  if (moved && booked !== 0) concerns.push({ kind: 'moved', booked })
  return concerns
}
