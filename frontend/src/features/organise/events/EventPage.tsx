import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { Alert, Note } from '@/components/Note'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import { When, Where } from '@/components/When'
import { type Event, locationsQuery } from '@/lib/api/events'
import { useNow } from '@/lib/now'
import { taggedEventQuery } from '../api/events'
import type { Tagged } from '../api/tagged'
import { Back } from '../components/Back'
import { Made } from '../components/Made'
import { SaleBadge, Sold } from '../components/Standing'
import { useBooked } from '../useBooked'
import { CancelEvent } from './CancelEvent'
import { EventForm } from './EventForm'

/** An event to be changed or cancelled, with how it sells. */
export function Component() {
  const { t } = useTranslation('organise')
  const { eventID = '' } = useParams()
  const query = useQuery(taggedEventQuery(eventID))
  const name = query.data?.document.Name ?? t('event.title')
  return (
    <Page title={name} className="organise">
      <Back to="/organise/events">{t('events.title')}</Back>
      <Heading>{name}</Heading>
      <Loaded query={query} skeleton={<Bone height="32rem" />}>
        {(event) => <Editor key={eventID} event={event} />}
      </Loaded>
    </Page>
  )
}

function Editor({ event }: { event: Tagged<Event> }) {
  const { t } = useTranslation('organise')
  const { document } = event
  const locations = useQuery(locationsQuery())
  const { booked, unknown } = useBooked(document.ID)
  const before = useRef(document.Cancelled)
  return (
    <div className="editor">
      <div className="stack">
        {document.Version === 1 && <Made words={t('event.made')} />}
        {document.Cancelled ? (
          <Cancelled event={document} news={!before.current} />
        ) : (
          <Loaded query={locations} skeleton={<Bone height="32rem" />}>
            {(all) => <EventForm base={event} locations={all} booked={booked} />}
          </Loaded>
        )}
      </div>
      <aside className="stack" aria-label={t('event.sale')}>
        <Sale event={document} booked={booked} unknown={unknown} />
        {!document.Cancelled && <CancelEvent event={event} booked={booked} />}
      </aside>
    </div>
  )
}

/** What there still is to say of an event that will never change again. */
function Cancelled({ event, news }: { event: Event; news: boolean }) {
  const { t } = useTranslation('organise')
  const { Location: place } = event
  const Kind = news ? Alert : Note // whoever has just cancelled it begins here
  return (
    <>
      <Kind tone="bad" title={t('event.cancelled')}>
        <p>{t('event.cancelledHint')}</p>
      </Kind>
      <div className="card-box stack">
        <p>
          <When start={event.StartDate} end={event.EndDate} zone={place.TimeZone} />
        </p>
        <p>
          <Where place={place} />
        </p>
      </div>
    </>
  )
}

function Sale(props: { event: Event; booked: number | undefined; unknown: boolean }) {
  const { event, booked, unknown } = props
  const { t } = useTranslation('organise')
  const now = useNow()
  return (
    <section className="card-box stack" aria-labelledby="event-sale">
      <h2 id="event-sale">{t('event.sale')}</h2>
      <p>
        <SaleBadge event={event} booked={booked} now={now} />
      </p>
      <p className="figure-line">
        {unknown ? t('sold.unknown') : <Sold booked={booked} capacity={event.Capacity} />}
      </p>
      {!event.Cancelled && booked !== undefined && booked > 0 && (
        <p className="small soft">{t('event.whatHappens')}</p>
      )}
      <p className="links">
        <Link to={`/organise/events/${event.ID}/attendees`}>{t('event.attendees')}</Link>
        <Link to={`/events/${event.ID}`}>{t('event.asVisitor')}</Link>
      </p>
    </section>
  )
}
