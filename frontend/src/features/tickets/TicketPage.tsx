import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useParams } from 'react-router'
import { Note } from '@/components/Note'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import { type Booking, bookingQuery } from '@/lib/api/bookings'
import { useNow } from '@/lib/now'
import { Actions } from './Actions'
import { GiveBack } from './GiveBack'
import { Status } from './Status'
import { stateOf } from './state'
import { TicketCard } from './TicketCard'
import './tickets.scss'

/** One of the visitor's own tickets. */
export function Component() {
  const { bookingID = '' } = useParams()
  const query = useQuery(bookingQuery(bookingID))
  return <TicketScreen query={query}>{(booking) => <Own booking={booking} />}</TicketScreen>
}

type ScreenProps<T> = Omit<React.ComponentProps<typeof Loaded<T>>, 'skeleton' | 'frame'>

/** What the two kinds of ticket screens have in common while there is no ticket. */
export function TicketScreen<T>(props: ScreenProps<T>) {
  const { t } = useTranslation()
  return (
    <Loaded
      {...props}
      skeleton={<Bone height="24rem" />}
      frame={(state) => (
        <Page title={t('ticket.label')}>
          <Heading className="visually-hidden">{t('ticket.label')}</Heading>
          {state}
        </Page>
      )}
    />
  )
}

function Own({ booking }: { booking: Booking }) {
  const { t } = useTranslation()
  const fresh = (useLocation().state as { booked?: boolean } | null)?.booked === true
  const [done, setDone] = useState(false)
  const state = stateOf(booking, useNow())
  return (
    <Page title={t('ticket.title', { name: booking.Event.Name })} className="ticket-page">
      {fresh && state === 'coming' && !done ? (
        <>
          <Heading>{t('ticket.thanks')}</Heading>
          <p className="lead no-print">{t('ticket.thanksHint')}</p>
        </>
      ) : (
        <Heading>{booking.Event.Name}</Heading>
      )}
      <Status ticket={booking} />
      {done && (
        <div role="status">
          <Note tone="good" title={given(t, booking.Seats)} />
        </div>
      )}
      <TicketCard ticket={booking} />
      <Actions booking={booking}>
        {state === 'coming' && <GiveBack booking={booking} done={() => setDone(true)} />}
      </Actions>
      <p className="row-of no-print">
        <Link to={`/events/${booking.EventID}`}>{t('ticket.toEvent')}</Link>
        <Link to="/bookings">{t('ticket.toBookings')}</Link>
      </p>
    </Page>
  )
}

function given(t: ReturnType<typeof useTranslation>['t'], seats: number): string {
  const left =
    seats === 0 ? t('giveBack.doneAll') : t('giveBack.doneSome', { count: seats, n: String(seats) })
  return t('giveBack.done', { left })
}
