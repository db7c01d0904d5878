// What a screen shows while it has nothing to show yet, or never will have.

import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { statusOf } from '@/lib/api/error'
import { meQuery } from '@/lib/api/session'
import { useSignInAddress } from '@/lib/returning'
import { useWords } from '@/lib/words'
import { Icon, type IconName } from './Icon'
import { Heading, Page } from './Page'

/** A friendly picture with words and a way on. */
export function Empty(props: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      {props.children && <p className="soft">{props.children}</p>}
      {props.action}
    </div>
  )
}

/** What went wrong, in words, with a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const words = useWords()
  return (
    <div role="alert">
      <Empty
        icon="warning"
        title={t('failure.title')}
        action={
          retry && (
            <button type="button" className="btn btn-primary" onClick={retry}>
              {t('failure.retry')}
            </button>
          )
        }
      >
        {words(error)}
      </Empty>
    </div>
  )
}

/** There is no connection, and nothing was kept of what is asked for. */
export function Unreachable() {
  const { t } = useTranslation()
  return (
    <Empty icon="offline" title={t('offline.title')}>
      {t('offline.nothingKept')}
    </Empty>
  )
}

type Query<T> = Pick<UseQueryResult<T>, 'data' | 'error' | 'fetchStatus' | 'refetch'>

/** Shows what a query has found or, within a frame, why it has not. */
export function Loaded<T>(props: {
  query: Query<T>
  skeleton: ReactNode
  frame?: (state: ReactNode) => ReactNode
  children: (data: T) => ReactNode
}) {
  const { data, error, fetchStatus, refetch } = props.query
  const frame = props.frame ?? ((state: ReactNode) => state)
  if (data !== undefined) return props.children(data)
  if (statusOf(error) === 404) return frame(<Missing />)
  if (error) return frame(<Failure error={error} retry={() => void refetch()} />)
  return frame(fetchStatus === 'paused' ? <Unreachable /> : <Loading>{props.skeleton}</Loading>)
}

/** A skeleton, told to those who listen. */
export function Loading({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div aria-busy="true">
      <span className="visually-hidden" role="status">
        {t('loading')}
      </span>
      {children}
    </div>
  )
}

/** A part of a skeleton. */
export function Bone({ width = '100%', height = '1em' }: { width?: string; height?: string }) {
  return <span className="bone" style={{ width, height }} />
}

/** There is nothing of that name. */
export function Missing() {
  const { t } = useTranslation()
  return (
    <Empty
      icon="ticket"
      title={t('missing.title')}
      action={
        <Link className="btn btn-primary" to="/">
          {t('missing.home')}
        </Link>
      }
    >
      {t('missing.text')}
    </Empty>
  )
}

/** The screen for whoever may not see what is here. */
export function ForbiddenPage() {
  const { t } = useTranslation()
  const { data: user } = useQuery(meQuery())
  const signIn = useSignInAddress()
  const known = user && !user.Guest
  return (
    <Page title={t('forbidden.title')}>
      <Heading className="visually-hidden">{t('forbidden.title')}</Heading>
      <Empty
        icon="person"
        title={t('forbidden.title')}
        action={
          <Link className="btn btn-primary" to={known ? '/' : signIn}>
            {known ? t('missing.home') : t('nav.signIn')}
          </Link>
        }
      >
        {known ? t('forbidden.text') : t('forbidden.signIn')}
      </Empty>
    </Page>
  )
}

/** The screen for an address that leads nowhere. */
export function MissingPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('missing.title')}>
      <Heading className="visually-hidden">{t('missing.title')}</Heading>
      <Missing />
    </Page>
  )
}
