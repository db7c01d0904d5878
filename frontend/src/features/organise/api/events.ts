import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { eventService, nextPage, unwrap, unwrapWithHeaders } from '@/lib/api/client'
import type { Event } from '@/lib/api/events'
import type { components } from '@/lib/api/schema/events'
import { type Candidate, duplicates, type Likeness, plain } from '../duplicates'
import { type Tagged, tagged } from './tagged'

export type EventInput = components['schemas']['EventInput']

const pageSize = 50

/** The events that can be booked, the next one first, page by page. */
export const upcomingQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['events', 'list', 'organise', q],
    queryFn: async ({ pageParam, signal }) => {
      const query = { q: q || undefined, limit: pageSize, after: pageParam }
      const { data, headers } = await unwrapWithHeaders(
        eventService().GET('/events', { params: { query }, signal }),
      )
      return { events: data, next: nextPage(headers) }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

/** An event to be changed. */
export const taggedEventQuery = (eventID: string) =>
  queryOptions({
    queryKey: ['events', 'tagged', eventID],
    queryFn: async ({ signal }): Promise<Tagged<Event>> =>
      tagged(
        await unwrapWithHeaders(
          eventService().GET('/events/{eventID}', { params: { path: { eventID } }, signal }),
        ),
      ),
  })

/** Makes an event. The same key never makes two. */
export const createEvent = async (body: EventInput, key: string): Promise<Tagged<Event>> =>
  tagged(
    await unwrapWithHeaders(
      eventService().POST('/events', { params: { header: { 'Idempotency-Key': key } }, body }),
    ),
  )

/** Changes an event, if it still has this tag. */
export const changeEvent = async (eventID: string, body: EventInput, tag: string): Promise<Tagged<Event>> =>
  tagged(
    await unwrapWithHeaders(
      eventService().PUT('/events/{eventID}', {
        params: { path: { eventID }, header: { 'If-Match': tag } },
        body,
      }),
    ),
  )

/** Cancels an event for good, if it still has this tag. */
export const cancelEvent = async (eventID: string, tag: string): Promise<Tagged<Event>> =>
  tagged(
    await unwrapWithHeaders(
      eventService().DELETE('/events/{eventID}', {
        params: { path: { eventID }, header: { 'If-Match': tag } },
      }),
    ),
  )

const dayLong = 24 * 60 * 60
/** How long, in seconds, an event may last at most for its overlapping with another one to be found. */
const longest = 31 * dayLong

/** Finds events that are likely to be the same as one that is about to be saved. */
export async function findDuplicates(candidate: Candidate): Promise<Likeness[]> {
  const find = (query: { q?: string; location?: string }, from: number, to: number) =>
    unwrap(eventService().GET('/events', { params: { query: { ...query, from: `${from}`, to: `${to}` } } }))
  const { start, end, name, place } = candidate
  const found = await Promise.all([
    find({ q: plain(name) }, start - 2 * dayLong, start + 2 * dayLong),
    place ? find({ location: place }, start - longest, end) : [],
  ])
  const events = new Map(found.flat().map((event) => [event.ID, event]))
  return duplicates(candidate, [...events.values()])
}
