import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { FormProvider } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Location } from '@/lib/api/events'
import { visitorZone } from '@/lib/format'
import { changeLocation, createLocation, taggedLocationQuery } from '../api/locations'
import type { Tagged } from '../api/tagged'
import { Conflict } from '../components/Conflict'
import { HallsFields } from '../components/HallsFields'
import { PlaceFields } from '../components/PlaceFields'
import { SaveBar } from '../components/SaveBar'
import { SaveOutcome } from '../components/SaveOutcome'
import { Unsaved } from '../components/Unsaved'
import { useDocumentForm } from '../useDocumentForm'
import { inputOf, isAs, type LocationValues, locationSchema, valuesOf } from './form'

type Props = { base?: Tagged<Location>; done?: (saved: Location) => void }

/** A location, new or there already, to be entered. */
export function LocationForm({ base, done }: Props) {
  const { t } = useTranslation('organise')
  const client = useQueryClient()
  const id = base?.document.ID ?? ''
  const editing = useDocumentForm<LocationValues, Location>({
    base,
    valuesOf: (document) => valuesOf(document, visitorZone()),
    resolver: () => zodResolver(locationSchema),
    create: (values, key) => createLocation(inputOf(values), key),
    change: (values, was) => changeLocation(id, inputOf(values, was.document), was.tag),
    load: () => client.fetchQuery({ ...taggedLocationQuery(id), staleTime: 0 }),
    isAs,
    done: (saved) => {
      client.setQueryData(taggedLocationQuery(saved.document.ID).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['locations'] })
      void client.invalidateQueries({ queryKey: ['events'] }) // they show their place's name
      done?.(saved.document)
    },
  })
  const { form, saving, taken } = editing
  const unsure = saving.state.kind === 'unsure'
  return (
    <FormProvider {...form}>
      <form
        className="stack form"
        noValidate
        aria-label={base ? t('location.form') : t('location.new')}
        onSubmit={form.handleSubmit((values) => {
          if (!editing.isFinished()) void saving.save(values)
        })}
      >
        <Conflict
          found={editing.theirs !== undefined}
          take={editing.takeTheirs}
          kept={taken?.kept.map((key) => t(`location.field.${key as keyof LocationValues}`))}
        />
        <SaveOutcome state={saving.state} marked={editing.marked !== undefined} again={saving.again} />
        <fieldset className="plain stack" disabled={editing.busy || unsure}>
          <section className="card-box stack">
            <h2>{t('location.about')}</h2>
            <PlaceFields within="" />
          </section>
          <section className="card-box stack">
            <h2>{t('location.halls')}</h2>
            <p className="soft">{t('location.hallsHint')}</p>
            {base && <p className="soft">{t('location.laterOnly')}</p>}
            <HallsFields />
          </section>
        </fieldset>
        <SaveBar
          words={base ? t('save.changes') : t('location.create')}
          busy={editing.busy}
          locked={unsure}
          saved={editing.saved && !form.formState.isDirty}
        />
      </form>
      <Unsaved pending={editing.pending} />
    </FormProvider>
  )
}
