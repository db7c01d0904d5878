import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { SearchField } from '@/components/SearchField'
import { Bone, Empty, Loaded } from '@/components/states'
import { type Event, eventQuery } from '@/lib/api/events'
import { useAvailability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { attendeesQuery, tableAddress } from '../api/attendees'
import { Back } from '../components/Back'
import { More } from '../components/More'
import { Sold } from '../components/Standing'
import { AttendeesTable } from './AttendeesTable'

/** Who comes to an event. */
export function Component() {
  const { t } = useTranslation('organise')
  const { eventID = '' } = useParams()
  const query = useQuery(eventQuery(eventID))
  const name = query.data?.Name
  return (
    <Page title={name ? t('attendees.of', { name }) : t('attendees.title')} className="organise">
      <Back to={`/organise/events/${eventID}`}>{name ?? t('event.title')}</Back>
      <div className="page-head">
        <Heading>{t('attendees.title')}</Heading>
        <a className="btn btn-primary btn-icon" href={tableAddress(eventID)} download>
          <Icon name="download" />
          {t('attendees.csv')}
        </a>
      </div>
      <Loaded query={query} skeleton={<Bone height="24rem" />}>
        {(event) => <Attendees event={event} />}
      </Loaded>
    </Page>
  )
}

function Attendees({ event }: { event: Event }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const [params, setParams] = useSearchParams()
  const search = useCallback(
    (text: string) => setParams(text ? { q: text } : {}, { replace: true }),
    [setParams],
  )
  const q = params.get('q') ?? ''
  const booked = useAvailability(event.ID)?.Booked
  const { StartDate: start, EndDate: end } = event
  const zone = event.Location.TimeZone
  return (
    <div className="stack">
      <p>
        <strong>{event.Name}</strong>
        <span className="soft">
          {` · ${format.day(start, zone)}, ${format.span(start, end, zone)}`}
          {event.Cancelled && ` · ${t('standing.cancelled')}`}
        </span>
      </p>
      <div className="list-head">
        <p className="figure-line">
          <Sold booked={booked} capacity={event.Capacity} />
        </p>
        <SearchField label={t('attendees.search')} value={q} change={search} />
      </div>
      <List event={event} q={q} />
    </div>
  )
}

function List({ event, q }: { event: Event; q: string }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const query = useInfiniteQuery({ ...attendeesQuery(event.ID, q), placeholderData: keepPreviousData })
  return (
    <Loaded query={query} skeleton={<Bone height="20rem" />}>
      {({ pages }) => {
        const attendees = pages.flatMap((page) => page.attendees)
        if (attendees.length === 0) {
          return (
            <Empty icon="person" title={q ? t('attendees.nothingFound') : t('attendees.none')}>
              {q ? t('attendees.nothingFoundHint') : t('attendees.noneHint')}
            </Empty>
          )
        }
        return (
          <>
            <p className="visually-hidden" role="status">
              {t('attendees.count', { count: attendees.length, n: format.number(attendees.length) })}
            </p>
            <AttendeesTable event={event} attendees={attendees} stale={query.isPlaceholderData} />
            <More query={query} />
          </>
        )
      }}
    </Loaded>
  )
}
