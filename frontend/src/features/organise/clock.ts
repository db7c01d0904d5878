// Moments as the clock on a venue's wall shows them: what organisers enter, and what it means.

/** What a clock's time means in Unix seconds. On the night that clocks go back, times come twice. */
export type Reading =
  | { kind: 'once'; seconds: number }
  | { kind: 'twice'; first: number; second: number }
  /** Clocks go forward over this time: they show that of `instead` at the moment when it would be. */
  | { kind: 'never'; instead: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone)
  if (!found) {
    const two = '2-digit'
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone || 'UTC', // an event without a place has none
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
    formats.set(zone, found)
  }
  return found
}

/** A clock's time as text: YYYY-MM-DDTHH:mm and, where there are any, the seconds. It is what datetime-local takes. */
export function clockOf(seconds: number, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(seconds * 1000)
      .map((p) => [p.type, p.value]),
  )
  const minutes = `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
  return parts.second === '00' ? minutes : `${minutes}:${parts.second}`
}

const written = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/

/** The number of seconds that a clock's time would be in UTC; undefined for what is no time. */
function wallOf(text: string): number | undefined {
  const parts = written.exec(text)
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((p) => Number(p ?? 0))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day) // Date.UTC would take the years before 100 for those of the last century
  date.setUTCHours(hour, minute, second)
  return date.toISOString().startsWith(text) ? date.getTime() / 1000 : undefined
}

const dayLong = 24 * 60 * 60

/** Says what a clock's time in a zone means; undefined for what is no time. */
export function readClock(text: string, zone: string): Reading | undefined {
  const wall = wallOf(text)
  if (wall === undefined) return undefined
  const offset = (at: number) => (wallOf(clockOf(at, zone)) ?? at) - at
  const before = wall - offset(wall - dayLong)
  const after = wall - offset(wall + dayLong)
  const moments = [...new Set([before, after])].filter((at) => wallOf(clockOf(at, zone)) === wall)
  const [first, second] = moments.sort((a, b) => a - b)
  if (first === undefined) return { kind: 'never', instead: before }
  return second === undefined ? { kind: 'once', seconds: first } : { kind: 'twice', first, second }
}

/** The moment that is meant: of a time that comes twice the second one, if `later`. undefined where there is none. */
export function momentOf(clock: Clock, zone: string): number | undefined {
  const reading = readClock(clock.text, zone)
  if (reading?.kind === 'once') return reading.seconds
  if (reading?.kind === 'twice') return clock.later ? reading.second : reading.first
  return undefined
}

/** A clock's time as it is entered. */
export type Clock = { text: string; later: boolean }

/** The clock's time of a moment, so that momentOf gives the moment back. */
export function enteredOf(seconds: number, zone: string): Clock {
  const text = clockOf(seconds, zone)
  const reading = readClock(text, zone)
  return { text, later: reading?.kind === 'twice' && reading.second === seconds }
}

/** Moves a clock's time as much as another was moved; undefined where one of them is no time. */
export function movedAlong(text: string, from: string, to: string): string | undefined {
  const [end, before, now] = [wallOf(text), wallOf(from), wallOf(to)]
  if (end === undefined || before === undefined || now === undefined) return undefined
  return clockOf(end + now - before, 'UTC')
}

/** A clock's time so many seconds later, by the clock. */
export const laterBy = (text: string, seconds: number): string | undefined => {
  const wall = wallOf(text)
  return wall === undefined ? undefined : clockOf(wall + seconds, 'UTC')
}

/** The day of a clock's time: YYYY-MM-DD. */
export const dayOf = (text: string): string => text.slice(0, 10)
