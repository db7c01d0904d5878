import { infiniteQueryOptions } from '@tanstack/react-query'
import { bookingService, nextPage, unwrap, unwrapWithHeaders } from '@/lib/api/client'
import type { components } from '@/lib/api/schema/bookings'
import { config } from '@/lib/config'

export type Attendee = components['schemas']['Attendee']

const pageSize = 50

/** Who comes to an event, the newest booking first, page by page. */
export const attendeesQuery = (eventID: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ['attendees', eventID, q],
    queryFn: ({ pageParam, signal }) => page(eventID, q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (found) => found.next,
    staleTime: 5_000,
  })

// A search looks at so many bookings for a page and may find none of them: then the next page is looked at.
async function page(eventID: string, q: string, after: string | undefined, signal: AbortSignal) {
  for (let from = after; ; ) {
    const query = { q: q || undefined, format: 'json' as const, limit: pageSize, after: from }
    const { data, headers } = await unwrapWithHeaders(
      bookingService().GET('/events/{eventID}/bookings', { params: { path: { eventID }, query }, signal }),
    )
    from = nextPage(headers)
    const attendees = data as Attendee[] // it is a text only where it was asked for as a table
    if (attendees.length > 0 || !from) return { attendees, next: from }
  }
}

/** Where all of an event's bookings are as a table (CSV). */
export const tableAddress = (eventID: string): string =>
  `${config().bookings}/events/${eventID}/bookings?format=csv`

/** Cancels somebody's booking for a reason; it may be repeated. */
export const cancelBooking = (bookingID: string, reason: string): Promise<Attendee> =>
  unwrap(
    bookingService().POST('/bookings/{bookingID}/cancellation', {
      params: { path: { bookingID } },
      body: { reason },
    }),
  )
