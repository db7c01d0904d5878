import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { SearchField } from '@/components/SearchField'
import { Bone, Empty, Loaded } from '@/components/states'
import { type Location, locationsQuery } from '@/lib/api/events'
import { useFormat } from '@/lib/format'
import { capacityOf } from '../capacity'

/** All locations. */
export function Component() {
  const { t } = useTranslation('organise')
  const query = useQuery(locationsQuery())
  const [params, setParams] = useSearchParams()
  const search = useCallback((q: string) => setParams(q ? { q } : {}, { replace: true }), [setParams])
  const q = params.get('q') ?? ''
  return (
    <Page title={t('locations.title')} className="organise">
      <div className="page-head">
        <div>
          <Heading>{t('locations.title')}</Heading>
          <p className="soft">{t('locations.lead')}</p>
        </div>
        <Link className="btn btn-primary btn-icon" to="/organise/locations/new">
          <Icon name="plus" />
          {t('location.new')}
        </Link>
      </div>
      <Loaded query={query} skeleton={<Bone height="20rem" />}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon="pin" title={t('locations.none')}>
              {t('locations.noneHint')}
            </Empty>
          ) : (
            <div className="stack">
              <SearchField label={t('locations.search')} value={q} change={search} />
              <List locations={all.filter((l) => matches(l, q))} />
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function matches(l: Location, q: string): boolean {
  const text = [l.Name, l.Address, l.Country].join('\n').toLowerCase()
  return text.includes(q.toLowerCase())
}

function List({ locations }: { locations: Location[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  return (
    <>
      <p className="visually-hidden" role="status">
        {t('locations.count', { count: locations.length, n: format.number(locations.length) })}
      </p>
      {locations.length === 0 && <p className="soft">{t('locations.nothingFound')}</p>}
      <ul className="location-grid" aria-label={t('locations.title')}>
        {locations.map((l) => (
          <li key={l.ID}>
            <Card location={l} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Card({ location: l }: { location: Location }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const seats = capacityOf(l.Halls)
  return (
    <article className="location-card">
      <h2>
        <Link to={`/organise/locations/${l.ID}`}>{l.Name}</Link>
      </h2>
      <p className="soft">{[l.Address, l.Country].filter(Boolean).join(', ')}</p>
      <p>
        {seats === null
          ? t('locations.open')
          : `${t('locations.halls', { count: l.Halls.length, n: format.number(l.Halls.length) })}, ${t(
              'locations.seats',
              { count: seats, n: format.number(seats) },
            )}`}
      </p>
      <p className="small soft">{l.TimeZone}</p>
    </article>
  )
}
