import type { Event } from '@/lib/api/events'
import { clockOf, dayOf } from './clock'

/** An event that is about to be saved, as far as it may be one that is there already. */
export type Candidate = {
  /** Its own ID, where it has one. */
  id?: string
  name: string
  /** The location's ID, or empty for a new one. */
  place: string
  zone: string
  start: number
  end: number
}

/** Why an event is taken for a likely duplicate. */
export type Likeness = { event: Event; why: 'name' | 'place' }

/** A name as it is compared, whatever its case and its spaces are. */
export const plain = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

/**
 * Finds, among events, those that are likely to be the same: of the same name on the same day, each by the clock of
 * its place, or at the same place at the same time. An event that ends when another begins is no such one.
 */
export function duplicates(candidate: Candidate, events: Event[]): Likeness[] {
  const day = dayOf(clockOf(candidate.start, candidate.zone))
  const found: Likeness[] = []
  for (const event of events) {
    if (event.ID === candidate.id || event.Cancelled) continue
    const { ID: place, TimeZone: zone } = event.Location
    if (plain(event.Name) === plain(candidate.name) && dayOf(clockOf(event.StartDate, zone)) === day) {
      found.push({ event, why: 'name' })
    } else if (place !== '' && place === candidate.place && overlap(candidate, event)) {
      found.push({ event, why: 'place' })
    }
  }
  return found
}

const overlap = (a: Candidate, b: Event): boolean => a.start < b.EndDate && b.StartDate < a.end
