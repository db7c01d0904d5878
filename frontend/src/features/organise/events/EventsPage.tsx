import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { SearchField } from '@/components/SearchField'
import { Empty, Loaded } from '@/components/states'
import { meQuery } from '@/lib/api/session'
import { config } from '@/lib/config'
import { useFormat } from '@/lib/format'
import { useNow } from '@/lib/now'
import { has } from '@/lib/roles'
import { upcomingQuery } from '../api/events'
import { statisticsQuery } from '../api/statistics'
import { More } from '../components/More'
import { EventRow, type RowEvent, RowsSkeleton } from './EventRow'

const shows = ['upcoming', 'past', 'cancelled'] as const

type Show = (typeof shows)[number]

/** The organiser's events: those to come, those that are over, and those that were cancelled. */
export function Component() {
  const { t } = useTranslation('organise')
  const [params, setParams] = useSearchParams()
  const show = shows.find((s) => s === params.get('show')) ?? 'upcoming'
  const q = params.get('q') ?? ''
  const all = useManagesAll()
  const search = useCallback(
    (text: string) =>
      setParams(
        (p) => {
          p.set('q', text)
          if (!text) p.delete('q')
          return new URLSearchParams(p)
        },
        { replace: true },
      ),
    [setParams],
  )
  return (
    <Page title={t('events.title')} className="organise">
      <div className="page-head">
        <Heading>{t('events.title')}</Heading>
        <Link className="btn btn-primary btn-icon" to="/organise/events/new">
          <Icon name="plus" />
          {t('event.new')}
        </Link>
      </div>
      <div className="list-head">
        <nav className="tabs" aria-label={t('events.which')}>
          {shows.map((s) => (
            <Link
              key={s}
              className="chip"
              to={{ search: addressOf(s, q) }}
              aria-current={s === show ? 'page' : undefined}
            >
              {t(`events.${s}`)}
            </Link>
          ))}
        </nav>
        <SearchField label={t('events.search')} value={q} change={search} />
      </div>
      {show === 'upcoming' && all ? <Upcoming q={q} /> : <Own show={show} q={q} />}
    </Page>
  )
}

function addressOf(show: Show, q: string): string {
  const address = new URLSearchParams()
  if (show !== 'upcoming') address.set('show', show)
  if (q) address.set('q', q)
  return address.toString()
}

/** Whether one may change every event that is to come, and not only one's own. */
function useManagesAll(): boolean {
  const { data: user } = useQuery(meQuery())
  return config().open || has(user, 'admin')
}

function Upcoming({ q }: { q: string }) {
  const query = useInfiniteQuery({ ...upcomingQuery(q), placeholderData: keepPreviousData })
  return (
    <Loaded query={query} skeleton={<RowsSkeleton />}>
      {({ pages }) => {
        const events = pages.flatMap((page) => page.events)
        const rows = events.map((e) => ({ ...e, EventID: e.ID, TimeZone: e.Location.TimeZone }))
        return (
          <Rows
            show="upcoming"
            q={q}
            events={rows}
            stale={query.isPlaceholderData}
            more={<More query={query} />}
          />
        )
      }}
    </Loaded>
  )
}

/** One's own events, of which the booking service knows also those that can't be booked any more. */
function Own({ show, q }: { show: Show; q: string }) {
  const query = useInfiniteQuery(statisticsQuery())
  const now = useNow()
  const wanted = q.toLowerCase()
  const showOf = (e: RowEvent): Show => {
    if (e.Cancelled) return 'cancelled'
    return now >= e.EndDate ? 'past' : 'upcoming'
  }
  return (
    <Loaded query={query} skeleton={<RowsSkeleton />}>
      {({ pages }) => {
        const events = pages.flatMap((page) => page.events)
        const found = events.filter((e) => showOf(e) === show && e.Name.toLowerCase().includes(wanted))
        if (show === 'upcoming') found.reverse() // the next one first
        return <Rows show={show} q={q} events={found} stale={false} more={<More query={query} />} />
      }}
    </Loaded>
  )
}

type RowsProps = { show: Show; q: string; events: RowEvent[]; stale: boolean; more: React.ReactNode }

function Rows({ show, q, events, stale, more }: RowsProps) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  return (
    <>
      <p className="visually-hidden" role="status">
        {t('events.count', { count: events.length, n: format.number(events.length) })}
      </p>
      {events.length === 0 && <None show={show} filtered={q !== ''} />}
      <ul className="event-rows" aria-label={t(`events.${show}`)} aria-busy={stale}>
        {events.map((event) => (
          <li key={event.EventID}>
            <EventRow event={event} />
          </li>
        ))}
      </ul>
      {more}
    </>
  )
}

function None({ show, filtered }: { show: Show; filtered: boolean }) {
  const { t } = useTranslation('organise')
  if (filtered) {
    return (
      <Empty icon="search" title={t('events.nothingFound')}>
        {t('events.nothingFoundHint')}
      </Empty>
    )
  }
  return (
    <Empty icon="calendar" title={t(`events.none.${show}`)}>
      {show === 'upcoming' && t('events.noneHint')}
    </Empty>
  )
}
