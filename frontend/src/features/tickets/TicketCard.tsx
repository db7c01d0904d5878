import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from 'react-i18next'
import { When, Where } from '@/components/When'
import type { Ticket } from '@/lib/api/bookings'
import { Artwork } from '@/lib/artwork/Artwork'
import { useFormat, visitorZone } from '@/lib/format'
import { useNow } from '@/lib/now'
import { spell, stateOf } from './state'

/** The ticket itself, as it is shown at the door, on a screen or on paper. */
export function TicketCard({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { Event: event } = ticket
  const invalid = ['withdrawn', 'given', 'cancelled'].includes(stateOf(ticket, useNow()))
  const code = spell(ticket.ID)
  return (
    <section className={invalid ? 'ticket invalid' : 'ticket'} aria-label={t('ticket.label')}>
      <div className="picture">
        <Artwork seed={ticket.EventID} />
      </div>
      <div className="text">
        <h2>{event.Name}</h2>
        <dl>
          <div>
            <dt>{t('event.when')}</dt>
            <dd>
              <When start={event.StartDate} end={event.EndDate} zone={event.Location.TimeZone} />
            </dd>
          </div>
          <div>
            <dt>{t('event.where')}</dt>
            <dd>
              <Where place={event.Location} />
            </dd>
          </div>
          <div>
            <dt>{t('ticket.admits')}</dt>
            <dd className="admits">
              {t('seats.count', { count: ticket.Seats, n: format.number(ticket.Seats) })}
            </dd>
          </div>
        </dl>
        <p className="small soft">
          {t('ticket.booked', { moment: format.moment(ticket.Date, visitorZone()) })}
        </p>
      </div>
      <div className="stub">
        <div className="qr">
          <QRCodeSVG value={ticket.ID} size={176} marginSize={2} title={t('ticket.qr', { code })} />
        </div>
        <p>
          <span className="small soft">{t('ticket.code')}</span>
          <br />
          <code>{code}</code>
        </p>
      </div>
    </section>
  )
}
