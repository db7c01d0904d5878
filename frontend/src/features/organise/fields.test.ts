import { expect, it } from 'vitest'
import { fieldNamed, hallSchema, placeSchema, seatsSoFar, zoneNamed } from './fields'

it.each([
  ['Name', 'name'],
  ['StartDate', 'start.text'],
  ['EndDate', 'end.text'],
  ['TimeZone', 'timeZone'],
  ['Location.ID', 'place'],
  ['Location.Name', 'newPlace.name'],
  ['Location.TimeZone', 'newPlace.timeZone'],
  ['Location.Halls[3].capacity', 'halls.3.capacity'],
  ['Halls[0].name', 'halls.0.name'],
  ['Location.Halls', 'seats'],
  ['Halls.capacity', 'seats'],
  ['OpenTime', undefined],
])('%s of the service is %s of the form', (name, field) => {
  expect(fieldNamed(name)).toBe(field)
})

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  [' europe/berlin ', 'Europe/Berlin'],
  ['UTC', 'UTC'],
  ['+01:00', undefined],
  ['Atlantis', undefined],
  ['', undefined],
])('%j is the zone %s', (name, zone) => {
  expect(zoneNamed(name)).toBe(zone)
})

it.each(['', '-1', '1.5', 'ten', '10000001', '123456789'])('%j is no number of seats', (capacity) => {
  expect(hallSchema.safeParse({ name: '', location: '', capacity }).success).toBe(false)
})

it('takes a hall without a name, but no place without one', () => {
  expect(hallSchema.safeParse({ name: '', location: '', capacity: '10000000' }).success).toBe(true)
  const place = { name: ' ', address: '', country: '', timeZone: 'UTC' }
  expect(placeSchema.safeParse(place).error?.issues.map((i) => i.message)).toEqual(['required'])
  expect(placeSchema.safeParse({ ...place, name: 'x'.repeat(200) }).success).toBe(true)
  expect(placeSchema.safeParse({ ...place, name: 'x'.repeat(201) }).success).toBe(false)
})

it('adds up seats as far as they are entered', () => {
  const hall = (capacity: string) => ({ name: '', location: '', capacity })
  expect(seatsSoFar([hall('40'), hall(''), hall('2')])).toBe(42)
})
