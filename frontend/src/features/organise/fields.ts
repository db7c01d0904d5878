// What organisers' forms have in common: the rules of their fields, which are those of the event service.

import type { Hall } from '@/lib/api/events'
import { z } from '@/lib/zod'

/** What may be wrong with a field; the words are in the dictionary under fault. */
export type Fault =
  | 'required'
  | 'tooLong'
  | 'zone'
  | 'seats'
  | 'place'
  | 'clock'
  | 'never'
  | 'order'
  | 'halls'
  | 'refused'

const fault = (f: Fault) => f

export const longest = { name: 200, address: 500, country: 200, hall: 200, hallPlace: 500 }

/** How many seats a hall may have, and an event halls. */
const mostSeats = 10_000_000
export const mostHalls = 500

const text = (most: number) => z.string().check(z.trim(), z.maxLength(most, fault('tooLong')))
const someText = (most: number) => text(most).check(z.minLength(1, fault('required')))

const isSeats = (s: string) => /^\d{1,8}$/.test(s.trim()) && Number(s) <= mostSeats

export const nameSchema = someText(longest.name)

export const hallSchema = z.object({
  name: text(longest.hall),
  location: text(longest.hallPlace),
  capacity: z.string().check(z.refine(isSeats, fault('seats'))),
})

export const placeSchema = z.object({
  name: nameSchema,
  address: text(longest.address),
  country: text(longest.country),
  timeZone: z.string().check(z.refine((name) => zoneNamed(name) !== undefined, fault('zone'))),
})

/** A hall as it is entered. */
export type HallValues = z.infer<typeof hallSchema>
/** A place as it is entered. */
export type PlaceValues = z.infer<typeof placeSchema>

export const hallValues = (halls: Hall[]): HallValues[] =>
  halls.map(({ name, location, capacity }) => ({ name, location, capacity: String(capacity) }))

/** The halls as they were entered, of which no fault was found. */
export const hallsOf = (values: HallValues[]): Hall[] =>
  values.map(({ name, location, capacity }) => ({
    name: name.trim(),
    location: location.trim(),
    capacity: Number(capacity),
  }))

/** How many seats the halls have as far as they are entered. */
export const seatsSoFar = (values: HallValues[]): number =>
  values.reduce((sum, { capacity }) => sum + (isSeats(capacity) ? Number(capacity) : 0), 0)

/** The time zones that can be chosen. */
export const zones = (): string[] => Intl.supportedValuesOf('timeZone')

/** The zone of this IANA name, in any case; undefined if there is none. */
export function zoneNamed(name: string): string | undefined {
  const wanted = name.trim()
  if (!/^[A-Za-z]/.test(wanted)) return undefined // distances to UTC have no name
  try {
    Intl.DateTimeFormat('en', { timeZone: wanted })
  } catch {
    return undefined
  }
  return zones().find((zone) => zone.toLowerCase() === wanted.toLowerCase()) ?? wanted
}

const simple: Record<string, string> = {
  Name: 'name',
  Address: 'address',
  Country: 'country',
  TimeZone: 'timeZone',
  StartDate: 'start.text',
  EndDate: 'end.text',
  Duration: 'end.text',
}

/** The field of a form that the service's name of a field means; undefined for one that the form does not have. */
export function fieldNamed(name: string): string | undefined {
  const inner = name.replace(/^Location\./, '')
  const hall = /^Halls\[(\d+)\]\.(name|location|capacity)$/.exec(inner)
  if (hall) return `halls.${hall[1]}.${hall[2]}`
  if (/^Halls\b/.test(inner)) return 'seats'
  if (name === 'Location.ID' || name === 'Location') return 'place'
  const field = simple[inner]
  return field && inner !== name ? `newPlace.${field}` : field
}
