import { useTranslation } from 'react-i18next'
import { Note } from '@/components/Note'
import type { Ticket } from '@/lib/api/bookings'
import { useFormat, visitorZone } from '@/lib/format'
import { useNow } from '@/lib/now'
import { stateOf } from './state'

/** Says plainly what has become of a ticket, where it is not as it was booked. */
export function Status({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  const format = useFormat()
  const state = stateOf(ticket, useNow())
  const changed = ticket.Event.Changed
  if (state === 'withdrawn') {
    const reason = ticket.CancellationReason
    return <Plain tone="bad" title={t('ticket.withdrawn')} text={t('ticket.withdrawnHint', { reason })} />
  }
  if (state === 'given') return <Plain tone="info" title={t('ticket.given')} text={t('ticket.givenHint')} />
  if (state === 'cancelled')
    return <Plain tone="bad" title={t('ticket.cancelled')} text={t('ticket.cancelledHint')} />
  if (state === 'over') return <Plain tone="info" title={t('ticket.over')} text={t('ticket.overHint')} />
  if (!(changed > ticket.Date)) return null
  const moment = format.moment(changed, visitorZone())
  return <Plain tone="warn" title={t('ticket.changed')} text={t('ticket.changedHint', { moment })} />
}

function Plain({ tone, title, text }: { tone: 'info' | 'warn' | 'bad'; title: string; text: string }) {
  return (
    <Note tone={tone} title={title}>
      <p>{text}</p>
    </Note>
  )
}
