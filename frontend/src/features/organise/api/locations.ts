import { queryOptions } from '@tanstack/react-query'
import { eventService, unwrap, unwrapWithHeaders } from '@/lib/api/client'
import type { Location } from '@/lib/api/events'
import type { components } from '@/lib/api/schema/events'
import { type Tagged, tagged } from './tagged'

export type LocationInput = components['schemas']['LocationInput']

/** A location to be changed. */
export const taggedLocationQuery = (locationID: string) =>
  queryOptions({
    queryKey: ['locations', 'tagged', locationID],
    queryFn: async ({ signal }): Promise<Tagged<Location>> =>
      tagged(
        await unwrapWithHeaders(
          eventService().GET('/locations/{locationID}', { params: { path: { locationID } }, signal }),
        ),
      ),
  })

/** Makes a location. The same key never makes two. */
export const createLocation = async (body: LocationInput, key: string): Promise<Tagged<Location>> =>
  tagged(
    await unwrapWithHeaders(
      eventService().POST('/locations', { params: { header: { 'Idempotency-Key': key } }, body }),
    ),
  )

/** Changes a location, if it still has this tag. */
export const changeLocation = async (
  locationID: string,
  body: LocationInput,
  tag: string,
): Promise<Tagged<Location>> =>
  tagged(
    await unwrapWithHeaders(
      eventService().PUT('/locations/{locationID}', {
        params: { path: { locationID }, header: { 'If-Match': tag } },
        body,
      }),
    ),
  )

/** Deletes a location, if it still has this tag and nothing is to take place there. */
export const deleteLocation = (locationID: string, tag: string): Promise<unknown> =>
  unwrap(
    eventService().DELETE('/locations/{locationID}', {
      params: { path: { locationID }, header: { 'If-Match': tag } },
    }),
  )
