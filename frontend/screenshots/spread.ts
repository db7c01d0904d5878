type Day = { Day: string; Bookings: number; Booked: number; GivenBack: number }

const dayLong = 24 * 60 * 60 * 1000

/** How many days the bookings are spread over. */
const days = 28

/**
 * Spreads what was sold of events over the days before. The services date bookings by their own clock, so that those of
 * the sample events are all of today; how many there are stays as it is.
 */
export function spread<E extends { Booked: number; Days: Day[] }>(events: E[]): E[] {
  return events.map((event, n) => ({ ...event, Days: event.Days.flatMap((day) => spreadDay(day, n)) }))
}

function spreadDay(day: Day, n: number): Day[] {
  const weights = Array.from({ length: days }, (_, k) => weight(k, n))
  const all = weights.reduce((a, b) => a + b, 0)
  let [given, sum] = [0, 0]
  return weights.map((w, k) => {
    sum += w
    const Booked = Math.round((day.Booked * sum) / all) - given
    given += Booked
    const Day = new Date(Date.parse(day.Day) - (days - 1 - k) * dayLong).toISOString().slice(0, 10)
    return { Day, Bookings: Math.ceil(Booked / 2), Booked, GivenBack: 0 }
  })
}

/** How much of an event is sold on a day: more and more, in a rhythm of its own. */
const weight = (k: number, n: number): number => (1 + k / 8) * (1.15 + Math.sin(k * 0.9 + n * 2.1)) ** 2
