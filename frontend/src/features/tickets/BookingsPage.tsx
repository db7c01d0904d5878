import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Bone, Empty, Loaded } from '@/components/states'
import { type Booking, bookingsQuery } from '@/lib/api/bookings'
import { meQuery } from '@/lib/api/session'
import { Artwork } from '@/lib/artwork/Artwork'
import { useFormat } from '@/lib/format'
import { useNow } from '@/lib/now'
import { stateOf } from './state'
import './tickets.scss'

/** What the visitor has booked. */
export function Component() {
  const { t } = useTranslation()
  const me = useQuery(meQuery())
  return (
    <Page title={t('tickets.title')}>
      <div className="page-head">
        <div>
          <Heading>{t('tickets.heading')}</Heading>
          <p className="soft">{t('tickets.lead')}</p>
        </div>
      </div>
      <Loaded query={me} skeleton={<Skeleton />}>
        {(user) => (user ? <List /> : <None />)}
      </Loaded>
    </Page>
  )
}

function None() {
  const { t } = useTranslation()
  return (
    <Empty
      icon="ticket"
      title={t('tickets.none')}
      action={
        <Link className="btn btn-primary" to="/">
          {t('tickets.find')}
        </Link>
      }
    >
      {t('tickets.noneHint')}
    </Empty>
  )
}

function List() {
  const { t } = useTranslation()
  const query = useInfiniteQuery(bookingsQuery())
  return (
    <Loaded query={query} skeleton={<Skeleton />}>
      {({ pages }) => {
        const bookings = pages.flatMap((page) => page.bookings)
        if (bookings.length === 0) return <None />
        return (
          <>
            <ul className="booking-list">
              {bookings.map((booking) => (
                <li key={booking.ID}>
                  <Row booking={booking} />
                </li>
              ))}
            </ul>
            {query.hasNextPage && (
              <button
                type="button"
                className="btn btn-outline-secondary"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t('tickets.more')}
              </button>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

const tones = { withdrawn: 'bad', cancelled: 'bad', given: '', over: '', coming: 'good' } as const

function Row({ booking }: { booking: Booking }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { Event: event } = booking
  const zone = event.Location.TimeZone
  const state = stateOf(booking, useNow())
  return (
    <article className="booking-row">
      <Artwork seed={booking.EventID} />
      <div>
        <h2>
          <Link to={`/bookings/${booking.ID}`}>{event.Name}</Link>
        </h2>
        <p>
          {format.shortDay(event.StartDate, zone)} · {format.time(event.StartDate, zone)} ·{' '}
          {event.Location.Name}
        </p>
        <p className="row-of">
          <span className={`badge-of ${tones[state]}`}>{t(`tickets.state.${state}`)}</span>
          {booking.Seats > 0 && (
            <span className="soft small">
              {t('seats.count', { count: booking.Seats, n: format.number(booking.Seats) })}
            </span>
          )}
        </p>
      </div>
    </article>
  )
}

function Skeleton() {
  return (
    <div className="booking-list">
      {[1, 2, 3].map((n) => (
        <div key={n} className="booking-row">
          <Bone height="100%" />
          <div className="stack">
            <Bone width="50%" height="1.5rem" />
            <Bone width="35%" />
          </div>
        </div>
      ))}
    </div>
  )
}
