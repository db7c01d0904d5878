import type { Event, Hall, Location } from '@/lib/api/events'
import { z } from '@/lib/zod'
import type { EventInput } from '../api/events'
import { sameHalls } from '../capacity'
import { type Clock, enteredOf, momentOf, readClock } from '../clock'
import {
  type Fault,
  hallSchema,
  hallsOf,
  hallValues,
  mostHalls,
  nameSchema,
  type PlaceValues,
  placeSchema,
  zoneNamed,
} from '../fields'

/** What is chosen for a location that is not there yet. */
export const newPlace = 'new'

/** Where the seats come from: the location's halls as they are now, the event's own, or no end of them. */
export type Seats = 'location' | 'own' | 'none'

const clockSchema = z.object({ text: z.string(), later: z.boolean() })
const anyText = z.object({ name: z.string(), address: z.string(), country: z.string(), timeZone: z.string() })

const valuesSchema = z.object({
  name: nameSchema,
  place: z.string(),
  newPlace: anyText,
  start: clockSchema,
  end: clockSchema,
  seats: z.enum(['location', 'own', 'none']),
  halls: z.array(z.object({ name: z.string(), location: z.string(), capacity: z.string() })),
})

/** An event as it is entered. */
export type EventValues = z.infer<typeof valuesSchema>

/** The locations that can be chosen, and the event as it was, if it was. */
export type Known = { locations: Location[]; before?: Event }

/** Finds a location: that of the event as it was also if it was deleted since. */
export const placeOf = ({ locations, before }: Known, id: string): Location | undefined =>
  locations.find((l) => l.ID === id) ??
  (id !== '' && before?.Location.ID === id ? before.Location : undefined)

/** The zone of the chosen place; undefined while none is chosen. */
export const zoneOf = (known: Known, v: Pick<EventValues, 'place' | 'newPlace'>): string | undefined =>
  v.place === newPlace ? zoneNamed(v.newPlace.timeZone) : placeOf(known, v.place)?.TimeZone

/** The halls that the chosen place has itself: none that is new. */
export const placeHalls = ({ locations }: Known, place: string): Hall[] | undefined =>
  locations.find((l) => l.ID === place)?.Halls

type Found = (fault: Fault, ...path: (string | number)[]) => void

function checkPlace(v: EventValues, found: Found): void {
  if (v.place === '') found('place', 'place')
  if (v.place !== newPlace) return
  for (const issue of placeSchema.safeParse(v.newPlace).error?.issues ?? []) {
    found(issue.message as Fault, 'newPlace', ...(issue.path as string[]))
  }
}

function checkClock(clock: Clock, name: 'start' | 'end', zone: string, found: Found): void {
  const reading = readClock(clock.text, zone)
  if (!reading) found('clock', name, 'text')
  else if (reading.kind === 'never') found('never', name, 'text')
}

function checkTimes(v: EventValues, zone: string, found: Found): void {
  checkClock(v.start, 'start', zone, found)
  checkClock(v.end, 'end', zone, found)
  const [start, end] = [momentOf(v.start, zone), momentOf(v.end, zone)]
  if (start !== undefined && end !== undefined && end < start) found('order', 'end', 'text')
}

function checkHalls(v: EventValues, found: Found): void {
  if (v.seats !== 'own') return
  if (v.halls.length === 0 || v.halls.length > mostHalls) found('halls', 'seats')
  for (const [n, hall] of v.halls.entries()) {
    for (const issue of hallSchema.safeParse(hall).error?.issues ?? []) {
      found(issue.message as Fault, 'halls', n, ...(issue.path as string[]))
    }
  }
}

/** The rules for an event. What belongs to a choice that was not made may be anything. */
export const eventSchema = (known: Known) =>
  valuesSchema.check((ctx) => {
    const v = ctx.value
    const found: Found = (message, ...path) => ctx.issues.push({ code: 'custom', input: v, message, path })
    checkPlace(v, found)
    checkTimes(v, zoneOf(known, v) ?? 'UTC', found)
    checkHalls(v, found)
  })

/** What a form begins with: an event, or nothing but the organiser's own zone. */
export function valuesOf(known: Known, zone: string): EventValues {
  const empty: PlaceValues = { name: '', address: '', country: '', timeZone: zone }
  const { before } = known
  if (!before) {
    const none = { text: '', later: false }
    return { name: '', place: '', newPlace: empty, start: none, end: none, seats: 'location', halls: [] }
  }
  const { ID: place, TimeZone, Halls } = before.Location
  return {
    name: before.Name,
    place,
    newPlace: empty,
    start: enteredOf(before.StartDate, TimeZone),
    end: enteredOf(before.EndDate, TimeZone),
    seats: seatsOf(Halls, placeHalls(known, place)),
    halls: hallValues(Halls),
  }
}

function seatsOf(halls: Hall[], location: Hall[] | undefined): Seats {
  if (location && sameHalls(halls, location)) return 'location'
  return halls.length > 0 ? 'own' : 'none'
}

/** The halls that an event as it is entered will have. */
export function chosenHalls(known: Known, v: Pick<EventValues, 'seats' | 'place' | 'halls'>): Hall[] {
  if (v.seats === 'none') return []
  return v.seats === 'own' ? hallsOf(v.halls) : (placeHalls(known, v.place) ?? [])
}

/** What the service is to be told. The halls are sent as they were seen, even where they are the location's. */
export function inputOf(known: Known, v: EventValues): EventInput {
  const zone = zoneOf(known, v) ?? 'UTC'
  const [StartDate, EndDate] = [momentOf(v.start, zone) ?? 0, momentOf(v.end, zone) ?? 0]
  const Halls = chosenHalls(known, v)
  const { before } = known
  const sameTimes = before?.StartDate === StartDate && before.EndDate === EndDate
  const place = v.newPlace
  return {
    Name: v.name.trim(),
    StartDate,
    EndDate,
    // Some give a duration that is not what is between the dates: it stays as long as these do.
    ...(sameTimes && { Duration: before.Duration }),
    Location:
      v.place === newPlace
        ? {
            Name: place.name.trim(),
            Address: place.address.trim(),
            Country: place.country.trim(),
            TimeZone: zone,
            Halls,
          }
        : { ID: v.place, Halls },
  }
}

/** Whether an event is as an input says already. */
export const isAs = (event: Event, input: EventInput): boolean =>
  event.Name === input.Name &&
  event.StartDate === input.StartDate &&
  event.EndDate === input.EndDate &&
  event.Location.ID === input.Location?.ID &&
  sameHalls(event.Location.Halls, (input.Location.Halls ?? []) as Hall[])
