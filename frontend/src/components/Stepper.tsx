import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './Icon'

/** How many seats one booking may have, where the service was not told otherwise (max_seats_per_booking). */
export const mostSeats = 20

type Props = {
  label: string
  value: number
  change: (value: number) => void
  least?: number
  most?: number
  disabled?: boolean
  /** The ID of what says that the value is not right. */
  fault?: string
}

/** A small number, by button or typed. What is typed may be out of range: whoever uses the value says so. */
export function Stepper({ label, value, change, least = 1, most = mostSeats, disabled, fault }: Props) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div>
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      <div>
        <div className="stepper">
          <button
            type="button"
            aria-label={t('event.fewer')}
            disabled={disabled || value <= least}
            onClick={() => change(Math.min(value - 1, most))}
          >
            <Icon name="minus" />
          </button>
          <input
            id={id}
            type="number"
            inputMode="numeric"
            min={least}
            max={most}
            disabled={disabled}
            value={Number.isNaN(value) ? '' : value}
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault}
            onChange={(e) => change(e.target.valueAsNumber)}
          />
          <button
            type="button"
            aria-label={t('event.moreSeats')}
            disabled={disabled || value >= most}
            onClick={() => change(Math.max(least, (value || 0) + 1))}
          >
            <Icon name="plus" />
          </button>
        </div>
      </div>
    </div>
  )
}
