import { bookingService, unwrap } from '@/lib/api/client'
import type { User } from '@/lib/api/session'

export type Role = 'organiser' | 'admin'

/** The account with an address, for administrators; undefined where there is none. */
export async function findUser(email: string): Promise<User | undefined> {
  return (await unwrap(bookingService().GET('/users', { params: { query: { email } } })))[0]
}

/** Gives an account its roles. */
export const setRoles = (userID: string, roles: Role[]): Promise<User> =>
  unwrap(bookingService().PUT('/users/{userID}/roles', { params: { path: { userID } }, body: { roles } }))
