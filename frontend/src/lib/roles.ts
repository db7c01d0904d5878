import { useQuery } from '@tanstack/react-query'
import { meQuery, type User } from './api/session'
import { config } from './config'

/** Whether a user has a role. Administrators may do what organisers may. */
export const has = (user: User | null | undefined, role: 'organiser' | 'admin'): boolean =>
  user?.roles?.some((r) => r === role || r === 'admin') ?? false

/** Whether a user may organise. */
export const mayOrganise = (user: User | null | undefined): boolean => config().open || has(user, 'organiser')

/** Whether the visitor may organise, as far as is known. */
export const useMayOrganise = (): boolean => mayOrganise(useQuery(meQuery()).data)
