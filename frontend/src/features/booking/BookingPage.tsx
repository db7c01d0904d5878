import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import type { Booking } from '@/lib/api/bookings'
import { eventQuery } from '@/lib/api/events'
import { Review } from './Review'
import './booking.scss'

/** The last look before seats are booked. */
export function Component() {
  const { t } = useTranslation()
  const { eventID = '' } = useParams()
  const navigate = useNavigate()
  const query = useQuery(eventQuery(eventID))
  const done = useCallback(
    (b: Booking) => void navigate(`/bookings/${b.ID}`, { replace: true, state: { booked: true } }),
    [navigate],
  )
  return (
    <Page title={t('booking.title')} className="booking-page">
      <Heading>{t('booking.heading')}</Heading>
      <p className="lead">{t('booking.review')}</p>
      <Loaded query={query} skeleton={<Skeleton />}>
        {(event) => <Review event={event} done={done} />}
      </Loaded>
    </Page>
  )
}

function Skeleton() {
  return (
    <div className="card-box stack">
      <Bone width="60%" height="2rem" />
      <Bone width="40%" />
      <Bone width="50%" />
      <Bone height="3rem" />
    </div>
  )
}
