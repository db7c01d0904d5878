import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { bookingService, nextPage, unwrap, unwrapWithHeaders } from './client'
import type { components } from './schema/bookings'

export type Booking = components['schemas']['Booking']
export type Ticket = components['schemas']['Ticket']

const pageSize = 20

/** The visitor's own bookings, the newest first, page by page. */
export const bookingsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['bookings', 'list'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: pageSize, after: pageParam }
      const { data, headers } = await unwrapWithHeaders(
        bookingService().GET('/bookings', { params: { query }, signal }),
      )
      return { bookings: data, next: nextPage(headers) }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

/** One of the visitor's own bookings. */
export const bookingQuery = (bookingID: string) =>
  queryOptions({
    queryKey: ['bookings', 'one', bookingID],
    queryFn: ({ signal }) =>
      unwrap(bookingService().GET('/bookings/{bookingID}', { params: { path: { bookingID } }, signal })),
  })

/** A booking by its secret link. */
export const ticketQuery = (bookingID: string, code: string) =>
  queryOptions({
    queryKey: ['tickets', bookingID, code],
    queryFn: ({ signal }) =>
      unwrap(
        bookingService().GET('/tickets/{bookingID}/{code}', {
          params: { path: { bookingID, code } },
          signal,
        }),
      ),
  })

/** Books seats. The same key never books twice. */
export const book = (eventID: string, seats: number, key: string): Promise<Booking> =>
  unwrap(
    bookingService().POST('/events/{eventID}/bookings', {
      params: { path: { eventID }, header: { 'Idempotency-Key': key } },
      body: { seats },
    }),
  )

/** Gives seats back, but for those to keep; it may be repeated. */
export const keepSeats = (bookingID: string, seats: number): Promise<Booking> => {
  const params = { path: { bookingID } }
  return unwrap(
    seats === 0
      ? bookingService().DELETE('/bookings/{bookingID}', { params })
      : bookingService().PATCH('/bookings/{bookingID}', { params, body: { seats } }),
  )
}
