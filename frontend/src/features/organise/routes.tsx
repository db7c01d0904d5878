import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Routes } from 'react-router'
import { ForbiddenPage, Loaded, Loading, MissingPage } from '@/components/states'
import { meQuery } from '@/lib/api/session'
import { mayOrganise } from '@/lib/roles'
import { Sections } from './components/Sections'
import './organise.scss'
import './forms.scss'
import './lists.scss'

type Load = () => Promise<{ Component: () => React.JSX.Element }>

const loads: Load[] = []

function screen(load: Load) {
  loads.push(load)
  return lazy(async () => ({ default: (await load()).Component }))
}

const DashboardPage = screen(() => import('./dashboard/DashboardPage'))
const EventsPage = screen(() => import('./events/EventsPage'))
const NewEventPage = screen(() => import('./events/NewEventPage'))
const EventPage = screen(() => import('./events/EventPage'))
const AttendeesPage = screen(() => import('./attendees/AttendeesPage'))
const LocationsPage = screen(() => import('./locations/LocationsPage'))
const NewLocationPage = screen(() => import('./locations/NewLocationPage'))
const LocationPage = screen(() => import('./locations/LocationPage'))

/** All that organisers see. Whether somebody may is to be asked here, and nowhere else in the app. */
export function Component() {
  useTranslation('organise') // its words are fetched before anything is shown
  const me = useQuery(meQuery())
  if (mayOrganise(me.data)) return <Screens />
  return (
    <Loaded query={me} skeleton={null} frame={(state) => <div className="page wrap">{state}</div>}>
      {() => <ForbiddenPage />}
    </Loaded>
  )
}

function Screens() {
  useEffect(() => {
    // All screens, so that one can go to each of them even where the connection is lost meanwhile.
    for (const load of loads) void load().catch(() => undefined) // whoever goes there is told
  }, [])
  return (
    <>
      <Sections />
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route index element={<DashboardPage />} />
          <Route path="events" element={<EventsPage />} />
          <Route path="events/new" element={<NewEventPage />} />
          <Route path="events/:eventID" element={<EventPage />} />
          <Route path="events/:eventID/attendees" element={<AttendeesPage />} />
          <Route path="locations" element={<LocationsPage />} />
          <Route path="locations/new" element={<NewLocationPage />} />
          <Route path="locations/:locationID" element={<LocationPage />} />
          <Route path="*" element={<MissingPage />} />
        </Routes>
      </Suspense>
    </>
  )
}

function Waiting() {
  return (
    <div className="page wrap">
      <Loading>{null}</Loading>
    </div>
  )
}
