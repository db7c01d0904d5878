import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/format'
import type { Statistics } from '../api/statistics'
import { Choices } from '../components/Choices'
import { Figure } from './Figure'
import { type DaySold, soldByDay } from './figures'

const SalesPlot = lazy(() => import('./plots').then((m) => ({ default: m.SalesPlot })))

const spans = ['30', '90', '365'] as const

const moment = (day: string) => Date.parse(day) / 1000

/** How many seats were sold on each day. */
export function SalesFigure({ events }: { events: Statistics[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const [span, setSpan] = useState<(typeof spans)[number]>('30')
  const [event, setEvent] = useState('')
  const chosen = event ? events.filter((e) => e.EventID === event) : events
  const days = soldByDay(chosen, Number(span), new Date().toLocaleDateString('sv'))
  const seats = days.reduce((sum, d) => sum + d.seats, 0)
  return (
    <Figure
      title={t('sales.title')}
      summary={t('sales.summary', { count: seats, n: format.number(seats), days: span })}
      controls={
        <div className="row-of">
          <Choices
            label={t('sales.span')}
            value={span}
            choose={setSpan}
            options={spans.map((value) => ({ value, words: t('sales.days', { days: value }) }))}
          />
          <select
            className="form-select event-choice"
            aria-label={t('sales.event')}
            value={event}
            onChange={(e) => setEvent(e.target.value)}
          >
            <option value="">{t('sales.all')}</option>
            {events.map((e) => (
              <option key={e.EventID} value={e.EventID}>
                {`${e.Name}, ${format.shortDay(e.StartDate, e.TimeZone)}`}
              </option>
            ))}
          </select>
        </div>
      }
      plot={
        <SalesPlot
          points={days}
          seats={t('sales.seats')}
          day={(day) => format.shortDay(moment(day), 'UTC')}
          number={format.number}
        />
      }
      table={<Table days={days} />}
    />
  )
}

function Table({ days }: { days: DaySold[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const sold = days.filter((d) => d.seats > 0).reverse()
  return (
    <div className="table-scroll">
      <table className="table">
        <caption>{t('sales.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('sales.day')}</th>
            <th scope="col" className="text-end">
              {t('sales.seats')}
            </th>
          </tr>
        </thead>
        <tbody>
          {sold.map((d) => (
            <tr key={d.day}>
              <th scope="row">{format.day(moment(d.day), 'UTC')}</th>
              <td className="text-end numbers">{format.number(d.seats)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
