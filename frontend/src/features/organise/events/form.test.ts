import { describe, expect, it } from 'vitest'
import type { Event, Location } from '@/lib/api/events'
import { type EventValues, eventSchema, inputOf, isAs, newPlace, valuesOf } from './form'

const hall = (capacity: number) => ({ name: 'Hall', location: 'Left', capacity })

const barn: Location = {
  ID: 'a',
  Name: 'Barn',
  Address: '',
  Country: '',
  OpenTime: 0,
  CloseTime: 0,
  Halls: [hall(40)],
  TimeZone: 'Europe/Berlin',
  Version: 1,
}

const utc = (text: string) => Date.parse(`${text}Z`) / 1000

const event = (change: Partial<Event> = {}, halls = [hall(40)]): Event => ({
  ID: 'e',
  Name: 'Jazz Night',
  Duration: 99,
  StartDate: utc('2026-10-25T01:30:00'), // half past two for the second time
  EndDate: utc('2026-10-25T03:00:07'),
  Location: { ...barn, Halls: halls },
  Capacity: 40,
  Cancelled: false,
  Version: 1,
  ...change,
})

const known = (before?: Event) => ({ locations: [barn], before })

const good: EventValues = {
  ...valuesOf(known(), 'UTC'),
  name: 'Jazz Night',
  place: 'a',
  start: { text: '2026-12-03T20:00', later: false },
  end: { text: '2026-12-03T22:00', later: false },
}

const faults = (change: Partial<EventValues>) =>
  eventSchema(known())
    .safeParse({ ...good, ...change })
    .error?.issues.map((i) => `${i.path.join('.')} ${i.message}`) ?? []

describe('the rules', () => {
  it('take what is right', () => expect(faults({})).toEqual([]))

  it.each<[Partial<EventValues>, string[]]>([
    [{ name: ' ' }, ['name required']],
    [{ place: '' }, ['place place']],
    [{ place: newPlace }, ['newPlace.name required']],
    [{ start: { text: '', later: false } }, ['start.text clock']],
    [
      { start: { text: '2027-03-28T02:30', later: false }, end: { text: '2027-03-28T04:00', later: false } },
      ['start.text never'],
    ],
    [{ end: { text: '2026-12-03T19:59', later: false } }, ['end.text order']],
    [{ seats: 'own' }, ['seats halls']],
    [{ seats: 'own', halls: [{ name: '', location: '', capacity: 'many' }] }, ['halls.0.capacity seats']],
    [{ halls: [{ name: '', location: '', capacity: 'many' }] }, []],
    [{ newPlace: { name: '', address: '', country: '', timeZone: 'Atlantis' } }, []],
  ])('of %j say %j', (change, want) => expect(faults(change)).toEqual(want))

  it('tell the two times apart that look the same', () => {
    const start = { text: '2026-10-25T02:30', later: true }
    expect(faults({ start, end: { text: '2026-10-25T02:15', later: true } })).toEqual(['end.text order'])
    expect(faults({ start, end: { text: '2026-10-25T02:45', later: false } })).toEqual(['end.text order'])
    expect(faults({ start, end: { text: '2026-10-25T02:45', later: true } })).toEqual([])
  })
})

describe('an event that is opened and saved', () => {
  it('is as it was, its duration and the halls of its own included', () => {
    const own = event({}, [hall(12)])
    const input = inputOf(known(own), valuesOf(known(own), 'UTC'))
    expect(input).toEqual({
      Name: own.Name,
      StartDate: own.StartDate,
      EndDate: own.EndDate,
      Duration: 99,
      Location: { ID: 'a', Halls: [hall(12)] },
    })
    expect(isAs(own, input)).toBe(true)
    expect(isAs(event(), input)).toBe(false)
  })

  it('knows where its seats come from', () => {
    expect(valuesOf(known(event()), 'UTC').seats).toBe('location')
    expect(valuesOf(known(event({}, [hall(12)])), 'UTC').seats).toBe('own')
    expect(valuesOf(known(event({}, [])), 'UTC').seats).toBe('none')
  })

  it('stays where it is when its location is gone', () => {
    const before = event()
    const gone = { locations: [], before }
    const values = valuesOf(gone, 'UTC')
    expect(values.seats).toBe('own')
    expect(eventSchema(gone).safeParse(values).success).toBe(true)
    expect(isAs(before, inputOf(gone, values))).toBe(true)
  })
})

describe('what is sent', () => {
  it('is the moment on the clock of the place', () => {
    expect(inputOf(known(), good)).toEqual({
      Name: 'Jazz Night',
      StartDate: utc('2026-12-03T19:00:00'),
      EndDate: utc('2026-12-03T21:00:00'),
      Location: { ID: 'a', Halls: [hall(40)] },
    })
  })

  it('is a new place with its halls', () => {
    const input = inputOf(known(), {
      ...good,
      place: newPlace,
      newPlace: { name: ' Tent ', address: '', country: 'Peru', timeZone: 'america/lima' },
      seats: 'own',
      halls: [{ name: 'Hall', location: 'Left', capacity: ' 40 ' }],
    })
    expect(input.StartDate).toBe(utc('2026-12-04T01:00:00'))
    expect(input.Location).toEqual({
      Name: 'Tent',
      Address: '',
      Country: 'Peru',
      TimeZone: 'America/Lima',
      Halls: [hall(40)],
    })
  })

  it('has no halls where it is not limited', () => {
    expect(inputOf(known(), { ...good, seats: 'none' }).Location?.Halls).toEqual([])
  })
})
