import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { ticketQuery } from '@/lib/api/bookings'
import { Status } from './Status'
import { TicketCard } from './TicketCard'
import { TicketScreen } from './TicketPage'

/** A ticket by its secret link: to be shown, not to be changed. */
export function Component() {
  const { t } = useTranslation()
  const { bookingID = '', code = '' } = useParams()
  const query = useQuery(ticketQuery(bookingID, code))
  return (
    <TicketScreen query={query}>
      {(ticket) => (
        <Page title={t('ticket.title', { name: ticket.Event.Name })} className="ticket-page">
          <meta name="robots" content="noindex" />
          <meta name="referrer" content="no-referrer" />
          <Heading>{ticket.Event.Name}</Heading>
          <Status ticket={ticket} />
          <TicketCard ticket={ticket} />
          <p className="soft no-print">{t('ticket.shared')}</p>
          <p className="no-print">
            <Link to={`/events/${ticket.EventID}`}>{t('ticket.toEvent')}</Link>
          </p>
        </Page>
      )}
    </TicketScreen>
  )
}
