import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Note } from '@/components/Note'
import { isFew, Seats } from '@/components/Seats'
import { mostSeats, Stepper } from '@/components/Stepper'
import type { Event } from '@/lib/api/events'
import { type Availability, useAvailability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { useNow } from '@/lib/now'
import { useOnline } from '@/lib/online'

/** The way to a seat, or why there is none. */
export function BookingPanel({ event }: { event: Event }) {
  const { t } = useTranslation()
  const format = useFormat()
  const over = useNow() >= event.EndDate
  const availability = useAvailability(event.ID, !event.Cancelled && !over)
  if (event.Cancelled) {
    return (
      <Note tone="bad" title={t('event.cancelled')}>
        <p>{t('event.cancelledHint')}</p>
      </Note>
    )
  }
  if (over) {
    return (
      <Note tone="info" title={t('event.over')}>
        <p>{t('event.overHint', { day: format.day(event.EndDate, event.Location.TimeZone) })}</p>
      </Note>
    )
  }
  return (
    <div className="card-box stack booking-panel">
      <h2>{t('event.free')}</h2>
      <p>
        <Seats of={availability} />
      </p>
      <News of={availability} />
      {availability?.Available === 0 ? (
        <p>{t('event.soldOutHint')}</p>
      ) : (
        <Choose eventID={event.ID} available={availability?.Available ?? mostSeats} />
      )}
    </div>
  )
}

/** How many seats are chosen at first: most people do not come alone. */
const usual = 2

function Choose({ eventID, available }: { eventID: string; available: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const online = useOnline()
  const navigate = useNavigate()
  const most = Math.min(mostSeats, available)
  const [wanted, setWanted] = useState(usual)
  const seats = Math.min(Math.max(1, Math.trunc(wanted) || 1), most)
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        void navigate(`/events/${eventID}/book?seats=${seats}`)
      }}
    >
      <Stepper label={t('event.howMany')} value={Math.min(wanted, most)} change={setWanted} most={most} />
      <button
        type="submit"
        className="btn btn-primary btn-lg"
        disabled={!online}
        aria-describedby="about-booking"
      >
        {t('event.book', { count: seats, n: format.number(seats) })}
      </button>
      <p className="small soft" id="about-booking">
        {online ? t('event.noAccount') : t('event.offline')}
      </p>
    </form>
  )
}

/** Tells those who listen of changes that matter: the last seats, none, and some again. */
function News({ of: a }: { of: Availability | undefined }) {
  const { t } = useTranslation()
  const before = useRef(a)
  const [words, setWords] = useState('')
  useEffect(() => {
    const then = before.current
    before.current = a
    if (!then || !a || then.Available === a.Available) return
    if (a.Available === 0) setWords(t('seats.none'))
    else if (then.Available === 0) setWords(t('seats.again'))
    else if (isFew(a)) setWords(t('seats.few', { count: a.Available ?? 0, n: String(a.Available) }))
  }, [a, t])
  return (
    <p className="visually-hidden" role="status">
      {words}
    </p>
  )
}
