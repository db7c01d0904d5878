import { useController, useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/Field'
import { sameClock, useFormat, visitorZone } from '@/lib/format'
import { type Clock, momentOf, readClock } from '../clock'
import { useFaults } from '../useFaults'

type Values = { start: Clock; end: Clock }

type Props = {
  name: keyof Values
  label: string
  zone: string
  hint?: string
  changed?: (text: string, before: string) => void
}

/** A time on the clock of a place, with what it is on the organiser's own, and which one is meant if it comes twice. */
export function ClockField({ name, label, zone, hint, changed }: Props) {
  const { t } = useTranslation('organise')
  const { control } = useFormContext<Values>()
  const format = useFormat()
  const faults = useFaults()
  const { field, fieldState } = useController<Values, `${typeof name}.text`>({
    control,
    name: `${name}.text`,
  })
  const { field: later } = useController<Values, `${typeof name}.later`>({ control, name: `${name}.later` })
  const reading = readClock(field.value, zone)
  const moment = momentOf({ text: field.value, later: later.value }, zone)
  const never =
    reading?.kind === 'never' ? t('clock.never', { time: format.time(reading.instead, zone) }) : ''
  return (
    <div className="clock-field">
      <Field
        label={label}
        fault={never || faults(fieldState.error)}
        hint={
          <>
            {hint}
            {moment !== undefined && !sameClock(moment, zone, visitorZone()) && (
              <> {t('clock.yours', { moment: format.moment(moment, visitorZone()) })}</>
            )}
          </>
        }
      >
        {(c) => (
          <input
            {...c}
            type="datetime-local"
            className="form-control"
            max="9999-12-31T23:59"
            name={field.name}
            ref={field.ref}
            value={field.value}
            onBlur={field.onBlur}
            onChange={(e) => {
              const before = field.value
              field.onChange(e)
              changed?.(e.target.value, before)
            }}
          />
        )}
      </Field>
      {reading?.kind === 'twice' && (
        <fieldset className="twice">
          <legend>{t('clock.twice')}</legend>
          {[false, true].map((second) => (
            <label key={String(second)} className="choice">
              <input
                type="radio"
                name={later.name}
                checked={later.value === second}
                onChange={() => later.onChange(second)}
              />
              {t(second ? 'clock.second' : 'clock.first', {
                zone: format.zone(second ? reading.second : reading.first, zone),
              })}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  )
}
