// The services as the tests have them: a small world of documents, typed by the services' own descriptions.

import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { Booking } from '@/lib/api/bookings'
import type { Problem } from '@/lib/api/error'
import type { Event, Location } from '@/lib/api/events'
import type { User } from '@/lib/api/session'

const day = 86_400

export const place: Location = {
  ID: 'b'.repeat(24),
  Name: 'Elbe Harbour Hall',
  Address: 'Am Sandtorkai 40, Hamburg',
  Country: 'Germany',
  OpenTime: 9,
  CloseTime: 23,
  TimeZone: 'Europe/Berlin',
  Halls: [{ name: 'Great Hall', location: 'Ground floor', capacity: 420 }],
  Version: 1,
}

/** An event that begins in a week. */
export function event(changes: Partial<Event> = {}): Event {
  const start = Math.floor(Date.now() / 1000) + 7 * day
  return {
    ID: 'a'.repeat(24),
    Name: 'Tidewater',
    Duration: 120,
    StartDate: start,
    EndDate: start + 7200,
    Location: place,
    Capacity: 420,
    Cancelled: false,
    Version: 1,
    ...changes,
  }
}

/** A booking of that event. */
export function booking(changes: Partial<Booking> = {}, of: Partial<Booking['Event']> = {}): Booking {
  const { ID, Name, StartDate, EndDate, Location: l } = event()
  return {
    ID: 'c'.repeat(24),
    Date: StartDate - 8 * day,
    EventID: ID,
    Seats: 2,
    Ticket: `/tickets/${'c'.repeat(24)}/secret`,
    Event: {
      Name,
      StartDate,
      EndDate,
      Cancelled: false,
      Changed: 0,
      Location: { ID: l.ID, Name: l.Name, Address: l.Address, Country: l.Country, TimeZone: l.TimeZone },
      ...of,
    },
    ...changes,
  }
}

export const guest: User = { ID: 'd'.repeat(24), Guest: true }

/** An error of a service. */
export const problem = (status: number, more: Partial<Problem> = {}): Response =>
  HttpResponse.json(
    {
      type: 'about:blank',
      title: 'Title',
      status,
      detail: 'the raw words of the server',
      request_id: 'r1',
      ...more,
    },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )

/** Answers one route, for one test. */
export const answer = (
  method: 'get' | 'post' | 'put' | 'patch' | 'delete',
  path: string,
  resolve: (request: Request) => Response | Promise<Response>,
): void => server.use(http[method](`*/api${path}`, ({ request }) => resolve(request)))

export const server = setupServer(
  http.get('*/api/events', () => HttpResponse.json([event()])),
  http.get('*/api/events/:id', () => HttpResponse.json(event())),
  http.get('*/api/locations', () => HttpResponse.json([place])),
  http.get('*/api/users/me', () => new HttpResponse(null, { status: 204 })),
  http.post('*/api/sessions/refresh', () => problem(401)),
)

export { HttpResponse }
