import { useCallback } from 'react'
import type { FieldError, FieldValues, Path, UseFormSetError } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '@/lib/api/error'
import { type Fault, fieldNamed } from './fields'

/** Says in the visitor's words what is not right with a field. */
export function useFaults(): (error: FieldError | undefined) => string | undefined {
  const { t } = useTranslation('organise')
  return useCallback((error) => error && t(`fault.${error.message as Fault}`), [t])
}

/** Marks the fields that the service has refused. Answers with the first one that the form has, if there is any. */
export function markRefused<T extends FieldValues>(
  error: ApiError,
  has: (field: string) => boolean,
  setError: UseFormSetError<T>,
): Path<T> | undefined {
  const fields = (error.problem?.errors ?? []).map((e) => fieldNamed(e.field))
  const known = [...new Set(fields)].filter((f): f is Path<T> => f !== undefined && has(f))
  for (const field of known) setError(field, { type: 'server', message: 'refused' })
  return known[0]
}
