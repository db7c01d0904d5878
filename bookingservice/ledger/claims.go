package ledger

import (
	"myevents/lib/persistence"
)

// claims are what the store had, at a moment between two readings of the log, that goes beyond the first reading: the
// second has to have it.
type claims struct {
	// known is the sequence of a decision that had been made by then, and all before it.
	known int64
	// inventory has a sequence that the chain has not come to, or is nil.
	inventory *persistence.Inventory
	// bookings have versions that the chain has not come to.
	bookings map[persistence.ID]persistence.Booking
}

// claimInventory compares the store's inventory with the chain, as far as the chain goes.
func (c *chain) claimInventory(i persistence.Inventory) {
	newest := c.newest()
	c.claims.known = max(i.Sequence, newest)
	switch {
	case i.Sequence < newest:
		c.fault(Inventory, c.event, "the store has it after its decision %d, the log goes on to %d", i.Sequence, newest)
	case i.Sequence > c.last:
		c.claims.inventory = &i
	default:
		c.compareInventory(i)
	}
}

func (c *chain) compareInventory(i persistence.Inventory) {
	if i.Booked != c.booked {
		c.fault(Inventory, c.event, "after its decision %d the store has %d seats booked, the log %d",
			c.last, i.Booked, c.booked)
	}
	if c.last > 0 && (i.Event.Capacity != c.capacity || i.Event.Cancelled != c.cancelled) {
		c.fault(Inventory, c.event, "after its decision %d the store has the capacity %d, cancelled %t, the log %d, %t",
			c.last, i.Event.Capacity, i.Event.Cancelled, c.capacity, c.cancelled)
	}
}

// claimBooking compares a booking of the store with the chain, as far as the chain goes.
func (c *chain) claimBooking(b persistence.Booking) {
	have := c.held[b.ID]
	switch {
	case b.EventID != c.event:
		c.fault(Differs, c.event, "the booking %s is one of the event %s in the store", b.ID, b.EventID)
	case b.Version > have.version:
		if c.claims.bookings == nil {
			c.claims.bookings = make(map[persistence.ID]persistence.Booking)
		}
		c.claims.bookings[b.ID] = b
	case b.Version < have.version:
		c.fault(Differs, c.event, "the store has the version %d of the booking %s, the log %d", b.Version, b.ID, have.version)
	default:
		c.compareBooking(b)
	}
}

func (c *chain) compareBooking(b persistence.Booking) {
	if have := c.held[b.ID]; b.Seats != have.seats {
		c.fault(Differs, c.event, "the booking %s has %d seats in the store, %d in the log", b.ID, b.Seats, have.seats)
	}
}

// resolve compares what the store has claimed with the decision that the chain has come to.
func (s *claims) resolve(c *chain, d decision) {
	if s.inventory != nil && s.inventory.Sequence == d.Sequence {
		c.compareInventory(*s.inventory)
		s.inventory = nil
	}
	if b, ok := s.bookings[d.booking]; ok && b.Version == d.version {
		delete(s.bookings, d.booking)
		c.compareBooking(b)
	}
}

// settled says whether the log has all that the store had claimed, and all that goes before.
func (c *chain) settled() bool { return c.last >= c.claims.known && len(c.claims.bookings) == 0 }

// conclude is called after the second reading, where nothing of the event waits in an outbox any more: all that the
// store had must be in the log. It goes on from what the store has, so that no fault is found again in the next round.
func (c *chain) conclude() {
	c.tear(c.claims.known)
	if i := c.claims.inventory; i != nil && c.torn && i.Sequence == c.last {
		c.booked, c.capacity, c.cancelled = i.Booked, i.Event.Capacity, i.Event.Cancelled
	}
	for id, b := range c.claims.bookings {
		c.fault(Unlogged, c.event, "the log has nothing of the version %d of the booking %s, with %d seats",
			b.Version, id, b.Seats)
		c.held[id] = holding{seats: b.Seats, version: b.Version}
	}
}
