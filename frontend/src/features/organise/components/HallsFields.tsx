import { useRef } from 'react'
import { type FieldErrors, useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { useFormat } from '@/lib/format'
import { type HallValues, longest, mostHalls, seatsSoFar } from '../fields'
import { useFaults } from '../useFaults'

type Values = { halls: HallValues[] }

/** The halls of a form that has some: one after the other, with how many seats they have together. */
export function HallsFields() {
  const { t } = useTranslation('organise')
  const { control } = useFormContext<Values>()
  const { fields, append, remove } = useFieldArray<Values>({ name: 'halls', control })
  const add = useRef<HTMLButtonElement>(null)
  return (
    <div className="stack">
      {fields.length > 0 && (
        <ul className="halls-fields">
          {fields.map((field, n) => (
            <li key={field.id}>
              <HallFields
                n={n}
                remove={() => {
                  remove(n)
                  add.current?.focus()
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="row-of">
        <button
          type="button"
          ref={add}
          className="btn btn-outline-secondary btn-icon"
          disabled={fields.length >= mostHalls}
          onClick={() => append({ name: '', location: '', capacity: '' })}
        >
          <Icon name="plus" />
          {t('halls.add')}
        </button>
        {fields.length > 0 && <Together />}
      </div>
    </div>
  )
}

function Together() {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const halls = useWatch<Values, 'halls'>({ name: 'halls' })
  const seats = seatsSoFar(halls)
  return <p className="soft numbers m-0">{t('halls.together', { count: seats, n: format.number(seats) })}</p>
}

function HallFields({ n, remove }: { n: number; remove: () => void }) {
  const { t } = useTranslation('organise')
  const { register, formState } = useFormContext<Values>()
  const faults = useFaults()
  const errors = (formState.errors as FieldErrors<Values>).halls?.[n]
  const number = n + 1
  return (
    <fieldset className="hall-fields">
      <legend className="visually-hidden">{t('halls.number', { number })}</legend>
      <Field label={t('halls.name')} fault={faults(errors?.name)}>
        {(c) => (
          <input {...c} className="form-control" maxLength={longest.hall} {...register(`halls.${n}.name`)} />
        )}
      </Field>
      <Field label={t('halls.where')} fault={faults(errors?.location)}>
        {(c) => (
          <input
            {...c}
            className="form-control"
            maxLength={longest.hallPlace}
            {...register(`halls.${n}.location`)}
          />
        )}
      </Field>
      <Field label={t('halls.seats')} fault={faults(errors?.capacity)}>
        {(c) => (
          <input
            {...c}
            className="form-control numbers"
            inputMode="numeric"
            autoComplete="off"
            {...register(`halls.${n}.capacity`)}
          />
        )}
      </Field>
      <button
        type="button"
        className="btn btn-outline-secondary btn-icon remove"
        aria-label={t('halls.remove', { number })}
        onClick={remove}
      >
        <Icon name="close" />
      </button>
    </fieldset>
  )
}
