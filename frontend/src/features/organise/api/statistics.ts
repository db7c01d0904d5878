import { infiniteQueryOptions } from '@tanstack/react-query'
import { bookingService, nextPage, unwrapWithHeaders } from '@/lib/api/client'
import type { components } from '@/lib/api/schema/bookings'

export type Statistics = components['schemas']['Statistics']

/** What was sold of the events that one may manage, also those that are over or cancelled; those that start last first. */
export const statisticsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['statistics'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { after: pageParam }
      const { data, headers } = await unwrapWithHeaders(
        bookingService().GET('/statistics', { params: { query }, signal }),
      )
      return { events: data, next: nextPage(headers) }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: 5_000, // the service's figures are up to a few seconds old themselves
  })
