import { useCallback, useEffect, useRef, useState } from 'react'
import {
  type DefaultValues,
  type FieldValues,
  type Path,
  type PathValue,
  type Resolver,
  useForm,
} from 'react-hook-form'
import { ApiError, statusOf } from '@/lib/api/error'
import type { Tagged } from './api/tagged'
import { merged } from './merge'
import { markRefused } from './useFaults'
import { useSave } from './useSave'

type Options<V extends FieldValues, D> = {
  /** The document that is changed; none for a new one. */
  base?: Tagged<D>
  valuesOf: (document?: D) => V
  resolver: (document?: D) => Resolver<V>
  create: (values: V, key: string) => Promise<Tagged<D>>
  change: (values: V, was: Tagged<D>) => Promise<Tagged<D>>
  /** Reads the document as it is now. */
  load: () => Promise<Tagged<D>>
  isAs: (document: D, values: V) => boolean
  done: (saved: Tagged<D>) => void
}

/** What a form says after somebody else's changes were taken over. */
export type Taken = { kept: string[] }

/**
 * A form of a document that several people may change: it is saved once, with what the service refuses at the fields,
 * and with somebody else's changes found and, on demand, taken over beneath one's own.
 */
export function useDocumentForm<V extends FieldValues, D>(o: Options<V, D>) {
  const [base, setBase] = useState(o.base)
  const [theirs, setTheirs] = useState<Tagged<D>>()
  const [taken, setTaken] = useState<Taken>()
  const [saved, setSaved] = useState(false)
  const [marked, setMarked] = useState<Path<V>>()
  const form = useForm<V>({
    defaultValues: o.valuesOf(base?.document) as DefaultValues<V>,
    resolver: o.resolver(base?.document),
  })

  const focused = useRef<Element>(null)

  /** Changes the document. If it is as it should be already, be it by a try whose answer was lost, that is as good. */
  async function change(values: V, was: Tagged<D>): Promise<Tagged<D>> {
    try {
      return await o.change(values, was)
    } catch (error) {
      if (statusOf(error) !== 412) throw error
      const fresh = await o.load()
      if (o.isAs(fresh.document, values)) return fresh
      setTheirs(fresh)
      throw error
    }
  }

  async function send(values: V, key: string): Promise<Tagged<D>> {
    setMarked(undefined)
    focused.current = document.activeElement
    setSaved(false)
    setTheirs(undefined)
    try {
      return await (base ? change(values, base) : o.create(values, key))
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) {
        const has = (field: string) => form.getValues(field as Path<V>) !== undefined
        setMarked(markRefused(error, has, form.setError))
      }
      throw error
    }
  }

  const dirty = useRef(false)
  dirty.current = form.formState.isDirty
  const finished = useRef(false)
  const saving = useSave(send, (document: Tagged<D>) => {
    finished.current = o.base === undefined
    setTaken(undefined)
    setSaved(true)
    if (o.base) {
      setBase(document)
      form.reset(o.valuesOf(document.document))
    }
    o.done(document)
  })

  const busy = saving.state.kind === 'sending'
  // While it is sent the fields are locked, which takes the focus from them.
  const { setFocus } = form
  useEffect(() => {
    if (busy) return
    if (marked) setFocus(marked)
    else if (document.activeElement === document.body && focused.current instanceof HTMLElement)
      focused.current.focus()
  }, [busy, marked, setFocus])

  function takeTheirs() {
    if (!theirs) return
    const fresh = o.valuesOf(theirs.document)
    const { values, kept } = merged(o.valuesOf(base?.document), form.getValues(), fresh)
    setBase(theirs)
    setTheirs(undefined)
    setTaken({ kept: kept as string[] })
    form.reset(fresh)
    for (const key of kept) {
      form.setValue(key as Path<V>, values[key] as PathValue<V, Path<V>>, { shouldDirty: true })
    }
    saving.reset()
  }

  /** Whether there is input that would be lost. */
  const pending = useCallback(() => dirty.current && !finished.current, [])
  /** Whether all is done and the screen about to be left: nothing may be sent again. */
  const isFinished = useCallback(() => finished.current, [])
  return { form, saving, busy, base, theirs, takeTheirs, taken, saved, marked, pending, isFinished }
}
