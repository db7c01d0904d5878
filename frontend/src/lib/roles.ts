import { useQuery } from '@tanstack/react-query'
import { meQuery, type User } from './api/session'
import { config } from './config'

/** Whether a user has a role. Administrators may do what organisers may. */
export const has = (user: User | null | undefined, role: 'organiser' | 'admin'): boolean =>
  user?.roles?.some((r) => r === role || r === 'admin') ?? false

/** Whether the visitor may organise; undefined until that is known. */
export function useMayOrganise(): boolean | undefined {
  const { data: user } = useQuery(meQuery())
  if (config().open) return true
  return user === undefined ? undefined : has(user, 'organiser')
}
