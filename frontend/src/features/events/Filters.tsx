import { useQuery } from '@tanstack/react-query'
import { useCallback, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchField } from '@/components/SearchField'
import { type Location, locationsQuery } from '@/lib/api/events'
import { type Choice, spans } from './filter'

/** Up to how many places are offered one by one; more are no help in a menu. */
const mostPlaces = 100

/** Where and when and what: everything that the list can be narrowed by. */
export function Filters({ choice, change }: { choice: Choice; change: (c: Partial<Choice>) => void }) {
  const { t } = useTranslation()
  const search = useCallback((q: string) => change({ q }), [change])
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is too new for some browsers in use
    <form
      className="filters"
      role="search"
      aria-label={t('list.filters')}
      onSubmit={(e) => e.preventDefault()}
    >
      <SearchField label={t('list.search')} value={choice.q} change={search} />
      <PlaceFilter value={choice.place} change={(place) => change({ place })} />
      <SpanFilter choice={choice} change={change} />
    </form>
  )
}

function PlaceFilter({ value, change }: { value: string; change: (place: string) => void }) {
  const { t, i18n } = useTranslation()
  const { data = [] } = useQuery(locationsQuery())
  const places = byCountry(data, i18n.language)
  const few = data.length <= mostPlaces
  return (
    <select
      className="form-select"
      aria-label={t('list.place')}
      value={value}
      onChange={(e) => change(e.target.value)}
    >
      <option value="">{t('list.anywhere')}</option>
      {places.map(([country, locations]) =>
        few ? (
          <optgroup key={country} label={country || t('list.noCountry')}>
            {country && <option value={country}>{t('list.allOf', { country })}</option>}
            {locations.map((l) => (
              <option key={l.ID} value={l.ID}>
                {l.Name}
              </option>
            ))}
          </optgroup>
        ) : (
          country && (
            <option key={country} value={country}>
              {country}
            </option>
          )
        ),
      )}
      {value && !data.length && <option value={value}>{value}</option>}
    </select>
  )
}

function byCountry(locations: Location[], language: string): [string, Location[]][] {
  const order = new Intl.Collator(language).compare
  const groups = new Map<string, Location[]>()
  for (const l of [...locations].sort((a, b) => order(a.Name, b.Name))) {
    groups.set(l.Country, [...(groups.get(l.Country) ?? []), l])
  }
  return [...groups].sort(([a], [b]) => order(a, b))
}

function SpanFilter({ choice, change }: { choice: Choice; change: (c: Partial<Choice>) => void }) {
  const { t } = useTranslation()
  const [own, setOwn] = useState(false)
  const id = useId()
  const dates = own || choice.from !== '' || choice.to !== ''
  return (
    <fieldset className="chips">
      <legend className="visually-hidden">{t('list.when')}</legend>
      <Chip
        on={!choice.when && !dates}
        words={t('list.anyTime')}
        choose={() => {
          setOwn(false)
          change({ when: '', from: '', to: '' })
        }}
      />
      {spans.map((span) => (
        <Chip
          key={span}
          on={choice.when === span}
          words={t(`list.${span}`)}
          choose={() => {
            setOwn(false)
            change({ when: span, from: '', to: '' })
          }}
        />
      ))}
      <Chip
        on={dates}
        words={t('list.dates')}
        choose={() => {
          setOwn(true)
          change({ when: '' })
        }}
      />
      {dates && (
        <div className="row-of dates">
          <label htmlFor={`${id}from`}>{t('list.from')}</label>
          <input
            id={`${id}from`}
            type="date"
            className="form-control"
            value={choice.from}
            max={choice.to || undefined}
            onChange={(e) => change({ from: e.target.value })}
          />
          <label htmlFor={`${id}to`}>{t('list.to')}</label>
          <input
            id={`${id}to`}
            type="date"
            className="form-control"
            value={choice.to}
            min={choice.from || undefined}
            onChange={(e) => change({ to: e.target.value })}
          />
        </div>
      )}
    </fieldset>
  )
}

function Chip({ on, words, choose }: { on: boolean; words: string; choose: () => void }) {
  return (
    <button type="button" className="chip" aria-pressed={on} onClick={choose}>
      {words}
    </button>
  )
}
