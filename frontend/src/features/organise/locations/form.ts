import type { Location } from '@/lib/api/events'
import { z } from '@/lib/zod'
import type { LocationInput } from '../api/locations'
import { sameHalls } from '../capacity'
import { type Fault, hallSchema, hallsOf, hallValues, mostHalls, placeSchema, zoneNamed } from '../fields'

const halls: Fault = 'halls'

/** The rules for a location. */
export const locationSchema = z.extend(placeSchema, {
  halls: z.array(hallSchema).check(z.maxLength(mostHalls, halls)),
})

/** A location as it is entered. */
export type LocationValues = z.infer<typeof locationSchema>

/** What a form begins with: a location, or nothing but the organiser's own zone. */
export const valuesOf = (before: Location | undefined, zone: string): LocationValues => ({
  name: before?.Name ?? '',
  address: before?.Address ?? '',
  country: before?.Country ?? '',
  timeZone: before?.TimeZone ?? zone,
  halls: hallValues(before?.Halls ?? []),
})

/** What the service is to be told. The opening hours, which some clients give, stay as they were. */
export const inputOf = (v: LocationValues, before?: Location) => ({
  Name: v.name.trim(),
  Address: v.address.trim(),
  Country: v.country.trim(),
  TimeZone: zoneNamed(v.timeZone) ?? v.timeZone,
  Halls: hallsOf(v.halls),
  ...(before && { OpenTime: before.OpenTime, CloseTime: before.CloseTime }),
})

/** Whether a location is as it is entered already. */
export function isAs(l: Location, v: LocationValues): boolean {
  const input: LocationInput = inputOf(v)
  return (
    l.Name === input.Name &&
    l.Address === input.Address &&
    l.Country === input.Country &&
    l.TimeZone === input.TimeZone &&
    sameHalls(l.Halls, hallsOf(v.halls))
  )
}
