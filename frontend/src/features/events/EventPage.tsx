import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import { When, Where } from '@/components/When'
import { type Event, eventQuery, type Hall } from '@/lib/api/events'
import { Artwork } from '@/lib/artwork/Artwork'
import { config } from '@/lib/config'
import { useFormat } from '@/lib/format'
import { BookingPanel } from './BookingPanel'
import './event.scss'

/** One event: what, when, where, and the way to a seat. */
export function Component() {
  const { t } = useTranslation()
  const { eventID = '' } = useParams()
  const query = useQuery(eventQuery(eventID))
  return (
    <Loaded
      query={query}
      frame={(state) => (
        <Page title={t('list.title')}>
          <Heading className="visually-hidden">{t('list.title')}</Heading>
          {state}
        </Page>
      )}
      skeleton={<Skeleton />}
    >
      {(event) => <EventView event={event} />}
    </Loaded>
  )
}

function EventView({ event }: { event: Event }) {
  const { t } = useTranslation()
  const format = useFormat()
  const zone = event.Location.TimeZone
  const description = t('event.description', {
    name: event.Name,
    day: format.day(event.StartDate, zone),
    place: event.Location.Name,
  })
  return (
    <Page title={event.Name} description={description} className="event-page">
      <div className="cover">
        <Artwork seed={event.ID} />
      </div>
      <div className="columns">
        <div className="about">
          <p className="small numbers kicker">{format.shortDay(event.StartDate, zone)}</p>
          <Heading>{event.Name}</Heading>
          <Facts event={event} />
        </div>
        <aside aria-label={t('event.free')}>
          <BookingPanel event={event} />
        </aside>
        {event.Location.Halls.length > 0 && <Halls halls={event.Location.Halls} />}
      </div>
    </Page>
  )
}

function Facts({ event }: { event: Event }) {
  const { t } = useTranslation()
  const { Location: place } = event
  const address = [place.Name, place.Address, place.Country].filter(Boolean).join(', ')
  return (
    <dl className="facts">
      <div>
        <dt>
          <Icon name="calendar" />
          {t('event.when')}
        </dt>
        <dd>
          <When start={event.StartDate} end={event.EndDate} zone={place.TimeZone} />
        </dd>
        {!event.Cancelled && (
          <dd>
            <a href={`${config().events}/events/${event.ID}/event.ics`} download>
              {t('event.calendar')}
            </a>
          </dd>
        )}
      </div>
      <div>
        <dt>
          <Icon name="pin" />
          {t('event.where')}
        </dt>
        <dd>
          <Where place={place} />
        </dd>
        <dd>
          <a
            href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(address)}`}
            target="_blank"
            rel="noreferrer"
          >
            {t('event.map')}
          </a>
        </dd>
      </div>
    </dl>
  )
}

function Halls({ halls }: { halls: Hall[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section className="halls" aria-labelledby="halls">
      <h2 id="halls">{t('event.halls')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('event.hall')}</th>
            <th scope="col">{t('event.whereHall')}</th>
            <th scope="col" className="text-end">
              {t('event.seatsInHall')}
            </th>
          </tr>
        </thead>
        <tbody>
          {halls.map((hall, n) => (
            <tr key={n}>
              <th scope="row">{hall.name}</th>
              <td>{hall.location}</td>
              <td className="text-end numbers">{format.number(hall.capacity)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Skeleton() {
  return (
    <div className="event-page">
      <div className="cover bone" />
      <div className="columns">
        <div className="stack">
          <Bone width="70%" height="3rem" />
          <Bone width="40%" />
          <Bone width="45%" />
          <Bone width="35%" />
        </div>
        <div className="card-box stack">
          <Bone width="50%" height="1.5rem" />
          <Bone height="3rem" />
          <Bone height="3rem" />
        </div>
      </div>
    </div>
  )
}
