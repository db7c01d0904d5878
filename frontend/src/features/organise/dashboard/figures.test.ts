import { describe, expect, it } from 'vitest'
import type { Statistics } from '../api/statistics'
import { salesOf, soldByDay, toLookAt, upcoming } from './figures'

const event = (name: string, change: Partial<Statistics> = {}): Statistics => ({
  EventID: name,
  Name: name,
  StartDate: 1_000,
  EndDate: 2_000,
  Cancelled: false,
  TimeZone: 'UTC',
  Capacity: 10,
  Booked: 5,
  Bookings: 1,
  GivenBack: 0,
  Days: [],
  ...change,
})

const sold = (days: Record<string, number>) =>
  event('e', {
    Days: Object.entries(days).map(([Day, Booked]) => ({ Day, Booked, Bookings: 1, GivenBack: 0 })),
  })

describe('seats sold by day', () => {
  it('are summed up over events, with the days on which nothing was sold', () => {
    const events = [sold({ '2026-02-28': 2, '2026-03-02': 1 }), sold({ '2026-02-28': 3, '2026-02-01': 9 })]
    expect(soldByDay(events, 3, '2026-03-02')).toEqual([
      { day: '2026-02-28', seats: 5 },
      { day: '2026-03-01', seats: 0 },
      { day: '2026-03-02', seats: 1 },
    ])
  })

  it('reach to a venue where it is tomorrow already', () => {
    expect(soldByDay([sold({ '2027-01-01': 4 })], 2, '2026-12-31')).toEqual([
      { day: '2026-12-31', seats: 0 },
      { day: '2027-01-01', seats: 4 },
    ])
  })

  it('are nothing where there are no events', () => {
    expect(soldByDay([], 1, '2026-12-31')).toEqual([{ day: '2026-12-31', seats: 0 }])
  })
})

describe('sales', () => {
  it('take newer figures where there are any', () => {
    const [live, old] = salesOf([event('live'), event('old')], (id) => (id === 'live' ? 12 : undefined), 500)
    expect(live).toMatchObject({ booked: 12, fill: 1.2, over: 2, standing: 'overbooked' })
    expect(old).toMatchObject({ booked: 5, fill: 0.5, over: 0, standing: 'selling' })
  })

  it('are to be looked at where something is wrong or full, the most urgent first', () => {
    const events = [
      event('selling'),
      event('cancelled', { Cancelled: true }),
      event('full', { Booked: 10 }),
      event('too full', { Booked: 11 }),
      event('nobody comes', { Cancelled: true, Booked: 0 }),
      event('long gone', { Cancelled: true, StartDate: 100, EndDate: 200 }),
      event('over', { Booked: 11, EndDate: 200 }),
    ]
    const sales = salesOf(events, () => undefined, 500)
    expect(toLookAt(sales, 500).map((s) => s.name)).toEqual(['too full', 'full', 'cancelled'])
  })

  it('are to come in the order of their starts', () => {
    const events = [
      event('later', { StartDate: 1_500 }),
      event('over', { EndDate: 400 }),
      event('soon'),
      event('cancelled', { Cancelled: true }),
    ]
    expect(upcoming(salesOf(events, () => undefined, 500)).map((s) => s.name)).toEqual(['soon', 'later'])
  })
})
