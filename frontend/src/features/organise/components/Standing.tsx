import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '@/components/Icon'
import { useFormat } from '@/lib/format'
import { fillOf, overBy, type Standing } from '../capacity'

const looks: Record<Standing, { tone: string; icon: IconName }> = {
  cancelled: { tone: 'bad', icon: 'close' },
  over: { tone: '', icon: 'clock' },
  overbooked: { tone: 'bad', icon: 'warning' },
  soldOut: { tone: 'warn', icon: 'spark' },
  selling: { tone: 'good', icon: 'check' },
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
