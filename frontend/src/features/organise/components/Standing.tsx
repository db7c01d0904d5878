import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '@/components/Icon'
import { useFormat } from '@/lib/format'
import { fillOf, overBy, type Standing, standingOf } from '../capacity'

type Selling = { Cancelled: boolean; EndDate: number; Capacity: number | null }

const looks: Record<Standing, { tone: string; icon: IconName }> = {
  cancelled: { tone: 'bad', icon: 'close' },
  over: { tone: '', icon: 'clock' },
  overbooked: { tone: 'bad', icon: 'warning' },
  soldOut: { tone: 'warn', icon: 'spark' },
  selling: { tone: 'good', icon: 'check' },
}

/** How the sale of an event stands at a moment; nothing while it depends on how much is booked, and that is not known. */
export function SaleBadge({
  event,
  booked,
  now,
}: {
  event: Selling
  booked: number | undefined
  now: number
}) {
  const standing = standingOf({ ...event, Booked: booked ?? 0 }, now)
  if (booked === undefined && standing === 'selling')
    return <span className="badge-of seats-unknown">&nbsp;</span>
  return <StandingBadge standing={standing} over={overBy(event.Capacity, booked ?? 0)} />
}

/** How an event's sale stands, in words. */
export function StandingBadge({ standing, over }: { standing: Standing; over: number }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const { tone, icon } = looks[standing]
  return (
    <span className={`badge-of ${tone}`}>
      <Icon name={icon} />
      {standing === 'overbooked'
        ? t('standing.overbooked', { n: format.number(over) })
        : t(`standing.${standing}`)}
    </span>
  )
}

/** How many seats are booked, of how many, in words and as a bar. */
export function Sold({ booked, capacity }: { booked: number | undefined; capacity: number | null }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  if (booked === undefined) return <span className="sold">&nbsp;</span>
  const n = format.number(booked)
  const fill = fillOf(capacity, booked)
  return (
    <span className="sold numbers">
      {capacity === null
        ? t('sold.open', { count: booked, n })
        : t('sold.of', { count: booked, n, all: format.number(capacity) })}
      {fill !== null && (
        <span className="meter" aria-hidden="true">
          <span
            className={overBy(capacity, booked) > 0 ? 'full' : undefined}
            style={{ width: `${Math.min(1, fill) * 100}%` }}
          />
        </span>
      )}
    </span>
  )
}
