import type { Ticket } from '@/lib/api/bookings'

/** How a ticket stands at a moment (Unix seconds). */
export type TicketState = 'withdrawn' | 'given' | 'cancelled' | 'over' | 'coming'

export function stateOf(ticket: Ticket, now: number): TicketState {
  const { Seats, Event: event } = ticket
  if (ticket.CancellationReason) return 'withdrawn'
  if (Seats === 0) return 'given'
  if (event.Cancelled) return 'cancelled'
  return now >= event.EndDate ? 'over' : 'coming'
}

/** A booking's ID as people read it to each other: in groups of four. */
export const spell = (id: string): string => id.replace(/(.{4})(?=.)/g, '$1 ').toUpperCase()
