import { useTranslation } from 'react-i18next'
import type { Availability } from '@/lib/availability'
import { useFormat } from '@/lib/format'
import { Icon } from './Icon'

/** Up to how many seats count as few. */
const few = 10

/** Whether there are so few seats left that it should be said with emphasis. */
export const isFew = (a: Availability): boolean =>
  a.Available !== null && a.Available > 0 && a.Available <= few

/** How many seats are left, in words, and never by colour alone. */
export function Seats({ of: a }: { of: Availability | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!a) return <span className="badge-of seats-unknown">&nbsp;</span>
  if (a.Available === null) return <span className="badge-of good">{t('seats.open')}</span>
  const words = t('seats.left', { count: a.Available, n: format.number(a.Available) })
  if (a.Available === 0) {
    return (
      <span className="badge-of bad">
        <Icon name="close" />
        {t('seats.none')}
      </span>
    )
  }
  if (isFew(a)) {
    return (
      <span className="badge-of warn">
        <Icon name="spark" />
        {t('seats.few', { count: a.Available, n: format.number(a.Available) })}
      </span>
    )
  }
  return <span className="badge-of">{words}</span>
}
