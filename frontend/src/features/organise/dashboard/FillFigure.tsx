import { lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/lib/format'
import { StandingBadge } from '../components/Standing'
import { Figure } from './Figure'
import type { Sale } from './figures'

const FillPlot = lazy(() => import('./plots').then((m) => ({ default: m.FillPlot })))

/** How many events the plot has room for; the table has all. */
const mostBars = 12

/** How full the events are that are still to come. */
export function FillFigure({ sales }: { sales: Sale[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const limited = sales.filter((s) => s.fill !== null)
  const shown = limited.slice(0, mostBars)
  if (sales.length === 0) return null
  return (
    <Figure
      title={t('fill.title')}
      summary={
        limited.length > shown.length
          ? t('fill.some', { n: format.number(shown.length), all: format.number(limited.length) })
          : t('fill.summary', { count: limited.length, n: format.number(limited.length) })
      }
      plot={
        <FillPlot
          bars={shown.map((s) => ({ name: s.name, part: s.fill ?? 0, words: format.percent(s.fill ?? 0) }))}
          percent={format.percent}
          all={t('fill.full')}
        />
      }
      table={<Table sales={sales} />}
    />
  )
}

function Table({ sales }: { sales: Sale[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  return (
    <div className="table-scroll">
      <table className="table">
        <caption>{t('fill.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('fill.event')}</th>
            <th scope="col">{t('fill.starts')}</th>
            <th scope="col" className="text-end">
              {t('fill.booked')}
            </th>
            <th scope="col" className="text-end">
              {t('fill.room')}
            </th>
            <th scope="col" className="text-end">
              {t('fill.rate')}
            </th>
            <th scope="col">{t('fill.standing')}</th>
          </tr>
        </thead>
        <tbody>
          {sales.map((s) => (
            <tr key={s.id}>
              <th scope="row">
                <Link to={`/organise/events/${s.id}`}>{s.name}</Link>
              </th>
              <td>{format.shortDay(s.start, s.zone)}</td>
              <td className="text-end numbers">{format.number(s.booked)}</td>
              <td className="text-end numbers">
                {s.capacity === null ? t('fill.unlimited') : format.number(s.capacity)}
              </td>
              <td className="text-end numbers">{s.fill === null ? '–' : format.percent(s.fill)}</td>
              <td>
                <StandingBadge standing={s.standing} over={s.over} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
