// The one way to the services: typed by their OpenAPI documents, with a deadline, and with the session renewed once
// where it has run out.

import createClient from 'openapi-fetch'
import { config } from '../config'
import { ApiError, type Problem } from './error'
import type { paths as BookingPaths } from './schema/bookings'
import type { paths as EventPaths } from './schema/events'

/** How long a call may take, in milliseconds: longer than the services give themselves. */
const deadline = 15_000

async function send(request: Request): Promise<Response> {
  const timeout = AbortSignal.timeout(deadline)
  try {
    return await fetch(new Request(request, { signal: AbortSignal.any([request.signal, timeout]) }))
  } catch (error) {
    if (request.signal.aborted) throw error
    throw new ApiError(timeout.aborted ? 'timeout' : 'network')
  }
}

let refreshing: Promise<boolean> | undefined

/** Renews the session, once for all calls that found it run out. Answers whether there is one again. */
function refresh(): Promise<boolean> {
  refreshing ??= send(
    new Request(absolute(`${config().bookings}/sessions/refresh`), {
      method: 'POST',
      credentials: 'include',
    }),
  )
    .then((answer) => answer.ok)
    .finally(() => {
      refreshing = undefined
    })
  return refreshing
}

// What has to do with passwords says 401 of the password, not of the session.
const aboutPasswords = /\/(sessions|users\/me\/password)$/

async function sendWithSession(request: Request): Promise<Response> {
  const again = request.clone()
  const answer = await send(request)
  if (answer.status !== 401 || aboutPasswords.test(new URL(request.url).pathname)) return answer
  return (await refresh()) ? send(again) : answer
}

const absolute = (url: string) => new URL(url, window.location.origin).toString()

function clientOf<Paths extends object>(base: () => string) {
  let client: ReturnType<typeof createClient<Paths>> | undefined
  return () => {
    client ??= createClient<Paths>({
      baseUrl: absolute(base()),
      credentials: 'include',
      fetch: sendWithSession,
    })
    return client
  }
}

/** The event service. */
export const eventService = clientOf<EventPaths>(() => config().events)

/** The booking service. */
export const bookingService = clientOf<BookingPaths>(() => config().bookings)

type Result<T> = { data?: T; error?: unknown; response: Response }

/** The body of a good answer; any other is thrown as an ApiError. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  return (await unwrapWithHeaders(call)).data
}

/** As unwrap, with the answer's headers. */
export async function unwrapWithHeaders<T>(call: Promise<Result<T>>): Promise<{ data: T; headers: Headers }> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw cause instanceof SyntaxError ? new ApiError('answer', 502) : cause // cut off, or no JSON: a proxy's page
  })
  if (!response.ok) {
    throw new ApiError('answer', response.status, typeof error === 'object' ? (error as Problem) : undefined)
  }
  return { data: data as T, headers: response.headers }
}

/** The query parameters of the next page, by the Link header of a list; undefined after the last one. */
export function nextPage(headers: Headers): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(headers.get('Link') ?? '')?.[1]
  return target ? (new URLSearchParams(target.split('?')[1]).get('after') ?? undefined) : undefined
}
