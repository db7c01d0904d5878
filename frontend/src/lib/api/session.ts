import { queryOptions } from '@tanstack/react-query'
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
