import { describe, expect, it } from 'vitest'
import { boundsOf, filterOf, readChoice, writeChoice } from '@/features/events/filter'
import { nextPage } from './api/client'
import { formatterOf, sameClock } from './format'
import { intend, intentDone, intentSent, openIntent } from './intent'

describe('dates', () => {
  const format = formatterOf('en-GB')
  const at = (iso: string) => Date.parse(iso) / 1000

  it("are the venue's, on both sides of a change of its clock", () => {
    expect(format.time(at('2027-03-28T00:59:00Z'), 'Europe/Berlin')).toBe('1:59')
    expect(format.time(at('2027-03-28T01:00:00Z'), 'Europe/Berlin')).toBe('3:00')
    expect(format.zone(at('2027-03-28T00:59:00Z'), 'Europe/Berlin')).toBe('Central European Standard Time')
    expect(format.zone(at('2027-03-28T01:00:00Z'), 'Europe/Berlin')).toBe('Central European Summer Time')
  })

  it('name the day on which an event ends where that is another', () => {
    const start = at('2027-06-01T20:00:00Z')
    expect(format.span(start, start + 7200, 'UTC')).toBe('20:00 – 22:00')
    expect(format.span(start, start + 6 * 3600, 'UTC')).toMatch(/^20:00 – Wed,? 2 Jun, 2:00$/)
  })

  it('know whether two clocks show the same', () => {
    expect(sameClock(at('2027-01-01T12:00:00Z'), 'Europe/Berlin', 'Europe/Paris')).toBe(true)
    expect(sameClock(at('2027-01-01T12:00:00Z'), 'Europe/Berlin', 'Europe/London')).toBe(false)
  })
})

describe('the filter', () => {
  it('is read from the address and written to it, without what makes no sense', () => {
    const text = 'q=jazz&when=week&place=Germany'
    expect(writeChoice(readChoice(new URLSearchParams(text))).toString()).toBe(text)
    expect(readChoice(new URLSearchParams('when=never&from=2027-13-45'))).toMatchObject({
      when: '',
      from: '',
    })
  })

  it.each([
    ['a Monday', '2027-05-31', '2027-06-05', '2027-06-07'],
    ['a Saturday', '2027-06-05', '2027-06-05', '2027-06-07'],
    ['a Sunday', '2027-06-06', '2027-06-06', '2027-06-07'],
  ])('knows the weekend on %s', (_, today, first, end) => {
    const [from, to] = boundsOf('weekend', new Date(`${today}T12:00:00`))
    expect([from, to]).toEqual([new Date(`${first}T00:00:00`), new Date(`${end}T00:00:00`)])
  })

  it('includes both days of a range, also the day on which the clock changes', () => {
    const choice = { q: '', when: '', from: '2027-03-28', to: '2027-03-28', place: 'a'.repeat(24) } as const
    const { from, to, location } = filterOf(choice, new Date())
    expect((to ?? 0) - (from ?? 0)).toBe(23 * 3600 - 1)
    expect(location).toBe(choice.place)
  })
})

describe('an intent', () => {
  it('keeps its key until it is done, and its seats once it was sent', () => {
    const first = intend('e', 2)
    expect(intend('e', 3)).toEqual({ ...first, seats: 3 })
    intentSent('e', { ...first, seats: 3 })
    expect(intend('e', 5)).toEqual({ key: first.key, seats: 3, sent: true })
    intentDone('e')
    expect(openIntent('e')).toBeUndefined()
    expect(intend('e', 5).key).not.toBe(first.key)
  })
})

it('the next page is the one that the Link header names', () => {
  expect(nextPage(new Headers({ Link: '<?after=a%2Bb&limit=24>; rel="next"' }))).toBe('a+b')
  expect(nextPage(new Headers())).toBeUndefined()
})

describe('the dictionaries', () => {
  const files = import.meta.glob<object>('../locales/*/*.json', { eager: true, import: 'default' })
  const plurals = /_(zero|one|two|few|many|other)$/

  const keys = (o: object, path = ''): string[] =>
    Object.entries(o).flatMap(([key, value]) =>
      typeof value === 'string' ? [`${path}${key}`] : keys(value as object, `${path}${key}.`),
    )
  const read = (language: string, part: string) =>
    new Set(keys(files[`../locales/${language}/${part}`] ?? {}))
  const partsOf = (language: string) =>
    Object.keys(files).flatMap((f) =>
      f.startsWith(`../locales/${language}/`) ? [f.slice(`../locales/${language}/`.length)] : [],
    )

  const parts = partsOf('en')
  it('are the same files', () => expect(partsOf('de')).toEqual(parts))

  it.each(parts)(
    '%s has the same keys in all languages, and every plural that the language knows',
    (part) => {
      const [en, de] = [read('en', part), read('de', part)]
      expect([...de].sort()).toEqual([...en].sort())
      for (const [language, found] of [
        ['en', en],
        ['de', de],
      ] as const) {
        const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
        for (const key of found) {
          if (plurals.test(key))
            expect([...found]).toEqual(
              expect.arrayContaining(forms.map((f) => key.replace(plurals, `_${f}`))),
            )
        }
      }
    },
  )
})
