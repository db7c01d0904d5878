import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from './api/error'

const known = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 502, 503, 504] as const

type Known = (typeof known)[number]

const isKnown = (status: number): status is Known => (known as readonly number[]).includes(status)

/** Says in the visitor's words what went wrong. What the server says itself is for developers and never shown. */
export function useWords(): (error: unknown) => string {
  const { t } = useTranslation()
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return t('error.other')
      if (error.fault !== 'answer') return t(`error.${error.fault}`)
      return isKnown(error.status) ? t(`error.${error.status}`) : t('error.other')
    },
    [t],
  )
}
