import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { config } from '../config'
import { bookingService, unwrap } from './client'
import type { components } from './schema/bookings'

export type User = components['schemas']['User']

/** Who the visitor is: an account, a guest with bookings, or null for nobody yet. */
export const meQuery = () =>
  queryOptions({
    queryKey: ['me'],
    queryFn: async ({ signal }): Promise<User | null> =>
      (await unwrap(bookingService().GET('/users/me', { signal }))) ?? null,
    staleTime: 60_000,
  })

/** Notes who the visitor is now: what was fetched as somebody else is forgotten. */
export async function become(client: QueryClient, user: User | null): Promise<void> {
  client.setQueryData(meQuery().queryKey, user)
  await client.resetQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
}

/** Makes an account of the visitor, with the bookings that he or she has made as a guest. */
export const signUp = async (body: components['schemas']['SignUpInput']): Promise<User> =>
  (await unwrap(bookingService().POST('/users', { body }))).user

/** Signs in; the account takes over what the visitor has booked as a guest. */
export const signIn = async (body: components['schemas']['SignInInput']): Promise<User> =>
  (await unwrap(bookingService().POST('/sessions', { body }))).user

/** Ends the session on this browser. */
export const endSession = (): Promise<unknown> => unwrap(bookingService().DELETE('/sessions'))

/** Changes the name or the address; another address takes the password. */
export const changeProfile = (body: components['schemas']['ProfileInput']): Promise<User> =>
  unwrap(bookingService().PATCH('/users/me', { body }))

/** Changes the password, which ends all other sessions. */
export const changePassword = (body: components['schemas']['PasswordInput']): Promise<unknown> =>
  unwrap(bookingService().PUT('/users/me/password', { body }))

/** Deletes the account; the bookings stay, of nobody. */
export const deleteAccount = (password: string): Promise<unknown> =>
  unwrap(bookingService().DELETE('/users/me', { body: { password } }))

/** Where everything that is kept about the visitor can be had. */
export const exportAddress = (): string => `${config().bookings}/users/me/export`
