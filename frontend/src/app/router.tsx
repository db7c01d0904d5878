import { createBrowserRouter, type RouteObject } from 'react-router'
import { MissingPage } from '@/components/states'
import { EventsPage } from '@/features/events/EventsPage'
import { ErrorPage } from './ErrorPage'
import { Layout } from './Layout'

const booking = () => import('@/features/booking/BookingPage')
const ticket = () => import('@/features/tickets/TicketPage')

/** A screen, with the one that most visitors go to next fetched as soon as it is there. */
function followed<T>(screen: Promise<T>, next: () => Promise<unknown>): Promise<T> {
  void screen.then(next).catch(() => undefined) // whoever goes there is told
  return screen
}

/** Every screen of the app and its address. All but the first are fetched when they are needed. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    hydrateFallbackElement: <p hidden />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { path: '/', element: <EventsPage /> },
          { path: '/events', element: <EventsPage /> },
          { path: '/events/:eventID', lazy: () => followed(import('@/features/events/EventPage'), booking) },
          { path: '/events/:eventID/book', lazy: () => followed(booking(), ticket) },
          { path: '/bookings', lazy: () => import('@/features/tickets/BookingsPage') },
          { path: '/bookings/:bookingID', lazy: ticket },
          { path: '/tickets/:bookingID/:code', lazy: () => import('@/features/tickets/SharedTicketPage') },
          { path: '/sign-in', lazy: () => import('@/features/account/SignInPage') },
          { path: '/sign-up', lazy: () => import('@/features/account/SignUpPage') },
          { path: '/account', lazy: () => import('@/features/account/AccountPage') },
          { path: '/organise/*', lazy: () => import('@/features/organise/routes') },
          { path: '*', element: <MissingPage /> },
        ],
      },
    ],
  },
]

export const newRouter = () => createBrowserRouter(routes)
