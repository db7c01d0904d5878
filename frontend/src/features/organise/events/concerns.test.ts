import { describe, expect, it } from 'vitest'
import type { Event } from '@/lib/api/events'
import type { EventInput } from '../api/events'
import { concernsOf } from './concerns'

const hall = (capacity: number) => ({ name: 'Hall', location: '', capacity })

const before: Event = {
  ID: 'e',
  Name: 'Jazz Night',
  Duration: 60,
  StartDate: 10_000,
  EndDate: 13_600,
  Location: {
    ID: 'a',
    Name: 'Barn',
    Address: '',
    Country: '',
    OpenTime: 0,
    CloseTime: 0,
    Halls: [hall(40)],
    TimeZone: 'UTC',
    Version: 1,
  },
  Capacity: 40,
  Cancelled: false,
  Version: 1,
}

function input(change: Partial<EventInput> = {}, seats: number[] = [40], place = 'a'): EventInput {
  return {
    Name: 'Jazz Night',
    StartDate: 10_000,
    EndDate: 13_600,
    Location: { ID: place, Halls: seats.map(hall) },
    ...change,
  }
}

const known = { before, booked: 30, likes: [], now: 5_000 }

describe('lowering the capacity', () => {
  it('below what is booked is a concern, by how much', () => {
    expect(concernsOf(input({}, [25]), known)).toEqual([{ kind: 'over', capacity: 25, booked: 30, by: 5 }])
    expect(concernsOf(input({}, [0]), known)).toEqual([{ kind: 'over', capacity: 0, booked: 30, by: 30 }])
  })

  it('is none as long as all have room', () => {
    expect(concernsOf(input({}, [30]), known)).toEqual([])
    expect(concernsOf(input({}, []), known)).toEqual([])
  })

  it('is one where a limit is new', () => {
    const unlimited = { ...before, Capacity: null }
    expect(concernsOf(input({}, [25]), { ...known, before: unlimited })).toHaveLength(1)
  })

  it('is one where nobody knows how many are booked', () => {
    expect(concernsOf(input({}, [25]), { ...known, booked: undefined })).toEqual([
      { kind: 'over', capacity: 25 },
    ])
  })

  it('is none again where it is over already and does not get worse', () => {
    expect(concernsOf(input(), { ...known, booked: 50 })).toEqual([])
    expect(concernsOf(input({}, [45]), { ...known, booked: 50 })).toEqual([])
  })
})

describe('another time or place', () => {
  it('concerns those who have booked', () => {
    expect(concernsOf(input({ StartDate: 9_000 }), known)).toEqual([{ kind: 'moved', booked: 30 }])
    expect(concernsOf(input({ EndDate: 14_000 }), known)).toEqual([{ kind: 'moved', booked: 30 }])
    expect(concernsOf(input({}, [40], 'b'), known)).toEqual([{ kind: 'moved', booked: 30 }])
    expect(concernsOf(input({ StartDate: 9_000 }), { ...known, booked: undefined })).toEqual([
      { kind: 'moved' },
    ])
  })

  it('concerns nobody where nobody has', () => {
    expect(concernsOf(input({ StartDate: 9_000 }), { ...known, booked: 0 })).toEqual([])
  })

  it('in the past is pointed out, unless it was there before', () => {
    expect(concernsOf(input(), { ...known, before: undefined, now: 13_600 })).toEqual([{ kind: 'past' }])
    expect(concernsOf(input(), { ...known, before: undefined, now: 13_599 })).toEqual([])
    expect(concernsOf(input({ Name: 'Other' }), { ...known, now: 20_000 })).toEqual([])
  })
})

it('passes on likely duplicates', () => {
  const like = { event: before, why: 'name' as const }
  expect(concernsOf(input(), { ...known, likes: [like] })).toEqual([{ kind: 'duplicate', like }])
})
