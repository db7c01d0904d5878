import { describe, expect, it } from 'vitest'
import { capacityOf, fillOf, overBy, sameHalls, standingOf } from './capacity'

const hall = (name: string, capacity: number) => ({ name, location: '', capacity })

describe('capacity', () => {
  it('is the sum of the halls, and not limited without any', () => {
    expect(capacityOf([hall('a', 40), hall('b', 2)])).toBe(42)
    expect(capacityOf([hall('a', 0)])).toBe(0)
    expect(capacityOf([])).toBeNull()
  })

  it('is exceeded by what is booked beyond it', () => {
    expect(overBy(40, 42)).toBe(2)
    expect(overBy(42, 42)).toBe(0)
    expect(overBy(0, 1)).toBe(1)
    expect(overBy(null, 1000)).toBe(0)
  })

  it('is filled in parts, and of nothing in full', () => {
    expect(fillOf(40, 10)).toBe(0.25)
    expect(fillOf(40, 50)).toBe(1.25)
    expect(fillOf(0, 0)).toBe(1)
    expect(fillOf(null, 10)).toBeNull()
  })
})

it('halls are the same only if all is', () => {
  expect(sameHalls([hall('a', 1)], [hall('a', 1)])).toBe(true)
  expect(sameHalls([hall('a', 1)], [hall('a', 2)])).toBe(false)
  expect(sameHalls([hall('a', 1)], [{ ...hall('a', 1), location: 'left' }])).toBe(false)
  expect(sameHalls([hall('a', 1)], [hall('a', 1), hall('b', 1)])).toBe(false)
})

it.each([
  [{}, 'selling'],
  [{ Booked: 10 }, 'soldOut'],
  [{ Booked: 11 }, 'overbooked'],
  [{ Booked: 11, Capacity: null }, 'selling'],
  [{ Booked: 11, EndDate: 100 }, 'over'],
  [{ EndDate: 100, Cancelled: true }, 'cancelled'],
] as const)('an event with %j is %s', (change, standing) => {
  const event = { Cancelled: false, EndDate: 101, Capacity: 10, Booked: 9, ...change }
  expect(standingOf(event, 100)).toBe(standing)
})
