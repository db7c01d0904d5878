import type { Statistics } from '../api/statistics'
import { fillOf, overBy, type Standing, standingOf } from '../capacity'

/** How many seats were sold on a day (YYYY-MM-DD of the venues' calendars) that are still booked. */
export type DaySold = { day: string; seats: number }

const dayLong = 24 * 60 * 60 * 1000

const nextDay = (day: string): string => new Date(Date.parse(day) + dayLong).toISOString().slice(0, 10)

/**
 * Sums up what was sold of events on each of the last so many days, those without a sale among them. The last one is
 * today or, where the calendar of a venue is further already, what was sold last.
 */
export function soldByDay(events: Statistics[], days: number, today: string): DaySold[] {
  const sums = new Map<string, number>()
  for (const { Day, Booked } of events.flatMap((e) => e.Days)) sums.set(Day, (sums.get(Day) ?? 0) + Booked)
  const last = [today, ...sums.keys()].reduce((a, b) => (a > b ? a : b))
  const first = new Date(Date.parse(last) - (days - 1) * dayLong).toISOString().slice(0, 10)
  const found: DaySold[] = []
  for (let day = first; day <= last; day = nextDay(day)) found.push({ day, seats: sums.get(day) ?? 0 })
  return found
}

/** An event's sale at a glance. */
export type Sale = {
  id: string
  name: string
  start: number
  zone: string
  booked: number
  capacity: number | null
  /** 1 for all seats; null where they are not limited. */
  fill: number | null
  over: number
  standing: Standing
}

/** The sales of events; bookedNow knows newer figures of some. */
export const salesOf = (
  events: Statistics[],
  bookedNow: (eventID: string) => number | undefined,
  now: number,
): Sale[] =>
  events.map((e) => {
    const booked = bookedNow(e.EventID) ?? e.Booked
    return {
      id: e.EventID,
      name: e.Name,
      start: e.StartDate,
      zone: e.TimeZone,
      booked,
      capacity: e.Capacity,
      fill: fillOf(e.Capacity, booked),
      over: overBy(e.Capacity, booked),
      standing: standingOf({ ...e, Booked: booked }, now),
    }
  })

const urgent: Standing[] = ['overbooked', 'soldOut', 'cancelled']

/** The events that an organiser should look at, the most urgent first: cancelled ones only while somebody may come. */
export const toLookAt = (sales: Sale[], now: number): Sale[] =>
  sales
    .filter(
      (s) => urgent.includes(s.standing) && (s.standing !== 'cancelled' || (s.start > now && s.booked > 0)),
    )
    .sort((a, b) => urgent.indexOf(a.standing) - urgent.indexOf(b.standing) || a.start - b.start)

/** The events that are still to come and can be booked, the next one first. */
export const upcoming = (sales: Sale[]): Sale[] =>
  sales.filter((s) => !['over', 'cancelled'].includes(s.standing)).sort((a, b) => a.start - b.start)
