import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/Field'
import { PlaceFields } from '../components/PlaceFields'
import { useFaults } from '../useFaults'
import { type EventValues, type Known, newPlace, type Seats } from './form'

/** What becomes of the choice of seats at another place: a new one has no halls yet that the event could take. */
function seatsAt(place: string, { seats, halls }: EventValues): Seats {
  if (place === newPlace) return seats === 'location' ? 'own' : seats
  return seats === 'own' && halls.length === 0 ? 'location' : seats
}

/** Where an event is: one of the locations, or a new one. */
export function WhereFields({ known }: { known: Known }) {
  const { t, i18n } = useTranslation('organise')
  const { register, formState, setValue, getValues } = useFormContext<EventValues>()
  const faults = useFaults()
  const place = useWatch<EventValues, 'place'>({ name: 'place' })
  const own = known.before?.Location
  const gone = own && own.ID !== '' && !known.locations.some((l) => l.ID === own.ID) ? [own] : []
  const order = new Intl.Collator(i18n.language).compare
  const places = [...known.locations, ...gone].sort((a, b) => order(a.Name, b.Name))
  return (
    <section className="card-box stack">
      <h2>{t('event.where')}</h2>
      <Field label={t('event.location')} fault={faults(formState.errors.place)}>
        {(c) => (
          <select
            {...c}
            className="form-select"
            {...register('place', {
              onChange: (e: { target: { value: string } }) => {
                const seats = seatsAt(e.target.value, getValues())
                setValue('seats', seats, { shouldDirty: true })
              },
            })}
          >
            <option value="">{t('event.choosePlace')}</option>
            {places.map((l) => (
              <option key={l.ID} value={l.ID}>
                {[l.Name, l.Country].filter(Boolean).join(', ')}
              </option>
            ))}
            <option value={newPlace}>{t('event.newPlace')}</option>
          </select>
        )}
      </Field>
      {place === newPlace && (
        <fieldset className="plain stack">
          <legend className="h3">{t('event.aboutPlace')}</legend>
          <PlaceFields within="newPlace" />
        </fieldset>
      )}
    </section>
  )
}
