import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Event } from '@/lib/api/events'
import { useFormat } from '@/lib/format'
import { useNow } from '@/lib/now'
import { useOnline } from '@/lib/online'
import type { Attendee } from '../api/attendees'
import { CancelBooking } from './CancelBooking'
import './attendees.scss'

type Props = { event: Event; attendees: Attendee[]; stale: boolean }

/** The bookings of an event, with what became of them. */
export function AttendeesTable({ event, attendees, stale }: Props) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const [chosen, choose] = useState<Attendee>()
  const [open, setOpen] = useState(false)
  const zone = event.Location.TimeZone
  const over = useNow() >= event.EndDate
  return (
    <>
      <div className="rows-box">
        <table className="table rows-table" aria-busy={stale}>
          <caption>{t('attendees.zone', { zone: format.zone(event.StartDate, zone) })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('attendees.who')}</th>
              <th scope="col" className="text-end">
                {t('attendees.seats')}
              </th>
              <th scope="col">{t('attendees.when')}</th>
              <th scope="col">{t('attendees.status')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('attendees.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {attendees.map((a) => (
              <Row
                key={a.ID}
                attendee={a}
                zone={zone}
                cancel={
                  a.Status === 'booked' && !event.Cancelled && !over
                    ? () => {
                        choose(a)
                        setOpen(true)
                      }
                    : undefined
                }
              />
            ))}
          </tbody>
        </table>
      </div>
      {chosen && <CancelBooking key={chosen.ID} attendee={chosen} open={open} close={() => setOpen(false)} />}
    </>
  )
}

function Row({ attendee: a, zone, cancel }: { attendee: Attendee; zone: string; cancel?: () => void }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const online = useOnline()
  const code = a.ID.slice(0, 8).toUpperCase()
  const about = a.Name ?? a.Email ?? t('attendees.guest')
  return (
    <tr>
      <th scope="row">
        {about}
        <span className="small soft">
          {[a.Name && a.Email, t('attendees.code', { code })].filter(Boolean).join(' · ')}
        </span>
      </th>
      <td className="text-end numbers" data-label={t('attendees.seats')}>
        {format.number(a.Seats)}
        {a.GivenBack > 0 && (
          <span className="small soft">
            {t('attendees.givenBack', { count: a.GivenBack, n: format.number(a.GivenBack) })}
          </span>
        )}
      </td>
      <td className="numbers" data-label={t('attendees.when')}>
        {format.shortMoment(a.Date, zone)}
      </td>
      <td data-label={t('attendees.status')}>
        <Status attendee={a} />
      </td>
      <td className="text-end">
        {cancel && (
          <button
            type="button"
            className="btn btn-outline-secondary btn-small"
            disabled={!online}
            onClick={cancel}
          >
            {t('attendees.cancel')}
            <span className="visually-hidden">: {`${about}, ${code}`}</span>
          </button>
        )}
      </td>
    </tr>
  )
}

const tones = { booked: 'good', given_back: '', cancelled: 'bad' } as const

function Status({ attendee: a }: { attendee: Attendee }) {
  const { t } = useTranslation('organise')
  return (
    <>
      <span className={`badge-of ${tones[a.Status]}`}>{t(`attendees.state.${a.Status}`)}</span>
      {a.CancellationReason && <span className="small soft reason">{a.CancellationReason}</span>}
    </>
  )
}
