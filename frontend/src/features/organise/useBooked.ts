import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { bookingService, unwrap } from '@/lib/api/client'
import { statusOf } from '@/lib/api/error'
import { learnAvailability, useAvailability } from '@/lib/availability'

/** How many seats of an event are booked, live; unknown says that it can't be found out at the moment. */
export function useBooked(eventID: string): { booked: number | undefined; unknown: boolean } {
  const booked = useAvailability(eventID)?.Booked
  const { data, error } = useQuery({
    queryKey: ['availability', eventID],
    queryFn: ({ signal }) =>
      unwrap(
        bookingService().GET('/events/{eventID}/availability', { params: { path: { eventID } }, signal }),
      ),
  })
  useEffect(() => {
    if (data) learnAvailability(data)
  }, [data])
  // A new event is not known there for a moment; then the stream tells.
  return { booked, unknown: booked === undefined && error !== null && statusOf(error) !== 404 }
}
