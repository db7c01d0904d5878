import type { EventFilter } from '@/lib/api/events'

/** The spans of time that can be chosen with one click. */
export const spans = ['today', 'weekend', 'week', 'month'] as const

export type Span = (typeof spans)[number]

/** What the address of the list says; days are YYYY-MM-DD of the visitor's calendar. */
export type Choice = { q: string; when: Span | ''; from: string; to: string; place: string }

const isSpan = (s: string): s is Span => (spans as readonly string[]).includes(s)

const day = /^\d{4}-\d{2}-\d{2}$/

/** Reads the address; what makes no sense in it is left out. */
export function readChoice(p: URLSearchParams): Choice {
  const text = (name: string) => p.get(name)?.trim() ?? ''
  const date = (name: string) =>
    day.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : ''
  const when = text('when')
  return {
    q: text('q'),
    when: isSpan(when) ? when : '',
    from: date('from'),
    to: date('to'),
    place: text('place'),
  }
}

/** Writes the address: only what was chosen. */
export function writeChoice(c: Choice): URLSearchParams {
  return new URLSearchParams(Object.entries(c).filter(([, value]) => value !== ''))
}

const midnight = (d: Date, days = 0) => new Date(d.getFullYear(), d.getMonth(), d.getDate() + days)

/** The first moment of a span and the first after it, by the visitor's calendar. */
export function boundsOf(span: Span, now: Date): [Date, Date] {
  const weekday = (now.getDay() + 6) % 7 // from Monday
  switch (span) {
    case 'today':
      return [midnight(now), midnight(now, 1)]
    case 'weekend':
      return [midnight(now, Math.max(0, 5 - weekday)), midnight(now, 7 - weekday)]
    case 'week':
      return [midnight(now), midnight(now, 7)]
    case 'month':
      return [midnight(now), midnight(now, 30)]
  }
}

const seconds = (d: Date) => Math.floor(d.getTime() / 1000)

const localDay = (text: string, days = 0) => {
  const [year, month, date] = text.split('-').map(Number)
  return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + days)
}

const id = /^[0-9a-f]{24}$/

/** What to ask the service for. */
export function filterOf(c: Choice, now: Date): EventFilter {
  const filter: EventFilter = {}
  if (c.q) filter.q = c.q
  if (id.test(c.place)) filter.location = c.place
  else if (c.place) filter.country = c.place
  if (c.when) {
    const [from, to] = boundsOf(c.when, now)
    return { ...filter, from: seconds(from), to: seconds(to) - 1 }
  }
  if (c.from) filter.from = seconds(localDay(c.from))
  if (c.to) filter.to = seconds(localDay(c.to, 1)) - 1
  return filter
}
