import { useRef } from 'react'
import { Link } from 'react-router'
import { Seats } from '@/components/Seats'
import type { Event } from '@/lib/api/events'
import { Artwork } from '@/lib/artwork/Artwork'
import { useAvailability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { useInView } from '@/lib/inView'

/** An event in the list. The first of an unfiltered list is shown large. */
export function EventCard({ event, large }: { event: Event; large?: boolean }) {
  const format = useFormat()
  const ref = useRef<HTMLElement>(null)
  const availability = useAvailability(event.ID, useInView(ref))
  const zone = event.Location.TimeZone
  return (
    <article ref={ref} className={large ? 'event-card large' : 'event-card'}>
      <div className="picture">
        <Artwork seed={event.ID} />
        <p className="leaf" aria-hidden="true">
          <b>{format.dayOfMonth(event.StartDate, zone)}</b>
          {format.month(event.StartDate, zone)}
        </p>
      </div>
      <div className="text">
        <h2>
          <Link to={`/events/${event.ID}`}>{event.Name}</Link>
        </h2>
        <p className="when">
          {format.shortDay(event.StartDate, zone)} · {format.time(event.StartDate, zone)}
        </p>
        <p className="where">{[event.Location.Name, event.Location.Country].filter(Boolean).join(', ')}</p>
        <p className="left">
          <Seats of={availability} />
        </p>
      </div>
    </article>
  )
}

/** What stands in the place of a card that is on its way, of the same size. */
export function CardSkeleton({ large }: { large?: boolean }) {
  return (
    <div className={large ? 'event-card large' : 'event-card'}>
      <div className="picture bone" />
      <div className="text">
        <div className="h2-bone">
          <span className="bone" />
        </div>
        <p className="when bone" />
        <p className="where bone" />
        <p className="left">
          <span className="badge-of seats-unknown">&nbsp;</span>
        </p>
      </div>
    </div>
  )
}
