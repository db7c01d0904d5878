import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Empty, Failure, Loading, Unreachable } from '@/components/states'
import { type Event, eventsQuery } from '@/lib/api/events'
import { useFormat } from '@/lib/format'
import { CardSkeleton, EventCard } from './EventCard'
import { Filters } from './Filters'
import { type Choice, filterOf, readChoice, writeChoice } from './filter'
import './events.scss'

/** The list of events: the way in. */
export function EventsPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const choice = useMemo(() => readChoice(params), [params])
  // Two changes may come before the address has taken over the first.
  const latest = useRef(choice)
  useEffect(() => {
    latest.current = choice
  }, [choice])
  const change = useCallback(
    (c: Partial<Choice>) => {
      latest.current = { ...latest.current, ...c }
      setParams(writeChoice(latest.current), { replace: true })
    },
    [setParams],
  )
  return (
    <Page title={t('list.title')} description={t('list.description')}>
      <div className="hero">
        <Heading>{t('list.heading')}</Heading>
        <p className="lead">{t('list.lead')}</p>
      </div>
      <Filters choice={choice} change={change} />
      <Results choice={choice} reset={() => setParams({}, { replace: true })} />
    </Page>
  )
}

function Results({ choice, reset }: { choice: Choice; reset: () => void }) {
  const { t } = useTranslation()
  const today = new Date().toDateString() // what is asked for changes at midnight, not with every moment
  const filter = useMemo(() => filterOf(choice, new Date(today)), [choice, today])
  const query = useInfiniteQuery({ ...eventsQuery(filter), placeholderData: keepPreviousData })
  const events = query.data?.pages.flatMap((page) => page.events)
  const filtered = Object.keys(filter).length > 0

  if (!events) {
    if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />
    return query.fetchStatus === 'paused' ? <Unreachable /> : <Skeleton large={!filtered} />
  }
  if (events.length === 0) {
    return (
      <Empty
        icon="calendar"
        title={filtered ? t('list.nothingFound') : t('list.nothing')}
        action={
          filtered && (
            <button type="button" className="btn btn-primary" onClick={reset}>
              {t('list.reset')}
            </button>
          )
        }
      >
        {filtered ? t('list.nothingFoundHint') : t('list.nothingHint')}
      </Empty>
    )
  }
  return (
    <>
      {query.isError && query.data && !query.isFetchNextPageError && (
        <StaleNote retry={() => void query.refetch()} />
      )}
      <Grid events={events} large={!filtered} stale={query.isPlaceholderData} />
      <Count events={events.length} more={query.hasNextPage} />
      {query.hasNextPage && (
        <p className="more">
          <button
            type="button"
            className="btn btn-outline-secondary"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? t('loading') : t('list.more')}
          </button>
          {query.isFetchNextPageError && <span role="alert">{t('list.moreFailed')}</span>}
        </p>
      )}
    </>
  )
}

function Grid({ events, large, stale }: { events: Event[]; large: boolean; stale: boolean }) {
  const { t } = useTranslation()
  return (
    <ul className="event-grid" aria-busy={stale} aria-label={t('list.title')}>
      {events.map((event, n) => (
        <li key={event.ID}>
          <EventCard event={event} large={large && n === 0} />
        </li>
      ))}
    </ul>
  )
}

/** Tells those who listen what a change of the filter has led to. */
function Count({ events, more }: { events: number; more: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <p className="visually-hidden" role="status">
      {t(more ? 'list.countMore' : 'list.count', { count: events, n: format.number(events) })}
    </p>
  )
}

function StaleNote({ retry }: { retry: () => void }) {
  const { t } = useTranslation()
  return (
    <p className="stale" role="status">
      {t('list.stale')}{' '}
      <button type="button" className="btn btn-link" onClick={retry}>
        {t('failure.retry')}
      </button>
    </p>
  )
}

function Skeleton({ large }: { large: boolean }) {
  return (
    <Loading>
      <div className="event-grid">
        {Array.from({ length: 9 }, (_, n) => (
          <div key={n}>
            <CardSkeleton large={large && n === 0} />
          </div>
        ))}
      </div>
    </Loading>
  )
}
