import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { Bone, Empty, Loaded } from '@/components/states'
import { useAvailabilities } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { useNow } from '@/lib/now'
import { type Statistics, statisticsQuery } from '../api/statistics'
import { More } from '../components/More'
import { FillFigure } from './FillFigure'
import { salesOf, toLookAt, upcoming } from './figures'
import { LookAt } from './LookAt'
import { SalesFigure } from './SalesFigure'
import './dashboard.scss'

/** How many events one stream of live seats may watch. */
const mostWatched = 50

/** What sells, and what needs a look. */
export function Component() {
  const { t } = useTranslation('organise')
  const query = useInfiniteQuery(statisticsQuery())
  return (
    <Page title={t('dashboard.title')} className="organise">
      <div className="page-head">
        <div>
          <Heading>{t('dashboard.heading')}</Heading>
          <p className="soft">{t('dashboard.lead')}</p>
        </div>
        <Link className="btn btn-primary btn-icon" to="/organise/events/new">
          <Icon name="plus" />
          {t('event.new')}
        </Link>
      </div>
      <Loaded query={query} skeleton={<Skeleton />}>
        {({ pages }) => {
          const events = pages.flatMap((page) => page.events)
          if (events.length === 0) {
            return (
              <Empty icon="chart" title={t('dashboard.none')}>
                {t('dashboard.noneHint')}
              </Empty>
            )
          }
          return (
            <>
              <Figures events={events} />
              <More query={query} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Figures({ events }: { events: Statistics[] }) {
  const now = useNow()
  const watched = events
    .filter((e) => !e.Cancelled && now < e.EndDate)
    .slice(-mostWatched) // those that start last come first
    .map((e) => e.EventID)
  const live = useAvailabilities(watched)
  const sales = salesOf(events, (id) => live(id)?.Booked, now)
  const next = upcoming(sales)
  const urgent = toLookAt(sales, now)
  return (
    <div className="dashboard">
      <Totals
        seats={next.reduce((sum, s) => sum + s.booked, 0)}
        events={next.length}
        urgent={urgent.length}
      />
      <LookAt sales={urgent} />
      <SalesFigure events={events} />
      <FillFigure sales={next} />
    </div>
  )
}

function Totals({ seats, events, urgent }: { seats: number; events: number; urgent: number }) {
  const { t } = useTranslation('organise')
  return (
    <dl className="totals">
      <Total words={t('dashboard.seats')} n={seats} />
      <Total words={t('dashboard.upcoming')} n={events} />
      <Total words={t('dashboard.urgent')} n={urgent} />
    </dl>
  )
}

function Total({ words, n }: { words: string; n: number }) {
  const format = useFormat()
  return (
    <div>
      <dt>{words}</dt>
      <dd className="numbers">{format.number(n)}</dd>
    </div>
  )
}

function Skeleton() {
  return (
    <div className="dashboard">
      <div className="totals">
        {[1, 2, 3].map((n) => (
          <Bone key={n} height="6.5rem" />
        ))}
      </div>
      <Bone height="24rem" />
      <Bone height="24rem" />
    </div>
  )
}
