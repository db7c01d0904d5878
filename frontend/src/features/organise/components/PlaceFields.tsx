import { useId } from 'react'
import { type FieldError, useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/Field'
import { longest, zones } from '../fields'
import { useFaults } from '../useFaults'

type Name = 'name' | 'address' | 'country' | 'timeZone'

/** The fields of a place. within is what they are in, such as newPlace; empty where the form is about the place. */
export function PlaceFields({ within }: { within: '' | 'newPlace' }) {
  const { t } = useTranslation('organise')
  const { register, getFieldState, formState } = useFormContext()
  const faults = useFaults()
  const list = useId()
  const path = (name: Name) => (within ? `${within}.${name}` : name)
  const fault = (name: Name) => faults(getFieldState(path(name), formState).error as FieldError | undefined)
  return (
    <div className="fields">
      <Field label={t('place.name')} fault={fault('name')}>
        {(c) => (
          <input {...c} className="form-control" maxLength={longest.name} {...register(path('name'))} />
        )}
      </Field>
      <Field label={t('place.address')} fault={fault('address')}>
        {(c) => (
          <input {...c} className="form-control" maxLength={longest.address} {...register(path('address'))} />
        )}
      </Field>
      <Field label={t('place.country')} fault={fault('country')}>
        {(c) => (
          <input {...c} className="form-control" maxLength={longest.country} {...register(path('country'))} />
        )}
      </Field>
      <Field label={t('place.zone')} fault={fault('timeZone')} hint={t('place.zoneHint')}>
        {(c) => (
          <input
            {...c}
            className="form-control"
            list={list}
            autoComplete="off"
            spellCheck={false}
            {...register(path('timeZone'))}
          />
        )}
      </Field>
      <datalist id={list}>
        {zones().map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  )
}
