import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { FormProvider, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Field } from '@/components/Field'
import { type Event, eventQuery, type Location } from '@/lib/api/events'
import { visitorZone } from '@/lib/format'
import { changeEvent, createEvent, type EventInput, findDuplicates, taggedEventQuery } from '../api/events'
import type { Tagged } from '../api/tagged'
import { Conflict } from '../components/Conflict'
import { SaveBar } from '../components/SaveBar'
import { SaveOutcome } from '../components/SaveOutcome'
import { Unsaved } from '../components/Unsaved'
import type { Likeness } from '../duplicates'
import { longest } from '../fields'
import { useDocumentForm } from '../useDocumentForm'
import { useFaults } from '../useFaults'
import { ConcernsDialog } from './ConcernsDialog'
import { type Concern, concernsOf } from './concerns'
import { type EventValues, eventSchema, inputOf, isAs, type Known, valuesOf, zoneOf } from './form'
import { SeatsFields } from './SeatsFields'
import { WhenFields } from './WhenFields'
import { WhereFields } from './WhereFields'

type Props = {
  base?: Tagged<Event>
  locations: Location[]
  /** How many seats are booked, while that is known. */
  booked?: number
  done?: (saved: Event) => void
}

/** An event, new or there already, to be entered. */
export function EventForm({ base: first, locations, booked, done }: Props) {
  const { t } = useTranslation('organise')
  const client = useQueryClient()
  const id = first?.document.ID ?? ''
  const knownOf = (before?: Event): Known => ({ locations, before })
  const editing = useDocumentForm<EventValues, Event>({
    base: first,
    valuesOf: (document) => valuesOf(knownOf(document), visitorZone()),
    resolver: (document) => (values, context, options) =>
      zodResolver(eventSchema(knownOf(document)))(values, context, options),
    create: (values, key) => createEvent(inputOf(knownOf(), values), key),
    change: (values, was) => changeEvent(id, inputOf(knownOf(was.document), values), was.tag),
    load: () => client.fetchQuery({ ...taggedEventQuery(id), staleTime: 0 }),
    isAs: (document, values) => isAs(document, inputOf(knownOf(document), values)),
    done: (saved) => {
      client.setQueryData(taggedEventQuery(saved.document.ID).queryKey, saved)
      client.setQueryData(eventQuery(saved.document.ID).queryKey, saved.document)
      for (const queryKey of [['events', 'list'], ['statistics'], ['locations']]) {
        void client.invalidateQueries({ queryKey })
      }
      done?.(saved.document)
    },
  })
  const { form, saving, base, taken } = editing
  const known = knownOf(base?.document)
  const { concerns, check, accept, dismiss } = useConcerns(known, booked, (values) => {
    if (!editing.isFinished()) void saving.save(values)
  })
  const unsure = saving.state.kind === 'unsure'
  return (
    <FormProvider {...form}>
      <form
        className="stack form"
        noValidate
        aria-label={base ? t('event.form') : t('event.new')}
        onSubmit={form.handleSubmit(check)}
      >
        <Conflict
          found={editing.theirs !== undefined}
          take={editing.takeTheirs}
          kept={taken?.kept.map((key) => t(`event.field.${key as keyof EventValues}`))}
        />
        <SaveOutcome state={saving.state} marked={editing.marked !== undefined} again={saving.again} />
        <fieldset className="plain stack" disabled={editing.busy || unsure}>
          <Fields known={known} booked={booked} />
        </fieldset>
        <SaveBar
          words={base ? t('save.changes') : t('event.create')}
          busy={editing.busy}
          locked={unsure}
          saved={editing.saved && !form.formState.isDirty}
        >
          {!base && (
            <Link className="btn btn-link" to="/organise/events">
              {t('event.discard')}
            </Link>
          )}
        </SaveBar>
      </form>
      <ConcernsDialog concerns={concerns} close={dismiss} save={accept} />
      <Unsaved pending={editing.pending} />
    </FormProvider>
  )
}

function Fields({ known, booked }: { known: Known; booked: number | undefined }) {
  const { t } = useTranslation('organise')
  const { register, formState } = useFormContext<EventValues>()
  const faults = useFaults()
  const [place, made] = useWatch<EventValues, ['place', 'newPlace']>({ name: ['place', 'newPlace'] })
  return (
    <>
      <section className="card-box stack">
        <h2>{t('event.what')}</h2>
        <Field label={t('event.name')} fault={faults(formState.errors.name)}>
          {(c) => (
            <input
              {...c}
              className="form-control"
              maxLength={longest.name}
              autoComplete="off"
              {...register('name')}
            />
          )}
        </Field>
      </section>
      <WhereFields known={known} />
      <WhenFields zone={zoneOf(known, { place, newPlace: made })} />
      <SeatsFields known={known} booked={booked} />
    </>
  )
}

/** Looks, before an event is saved, for what its organiser should know, and asks where there is anything. */
function useConcerns(known: Known, booked: number | undefined, save: (values: EventValues) => void) {
  const [concerns, setConcerns] = useState<Concern[]>([])
  const asked = useRef<EventValues>(undefined)
  const checking = useRef(false) // two clicks may come before the answer of the first one's search

  async function check(values: EventValues) {
    if (checking.current) return
    checking.current = true
    try {
      const input = inputOf(known, values)
      const likes = await likesOf(known, values, input)
      const found = concernsOf(input, { before: known.before, booked, likes, now: Date.now() / 1000 })
      if (found.length === 0) return save(values)
      asked.current = values
      setConcerns(found)
    } finally {
      checking.current = false
    }
  }
  const dismiss = () => setConcerns([])
  const accept = () => {
    dismiss()
    if (asked.current) save(asked.current)
  }
  return { concerns, check, accept, dismiss }
}

/** The likely duplicates of what is new about an event. None are known where they can't be looked for. */
async function likesOf(known: Known, values: EventValues, input: EventInput): Promise<Likeness[]> {
  const { before } = known
  if (before && isAs(before, { ...input, Location: { ...input.Location, Halls: before.Location.Halls } }))
    return []
  const candidate = {
    id: before?.ID,
    name: input.Name,
    place: input.Location?.ID ?? '',
    zone: zoneOf(known, values) ?? '',
    start: input.StartDate,
    end: input.EndDate,
  }
  return findDuplicates(candidate).catch(() => [])
}
