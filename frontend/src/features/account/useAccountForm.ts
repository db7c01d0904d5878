import { useRef, useState } from 'react'
import { type DefaultValues, type FieldValues, type Path, type Resolver, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api/error'
import { useWords } from '@/lib/words'
import type { Fault } from './rules'

type Options<T extends FieldValues> = {
  resolver: Resolver<T>
  empty: DefaultValues<T>
  send: (values: T) => Promise<void>
  /** What a status means here, where that is more than it means everywhere. */
  meaning?: Partial<Record<number, string>>
}

/** A form that is sent at most once at a time, and says at the place where it happened what went wrong. */
export function useAccountForm<T extends FieldValues>({ resolver, empty, send, meaning = {} }: Options<T>) {
  const { t } = useTranslation('account')
  const words = useWords()
  const form = useForm<T>({ resolver, defaultValues: empty })
  const [failure, setFailure] = useState<{ words: string; tries: number }>()
  const busy = useRef(false)
  const tries = useRef(0)

  const submit = form.handleSubmit(async (values) => {
    if (busy.current) return
    busy.current = true
    try {
      await send(values as T)
      setFailure(undefined)
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0
      const fields = error instanceof ApiError && status === 422 ? (error.problem?.errors ?? []) : []
      const refused: Fault = 'refused'
      for (const [n, { field }] of fields.entries()) {
        form.setError(field as Path<T>, { message: refused }, { shouldFocus: n === 0 })
      }
      tries.current++
      setFailure({ words: meaning[status] ?? words(error), tries: tries.current })
    } finally {
      busy.current = false
    }
  })

  const faultOf = (name: Path<T>): string | undefined => {
    const found = form.formState.errors[name]?.message
    return found ? t(`fault.${found as Fault}`) : undefined
  }
  return { form, submit, failure, faultOf, sending: form.formState.isSubmitting }
}
