import type { Ticket } from '@/lib/api/bookings'

/** How a ticket stands at a moment (Unix seconds). */
export type TicketState = 'given' | 'cancelled' | 'over' | 'coming'

export function stateOf({ Seats, Event: event }: Ticket, now: number): TicketState {
  if (Seats === 0) return 'given'
  if (event.Cancelled) return 'cancelled'
  return now >= event.EndDate ? 'over' : 'coming'
}

/** A booking's ID as people read it to each other: in groups of four. */
export const spell = (id: string): string => id.replace(/(.{4})(?=.)/g, '$1 ').toUpperCase()
