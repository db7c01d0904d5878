package ledger

import (
	"maps"
	"slices"

	"myevents/lib/persistence"
)

// chain follows the decisions about one event in their order, up to where the log has them without a gap.
type chain struct {
	event persistence.ID
	fault func(k Kind, event persistence.ID, format string, arguments ...any)

	// last is the sequence of the newest decision that was followed; the others are the state after it.
	last      int64
	booked    int64
	capacity  persistence.Capacity
	cancelled bool
	held      map[persistence.ID]holding
	// adopted has the sequences of the decisions about the event itself.
	adopted map[int64]bool
	// torn says that decisions are missing right before what comes next, so that it cannot be checked against them.
	torn bool
	// ahead are decisions that came before their turn: across bookings the log has no order.
	ahead map[int64]decision
	// claims are what the store says of what is still to come.
	claims claims
}

// holding is a booking as the log has it.
type holding struct {
	seats, version, sequence int64
	// looked is the round in which it was compared with the store.
	looked int
}

func newChain(event persistence.ID, fault func(Kind, persistence.ID, string, ...any)) *chain {
	return &chain{
		event: event, fault: fault, held: make(map[persistence.ID]holding), adopted: make(map[int64]bool),
		ahead: make(map[int64]decision),
	}
}

// take takes a decision of the log, and follows what is in its turn.
func (c *chain) take(d decision) {
	if d.Sequence <= c.last {
		c.repeated(d)
		return
	}
	if have, ok := c.ahead[d.Sequence]; ok && (have.booking != d.booking || have.version != d.version) {
		c.fault(Twice, c.event, "%v has the sequence of another, about %s", d, have.booking)
		return
	}
	c.ahead[d.Sequence] = d
	c.follow()
}

// follow goes on as far as no decision is missing.
func (c *chain) follow() {
	for {
		d, ok := c.ahead[c.last+1]
		if !ok {
			return
		}
		delete(c.ahead, d.Sequence)
		c.step(d)
	}
}

// repeated makes sure that a decision whose turn is over is one that was followed: messages may come twice.
func (c *chain) repeated(d decision) {
	known := c.adopted[d.Sequence]
	if !d.booking.IsZero() {
		have := c.held[d.booking]
		known = d.version < have.version || d.version == have.version && d.Sequence == have.sequence && d.seats == have.seats
	}
	if !known {
		c.fault(Twice, c.event, "%v has the sequence of another", d)
	}
}

// step checks that a decision follows from the one before, and goes on from what it says, so that one fault is not
// found again in all that comes after.
func (c *chain) step(d decision) {
	more := int64(0)
	if d.booking.IsZero() {
		c.checkAdoption(d)
		c.cancelled = d.cancelled
		c.adopted[d.Sequence] = true
	} else {
		have := c.held[d.booking]
		more = d.seats - have.seats
		c.checkBooking(d, have)
		have.seats, have.version, have.sequence = d.seats, d.version, d.Sequence
		c.held[d.booking] = have
	}
	if !c.torn && d.Booked != c.booked+more {
		c.fault(Step, c.event, "%v: %d seats are booked after %d more than %d", d, d.Booked, more, c.booked)
	}
	if capacity := d.capacity(); more > 0 && capacity.Limited() && d.Booked > int64(capacity) {
		c.fault(Oversold, c.event, "%v: %d seats are booked of %d", d, d.Booked, int64(capacity))
	}
	c.last, c.booked, c.capacity, c.torn = d.Sequence, d.Booked, d.capacity(), false
	c.claims.resolve(c, d)
}

// checkAdoption checks a decision to take over a new copy of the event.
func (c *chain) checkAdoption(d decision) {
	if c.cancelled && !d.cancelled {
		c.fault(Step, c.event, "%v: it is not cancelled any more", d)
	}
}

// checkBooking checks a decision about a booking that was as it is given.
func (c *chain) checkBooking(d decision, have holding) {
	switch {
	case c.torn:
		return
	case c.last == 0:
		c.fault(Step, c.event, "%v is the first, before the event was known", d)
		return
	case c.cancelled:
		c.fault(Step, c.event, "%v, made after the event was cancelled", d)
	case d.version != have.version+1:
		c.fault(Step, c.event, "%v is about its version %d, after %d", d, d.version, have.version)
	case have.version > 0 && d.seats > have.seats:
		c.fault(Step, c.event, "%v: it has %d seats, after %d", d, d.seats, have.seats)
	case have.version == 0 && d.seats < 1:
		c.fault(Step, c.event, "%v: it is made of %d seats", d, d.seats)
	}
	if d.capacity() != c.capacity {
		c.fault(Step, c.event, "%v was made under the capacity %d, which was %d", d, d.capacity(), c.capacity)
	}
}

// newest is the sequence of the newest decision that was taken, in its turn or before.
func (c *chain) newest() int64 {
	newest := c.last
	for sequence := range c.ahead {
		newest = max(newest, sequence)
	}
	return newest
}

// tear gives up the decisions that are missing up to a sequence, which must have been in the log, and goes on behind
// them.
func (c *chain) tear(upTo int64) {
	for c.last < upTo {
		next := upTo + 1
		if len(c.ahead) > 0 {
			next = min(next, slices.Min(slices.Collect(maps.Keys(c.ahead))))
		}
		c.fault(Gap, c.event, "of its decisions, those from %d to %d are missing", c.last+1, next-1)
		c.last, c.torn = next-1, true
		c.follow()
	}
}
