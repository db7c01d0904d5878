// Dates, times and numbers in the visitor's language. Times are those of the venue's clock unless it is said otherwise;
// they are Unix seconds.

import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

/** The visitor's own zone (IANA). */
export const visitorZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The visitor's own variant of a language, such as de-AT, where the browser has one. */
export function localeOf(language: string): string {
  const wanted = navigator.languages.find((l) => l.split('-')[0] === language)
  return wanted ?? (language === 'en' ? 'en-GB' : language)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, options])
  let found = formats.get(key)
  if (!found) {
    // An event without a place has no zone either.
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone || 'UTC' })
    formats.set(key, found)
  }
  return found
}

const full = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
const short = { weekday: 'short', day: 'numeric', month: 'short' } as const
const clock = { hour: 'numeric', minute: '2-digit' } as const

/** Whether a moment is so far from now that a day and a month may be taken for those of another year. */
const isFar = (seconds: number): boolean => Math.abs(seconds - Date.now() / 1000) > 300 * 24 * 60 * 60

/** What to say of moments in one language. */
export function formatterOf(locale: string) {
  const show = (seconds: number, zone: string, options: Intl.DateTimeFormatOptions) =>
    format(locale, zone, options).format(seconds * 1000)
  const part = (
    seconds: number,
    zone: string,
    options: Intl.DateTimeFormatOptions,
    type: Intl.DateTimeFormatPartTypes,
  ) =>
    format(locale, zone, options)
      .formatToParts(seconds * 1000)
      .find((p) => p.type === type)?.value ?? ''
  const day = (seconds: number, zone: string) => show(seconds, zone, full)
  const time = (seconds: number, zone: string) => show(seconds, zone, clock)
  return {
    /** Thursday, 3 December 2026 */
    day,
    /** Thu, 3 Dec, and the year where it does not go without saying */
    shortDay: (seconds: number, zone: string) =>
      show(seconds, zone, isFar(seconds) ? { ...short, year: 'numeric' } : short),
    /** 20:00 */
    time,
    dayOfMonth: (seconds: number, zone: string) => part(seconds, zone, { day: 'numeric' }, 'day'),
    month: (seconds: number, zone: string) => show(seconds, zone, { month: 'short' }),
    /** 20:00 – 22:30, with the days where it ends on another one */
    span: (start: number, end: number, zone: string) =>
      day(start, zone) === day(end, zone)
        ? `${time(start, zone)} – ${time(end, zone)}`
        : `${time(start, zone)} – ${show(end, zone, short)}, ${time(end, zone)}`,
    /** Thursday, 3 December 2026 at 20:00 */
    moment: (seconds: number, zone: string) => show(seconds, zone, { ...full, ...clock }),
    /** Thu, 3 Dec 2026, 20:00 */
    shortMoment: (seconds: number, zone: string) =>
      show(seconds, zone, { ...short, year: 'numeric', ...clock }),
    /** Central European Standard Time */
    zone: (seconds: number, zone: string) => part(seconds, zone, { timeZoneName: 'long' }, 'timeZoneName'),
    number: (n: number) => new Intl.NumberFormat(locale).format(n),
    percent: (n: number) => new Intl.NumberFormat(locale, { style: 'percent' }).format(n),
  }
}

/** Whether two zones' clocks show the same at a moment. */
export function sameClock(seconds: number, one: string, other: string): boolean {
  const options = { dateStyle: 'short', timeStyle: 'short' } as const
  return (
    format('en', one, options).format(seconds * 1000) === format('en', other, options).format(seconds * 1000)
  )
}

/** The formatter for the language that the app is shown in. */
export function useFormat() {
  const { i18n } = useTranslation()
  return useMemo(() => formatterOf(localeOf(i18n.language)), [i18n.language])
}
