import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/components/Icon'
import type { Booking } from '@/lib/api/bookings'
import { config } from '@/lib/config'

/** What can be done with a ticket of one's own; children are further buttons. */
export function Actions({ booking, children }: { booking: Booking; children?: ReactNode }) {
  const { t } = useTranslation()
  const link = new URL(booking.Ticket, window.location.origin).toString()
  return (
    <div className="actions no-print">
      <div className="row-of">
        {booking.Seats > 0 && !booking.Event.Cancelled && (
          <a
            className="btn btn-primary"
            href={`${config().events}/events/${booking.EventID}/event.ics`}
            download
          >
            <Icon name="calendar" />
            {t('ticket.calendar')}
          </a>
        )}
        <button type="button" className="btn btn-outline-secondary" onClick={() => window.print()}>
          <Icon name="print" />
          {t('ticket.print')}
        </button>
        <ShareLink link={link} name={booking.Event.Name} />
        {children}
      </div>
      <p className="small soft">{t('ticket.secret')}</p>
    </div>
  )
}

function ShareLink({ link, name }: { link: string; name: string }) {
  const { t } = useTranslation()
  const [words, setWords] = useState<ReactNode>('')
  const canShare = 'share' in navigator
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setWords(t('ticket.copied')),
      () =>
        setWords(
          <>
            {t('ticket.copyFailed')} <span className="link">{link}</span>
          </>,
        ),
    )
  const share = () => navigator.share({ title: name, url: link }).catch(() => undefined) // it was closed
  return (
    <>
      {canShare && (
        <button type="button" className="btn btn-outline-secondary" onClick={() => void share()}>
          <Icon name="share" />
          {t('ticket.share')}
        </button>
      )}
      <button type="button" className="btn btn-outline-secondary" onClick={() => void copy()}>
        <Icon name="copy" />
        {t('ticket.copy')}
      </button>
      <span role="status" className="small">
        {words}
      </span>
    </>
  )
}
