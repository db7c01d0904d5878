import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type Booking, book, bookingQuery } from '@/lib/api/bookings'
import { ApiError } from '@/lib/api/error'
import { type Intent, intend, intentDone, intentSent, openIntent } from '@/lib/intent'

/** How a booking stands that is not made yet; where the session has ended, whether one may go on as a guest. */
export type State =
  | { kind: 'idle' | 'sending' | 'unsure' }
  | { kind: 'ended'; guest: boolean }
  | { kind: 'tooFew'; available: number; tries: number }
  | { kind: 'refused'; error: unknown; tries: number }

/** The pauses before an unanswered try is repeated, in milliseconds. */
const pauses = [300, 1_200]

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends the intent until there is a definite answer, for some tries. */
async function send(eventID: string, intent: Intent): Promise<Booking> {
  for (let tries = 0; ; tries++) {
    try {
      return await book(eventID, intent.seats, intent.key)
    } catch (error) {
      const wait = pauses[tries]
      if (wait === undefined || !(error instanceof ApiError) || error.definite) throw error
      await pause(wait)
    }
  }
}

/**
 * Makes a booking, at most one per intent: however often it is asked for, only one request is under way, and what was
 * not answered is repeated under the same key. done is called with the booking.
 */
export function useBook(eventID: string, done: (booking: Booking) => void) {
  const client = useQueryClient()
  const [state, setState] = useState<State>(() => ({ kind: openIntent(eventID)?.sent ? 'unsure' : 'idle' }))
  const busy = useRef(false) // a click and the Enter key may both come before the next rendering
  const tries = useRef(0)

  async function submit(seats: number, hadSession = true) {
    if (busy.current) return
    busy.current = true
    tries.current++
    setState({ kind: 'sending' })
    const intent = intentSent(eventID, intend(eventID, seats))
    try {
      const booking = await send(eventID, intent)
      intentDone(eventID)
      client.setQueryData(bookingQuery(booking.ID).queryKey, booking)
      void client.invalidateQueries({ queryKey: ['bookings', 'list'] })
      void client.invalidateQueries({ queryKey: ['me'] })
      done(booking)
    } catch (error) {
      setState(outcome(eventID, intent, error, tries.current, hadSession))
    } finally {
      busy.current = false
    }
  }
  return { state, submit }
}

/** What an error means for the intent. Whoever is refused without any session would be so as a guest, too. */
function outcome(eventID: string, intent: Intent, error: unknown, tries: number, hadSession: boolean): State {
  if (!(error instanceof ApiError) || !error.definite) return { kind: 'unsure' }
  intentDone(eventID)
  if (error.status === 401) {
    intend(eventID, intent.seats) // nothing happened, and the choice is kept
    return { kind: 'ended', guest: hadSession }
  }
  const available = error.problem?.available
  if (error.status === 409 && available !== undefined) return { kind: 'tooFew', available, tries }
  return { kind: 'refused', error, tries }
}
