import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { Icon } from '@/components/Icon'
import { Seats } from '@/components/Seats'
import { mostSeats, Stepper } from '@/components/Stepper'
import { When, Where } from '@/components/When'
import type { Booking } from '@/lib/api/bookings'
import type { Event } from '@/lib/api/events'
import { endSession } from '@/lib/api/session'
import { Artwork } from '@/lib/artwork/Artwork'
import { useAvailability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { openIntent } from '@/lib/intent'
import { useOnline } from '@/lib/online'
import { Outcome } from './Outcome'
import { useBook } from './useBook'

/** What is about to be booked, and the button that books it. */
export function Review({ event, done }: { event: Event; done: (booking: Booking) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const online = useOnline()
  const availability = useAvailability(event.ID)
  const [seats, setSeats] = useSeats(event.ID)
  const { state, submit } = useBook(event.ID, done)
  const [complain, setComplain] = useState(false)
  const ids = useId()
  const right = Number.isInteger(seats) && seats >= 1 && seats <= mostSeats
  const busy = state.kind === 'sending'
  return (
    <form
      className="card-box review"
      noValidate
      onSubmit={(e) => {
        e.preventDefault()
        setComplain(true)
        if (right) void submit(seats)
        else e.currentTarget.querySelector('input')?.focus()
      }}
    >
      <div className="strip">
        <Artwork seed={event.ID} />
      </div>
      <div className="stack">
        <Outcome
          state={state}
          take={(n) => {
            setSeats(n)
            void submit(n)
          }}
          again={() => void submit(seats)}
          asGuest={() => void endSession().then(() => submit(seats, false))}
        />
        <h2>{event.Name}</h2>
        <dl className="facts">
          <div>
            <dt>
              <Icon name="calendar" />
              {t('event.when')}
            </dt>
            <dd>
              <When start={event.StartDate} end={event.EndDate} zone={event.Location.TimeZone} />
            </dd>
          </div>
          <div>
            <dt>
              <Icon name="pin" />
              {t('event.where')}
            </dt>
            <dd>
              <Where place={event.Location} />
            </dd>
          </div>
        </dl>
        <div className="row-of seats-row">
          <Stepper
            label={t('booking.seats')}
            value={seats}
            change={setSeats}
            disabled={busy || state.kind === 'unsure'}
            fault={complain && !right ? `${ids}fault` : undefined}
          />
          <Seats of={availability} />
        </div>
        {complain && !right && (
          <p className="fault" id={`${ids}fault`}>
            {t('booking.seatsWrong', { most: mostSeats })}
          </p>
        )}
        <div className="row-of">
          <button
            type="submit"
            className="btn btn-primary btn-lg"
            disabled={busy || !online}
            aria-describedby={`${ids}about`}
          >
            {busy
              ? t('booking.sending')
              : t('booking.confirm', { count: right ? seats : 1, n: format.number(right ? seats : 1) })}
          </button>
          <Link className="btn btn-link" to={`/events/${event.ID}`}>
            {t('booking.change')}
          </Link>
        </div>
        <p className="small soft" id={`${ids}about`}>
          {online ? t('booking.guest') : t('event.offline')}
        </p>
      </div>
    </form>
  )
}

/** The number of seats: of the intent under way, else of the address, where it stays. */
function useSeats(eventID: string): [number, (seats: number) => void] {
  const [params, setParams] = useSearchParams()
  const [seats, setSeats] = useState(() => {
    const open = openIntent(eventID)
    return open?.sent ? open.seats : Number.parseInt(params.get('seats') ?? '1', 10)
  })
  const change = (n: number) => {
    setSeats(n)
    if (Number.isInteger(n)) setParams({ seats: String(n) }, { replace: true, preventScrollReset: true })
  }
  return [seats, change]
}
