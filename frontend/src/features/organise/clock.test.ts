import { describe, expect, it } from 'vitest'
import { clockOf, enteredOf, laterBy, momentOf, movedAlong, readClock } from './clock'

const utc = (text: string) => Date.parse(`${text}Z`) / 1000

describe('the clock of a venue', () => {
  it.each([
    ['2026-12-03T19:00:00', 'Europe/Berlin', '2026-12-03T20:00'],
    ['2026-07-03T18:00:00', 'Europe/Berlin', '2026-07-03T20:00'],
    ['2026-12-03T10:00:00', 'Asia/Kathmandu', '2026-12-03T15:45'],
    ['2026-12-03T10:00:00', '', '2026-12-03T10:00'],
    ['2026-12-31T23:30:00', 'Asia/Tokyo', '2027-01-01T08:30'],
    ['2026-12-03T19:00:07', 'Europe/Berlin', '2026-12-03T20:00:07'],
    ['0099-12-03T19:00:00', 'UTC', '0099-12-03T19:00'],
  ])('shows %s in %s as %s, which means the same moment', (moment, zone, text) => {
    expect(clockOf(utc(moment), zone)).toBe(text)
    expect(readClock(text, zone)).toEqual({ kind: 'once', seconds: utc(moment) })
  })

  it.each(['', 'tomorrow', '2026-02-30T10:00', '2026-13-01T10:00', '2026-12-03T24:00', '2026-12-03'])(
    'does not take %j for a time',
    (text) => expect(readClock(text, 'UTC')).toBeUndefined(),
  )

  it.each([
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00', '2026-10-25T01:30:00'],
    ['America/New_York', '2026-11-01T01:00', '2026-11-01T05:00:00', '2026-11-01T06:00:00'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00', '2026-04-04T15:15:00'],
  ])('in %s, %s comes twice', (zone, text, first, second) => {
    expect(readClock(text, zone)).toEqual({ kind: 'twice', first: utc(first), second: utc(second) })
    expect(momentOf({ text, later: false }, zone)).toBe(utc(first))
    expect(momentOf({ text, later: true }, zone)).toBe(utc(second))
  })

  it.each([
    ['Europe/Berlin', '2026-10-25T01:59', '2026-10-24T23:59:00'],
    ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00'],
    ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59:00'],
    ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00:00'],
  ])('in %s, %s beside a change of the clocks comes once', (zone, text, moment) => {
    expect(readClock(text, zone)).toEqual({ kind: 'once', seconds: utc(moment) })
  })

  it.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T03:30'],
    ['America/New_York', '2026-03-08T02:00', '2026-03-08T03:00'],
    ['Africa/Cairo', '2026-04-24T00:15', '2026-04-24T01:15'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T12:00'],
  ])('in %s, %s never comes, and %s is shown instead', (zone, text, instead) => {
    const reading = readClock(text, zone)
    expect(reading?.kind).toBe('never')
    expect(reading?.kind === 'never' && clockOf(reading.instead, zone)).toBe(instead)
    expect(momentOf({ text, later: false }, zone)).toBeUndefined()
  })

  it('gives back the moment that it was given, also of both that look the same', () => {
    for (let at = utc('2026-10-24T20:00:00'); at < utc('2026-10-25T06:00:00'); at += 15 * 60) {
      expect(momentOf(enteredOf(at, 'Europe/Berlin'), 'Europe/Berlin')).toBe(at)
    }
  })
})

describe('moving by the clock', () => {
  it('moves an end along with its start, over a change of the clocks too', () => {
    expect(movedAlong('2026-10-24T22:00', '2026-10-24T20:00', '2026-10-25T20:00')).toBe('2026-10-25T22:00')
    expect(movedAlong('2026-12-31T23:00', '2026-12-31T20:00', '2026-12-31T22:30')).toBe('2027-01-01T01:30')
  })

  it('moves nothing where a time is missing', () => {
    expect(movedAlong('', '2026-10-24T20:00', '2026-10-25T20:00')).toBeUndefined()
    expect(movedAlong('2026-10-24T22:00', '', '2026-10-25T20:00')).toBeUndefined()
  })

  it('adds hours', () => {
    expect(laterBy('2026-12-31T23:00', 7200)).toBe('2027-01-01T01:00')
    expect(laterBy('', 7200)).toBeUndefined()
  })
})
