import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { eventService, nextPage, unwrap, unwrapWithHeaders } from './client'
import type { components } from './schema/events'

export type Event = components['schemas']['Event']
export type Location = components['schemas']['Location']
export type Hall = components['schemas']['Hall']

/** What the list of events is narrowed to; times are Unix seconds. */
export type EventFilter = { q?: string; country?: string; location?: string; from?: number; to?: number }

const pageSize = 24

/** The events that can be booked, the next one first, page by page. */
export const eventsQuery = (filter: EventFilter) =>
  infiniteQueryOptions({
    queryKey: ['events', 'list', filter],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        ...filter,
        from: filter.from?.toString(),
        to: filter.to?.toString(),
        limit: pageSize,
        after: pageParam,
      }
      const { data, headers } = await unwrapWithHeaders(
        eventService().GET('/events', { params: { query }, signal }),
      )
      return { events: data, next: nextPage(headers) }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

/** One event, also when it is over or cancelled. */
export const eventQuery = (eventID: string) =>
  queryOptions({
    queryKey: ['events', 'one', eventID],
    queryFn: ({ signal }) =>
      unwrap(eventService().GET('/events/{eventID}', { params: { path: { eventID } }, signal })),
  })

/** All locations. */
export const locationsQuery = () =>
  queryOptions({
    queryKey: ['locations'],
    queryFn: ({ signal }) => unwrap(eventService().GET('/locations', { signal })),
    staleTime: 60_000,
  })
