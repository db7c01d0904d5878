import { describe, expect, it } from 'vitest'
import type { Event } from '@/lib/api/events'
import { type Candidate, duplicates } from './duplicates'

const utc = (text: string) => Date.parse(`${text}Z`) / 1000

function event(name: string, start: string, hours: number, place = 'a', zone = 'Europe/Berlin'): Event {
  return {
    ID: `${name}${start}`,
    Name: name,
    Duration: hours * 60,
    StartDate: utc(start),
    EndDate: utc(start) + hours * 3600,
    Location: {
      ID: place,
      Name: '',
      Address: '',
      Country: '',
      OpenTime: 0,
      CloseTime: 0,
      Halls: [],
      TimeZone: zone,
      Version: 1,
    },
    Capacity: null,
    Cancelled: false,
    Version: 1,
  }
}

const candidate: Candidate = {
  name: 'Jazz Night',
  place: 'a',
  zone: 'Europe/Berlin',
  start: utc('2026-12-03T19:00:00'),
  end: utc('2026-12-03T21:00:00'),
}

const likeness = (e: Event, c: Partial<Candidate> = {}) => duplicates({ ...candidate, ...c }, [e])[0]?.why

describe('likely duplicates', () => {
  it('are of the same name on the same day, however it is written', () => {
    expect(likeness(event(' jazz  NIGHT', '2026-12-03T08:00:00', 1, 'b'))).toBe('name')
    expect(likeness(event('Jazz Nights', '2026-12-03T08:00:00', 1, 'b'))).toBeUndefined()
  })

  it('compare the days on the clocks of their places', () => {
    // 23:30 UTC is the next day in Berlin, and the same one in New York.
    expect(likeness(event('Jazz Night', '2026-12-02T23:30:00', 1, 'b'))).toBe('name')
    expect(likeness(event('Jazz Night', '2026-12-03T23:30:00', 1, 'b'))).toBeUndefined()
    expect(likeness(event('Jazz Night', '2026-12-03T23:30:00', 1, 'b', 'America/New_York'))).toBe('name')
  })

  it('are at the same place at the same time', () => {
    expect(likeness(event('Other', '2026-12-03T20:59:00', 1))).toBe('place')
    expect(likeness(event('Other', '2026-12-03T18:00:00', 5))).toBe('place')
    expect(likeness(event('Other', '2026-12-03T20:00:00', 1, 'b'))).toBeUndefined()
  })

  it('do not only touch each other', () => {
    expect(likeness(event('Other', '2026-12-03T21:00:00', 1))).toBeUndefined()
    expect(likeness(event('Other', '2026-12-03T18:00:00', 1))).toBeUndefined()
  })

  it('are not events without a place, the event itself, or cancelled ones', () => {
    expect(likeness(event('Other', '2026-12-03T20:00:00', 1, ''), { place: '' })).toBeUndefined()
    const same = event('Jazz Night', '2026-12-03T19:00:00', 2)
    expect(likeness(same)).toBe('name')
    expect(likeness(same, { id: same.ID })).toBeUndefined()
    expect(likeness({ ...same, Cancelled: true })).toBeUndefined()
  })
})
