import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bone } from '@/components/states'
import { useAvailability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { useInView } from '@/lib/inView'
import { useNow } from '@/lib/now'
import { SaleBadge, Sold } from '../components/Standing'

/** An event of the list, by whichever service it is known. */
export type RowEvent = {
  EventID: string
  Name: string
  StartDate: number
  EndDate: number
  TimeZone: string
  Cancelled: boolean
  Capacity: number | null
  Booked?: number
  Location?: { Name: string }
}

/** An event in the organiser's list, with its seats live while it is in view and can be booked. */
export function EventRow({ event }: { event: RowEvent }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const ref = useRef<HTMLElement>(null)
  const now = useNow()
  const live = useAvailability(event.EventID, useInView(ref) && !event.Cancelled && now < event.EndDate)
  const booked = live?.Booked ?? event.Booked
  const { StartDate: start, TimeZone: zone } = event
  return (
    <article className="event-row" ref={ref}>
      <p className="leaf" aria-hidden="true">
        <b>{format.dayOfMonth(start, zone)}</b>
        {format.month(start, zone)}
      </p>
      <div>
        <h2>
          <Link to={`/organise/events/${event.EventID}`}>{event.Name}</Link>
        </h2>
        <p className="soft">
          {[format.shortDay(start, zone), format.time(start, zone), event.Location?.Name]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Sold booked={booked} capacity={event.Capacity} />
      <p>
        <SaleBadge event={event} booked={booked} now={now} />
      </p>
      <Link className="attendees" to={`/organise/events/${event.EventID}/attendees`}>
        {t('event.attendees')}
        <span className="visually-hidden">: {event.Name}</span>
      </Link>
    </article>
  )
}

/** What stands in the place of rows that are on their way. */
export function RowsSkeleton() {
  return (
    <div className="event-rows">
      {[1, 2, 3, 4].map((n) => (
        <Bone key={n} height="6rem" />
      ))}
    </div>
  )
}
