import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/format'
import { laterBy, momentOf, movedAlong } from '../clock'
import { ClockField } from '../components/ClockField'
import type { EventValues } from './form'

/** How long an event is taken to be before its end is entered, in seconds. */
const usual = 2 * 60 * 60

/** When an event begins and ends, on the clock of its place. zone is undefined while there is no place. */
export function WhenFields({ zone }: { zone: string | undefined }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const { setValue, getValues, formState } = useFormContext<EventValues>()
  const start = useWatch<EventValues, 'start'>({ name: 'start' })

  /** The end goes where the start goes, so that the event stays as long as it is. */
  function follow(text: string, before: string) {
    const end = getValues('end.text')
    const moved = end ? movedAlong(end, before, text) : laterBy(text, usual)
    if (moved) setValue('end.text', moved, { shouldDirty: true, shouldValidate: formState.isSubmitted })
  }
  const at = momentOf(start, zone ?? '') ?? Date.now() / 1000
  return (
    <section className="card-box stack">
      <h2>{t('event.when')}</h2>
      <p className="soft">
        {zone ? t('event.zone', { zone: format.zone(at, zone), id: zone }) : t('event.noZone')}
      </p>
      <div className="fields">
        <ClockField name="start" label={t('event.start')} zone={zone ?? ''} changed={follow} />
        <ClockField name="end" label={t('event.end')} zone={zone ?? ''} hint={t('event.endHint')} />
      </div>
    </section>
  )
}
