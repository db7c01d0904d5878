import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/lib/format'
import { Sold, StandingBadge } from '../components/Standing'
import type { Sale } from './figures'

/** The events that need a look, and why. */
export function LookAt({ sales }: { sales: Sale[] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  if (sales.length === 0) return null
  return (
    <section className="card-box look-at" aria-labelledby="look-at">
      <h2 id="look-at">{t('dashboard.urgent')}</h2>
      <ul>
        {sales.map((s) => (
          <li key={s.id}>
            <StandingBadge standing={s.standing} over={s.over} />
            <Link to={`/organise/events/${s.id}`}>{s.name}</Link>
            <span className="soft">{format.shortDay(s.start, s.zone)}</span>
            <Sold booked={s.booked} capacity={s.capacity} />
          </li>
        ))}
      </ul>
    </section>
  )
}
