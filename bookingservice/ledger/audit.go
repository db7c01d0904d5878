package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// maxFaults is how many faults are remembered, so that none of them counts twice.
const maxFaults = 100_000

// Auditor proves that the decisions in the log follow from one another, and that the log, the inventories and the
// bookings say the same. It works in rounds, each of which reads the log on from where the one before ended.
//
// What the store has may wait in an outbox, and is not in the log yet. So a round reads the log, then the store, then
// what waits in its outboxes, and then the log again: what the log had first, the store must have; what the store had
// and what did not wait, the log must have in the end. What waited is looked at again in the next round. So nothing has
// to stand still meanwhile.
//
// It remembers every booking, with about a hundred bytes. It is used by one goroutine.
type Auditor struct {
	log   *Reader
	store persistence.BookingHandler

	mapper msgqueue.EventMapper
	chains map[persistence.ID]*chain
	// due are the events to be compared with the store, and whether with all of their bookings.
	due    map[persistence.ID]bool
	rounds int

	messages  int
	decisions int
	known     map[Fault]bool
	found     []Fault
}

// NewAuditor makes an auditor that begins at the beginning of the log, which nobody else reads with this reader.
func NewAuditor(log *Reader, store persistence.BookingHandler) *Auditor {
	return &Auditor{
		log: log, store: store, mapper: msgqueue.NewMapper(contracts.New()), chains: make(map[persistence.ID]*chain),
		due: make(map[persistence.ID]bool), known: make(map[Fault]bool),
	}
}

// Report is what an auditor has found up to now.
type Report struct {
	// Messages of the log were read, among them Decisions about seats, each counted as often as it came; there are so many
	// Events, and so many Bookings.
	Messages, Decisions, Events, Bookings int
	// Pending is the number of events of which something could not be compared yet.
	Pending int
	// Faults are those that were not reported before.
	Faults []Fault
}

// Report says what was found since it was asked for the last time, and how far it is.
func (a *Auditor) Report() Report {
	r := Report{
		Messages: a.messages, Decisions: a.decisions, Events: len(a.chains), Pending: len(a.due), Faults: a.found,
	}
	for _, c := range a.chains {
		r.Bookings += len(c.held)
	}
	a.found = nil
	return r
}

// Round does a round. It compares the events that the log has something new of with their inventories; with all, every
// event of the store, and all bookings. After an error, what could not be compared is left to the next round.
func (a *Auditor) Round(ctx context.Context, all bool) error {
	a.rounds++
	if err := a.read(ctx); err != nil {
		return err
	}
	if all {
		if err := a.everything(ctx); err != nil {
			return err
		}
	}
	events := a.due
	a.due = make(map[persistence.ID]bool)
	waiting, err := a.compareAll(ctx, events)
	if err == nil {
		err = a.read(ctx)
	}
	for _, event := range sorted(events) {
		c := a.chain(event)
		if err != nil || waiting[event] && !c.settled() {
			a.addDue(event, events[event])
		} else {
			c.conclude()
		}
		c.claims = claims{}
	}
	return err
}

// Settle does rounds until nothing is left to be compared, or the time is over.
func (a *Auditor) Settle(ctx context.Context, within time.Duration) error {
	for end := time.Now().Add(within); len(a.due) > 0 && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(settleEvery):
		}
		if err := a.Round(ctx, false); err != nil {
			return err
		}
	}
	return nil
}

// read reads the log on.
func (a *Auditor) read(ctx context.Context) error {
	return a.log.Read(ctx, func(_ msgqueue.Position, e msgqueue.Envelope) error {
		a.messages++
		event, err := a.mapper.MapEvent(e.Name, e.Body)
		if errors.Is(err, msgqueue.ErrUnknownEvent) {
			return nil
		}
		if err != nil {
			a.fault(Unreadable, persistence.ID{}, "the message %q of %s: %v", e.ID, e.Time.Format(time.RFC3339), err)
			return nil
		}
		d, ok, err := readDecision(event)
		if !ok || err != nil {
			return err
		}
		a.decisions++
		a.chain(d.event).take(d)
		a.addDue(d.event, false)
		return nil
	})
}

// addDue has an event compared in the next round.
func (a *Auditor) addDue(event persistence.ID, bookings bool) {
	a.due[event] = a.due[event] || bookings
}

func (a *Auditor) chain(event persistence.ID) *chain {
	c, ok := a.chains[event]
	if !ok {
		c = newChain(event, a.fault)
		a.chains[event] = c
	}
	return c
}

// everything has all events compared that the log or the store knows.
func (a *Auditor) everything(ctx context.Context) error {
	for event := range a.chains {
		a.due[event] = true
	}
	return eachInventory(ctx, a.store, func(i persistence.Inventory) error {
		a.due[i.Event.ID] = true
		return nil
	})
}

// compareAll compares the events with the store, and answers with those of which something waits in an outbox.
func (a *Auditor) compareAll(
	ctx context.Context, events map[persistence.ID]bool,
) (waiting map[persistence.ID]bool, err error) {
	for _, event := range sorted(events) {
		if err := a.compare(ctx, a.chain(event), events[event]); err != nil {
			return nil, err
		}
	}
	return a.waiting(ctx)
}

func (a *Auditor) compare(ctx context.Context, c *chain, bookings bool) error {
	i, err := a.inventory(ctx, c.event)
	if err != nil {
		return err
	}
	c.claimInventory(i)
	if !bookings {
		return nil
	}
	err = eachPage(ctx, func(ctx context.Context, p persistence.Page) ([]persistence.Booking, error) {
		return a.store.FindBookingsOfEvent(ctx, c.event, p)
	}, func(b persistence.Booking) (int64, persistence.ID) { return b.Date, b.ID },
		func(b persistence.Booking) error { return a.compareBooking(ctx, c, b) })
	if err != nil {
		return err
	}
	for id, have := range c.held {
		if have.looked == a.rounds {
			continue
		}
		if err := a.findBooking(ctx, c, id); err != nil {
			return err
		}
	}
	return nil
}

// inventory reads one, for certain as it is now.
func (a *Auditor) inventory(ctx context.Context, event persistence.ID) (persistence.Inventory, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	s, err := a.store.Load(ctx, event)
	return s.Inventory, err
}

// compareBooking compares a booking of a list, which may be a little behind.
func (a *Auditor) compareBooking(ctx context.Context, c *chain, b persistence.Booking) error {
	have, ok := c.held[b.ID]
	if b.Version < have.version {
		return a.findBooking(ctx, c, b.ID)
	}
	c.claimBooking(b)
	if ok {
		have.looked = a.rounds
		c.held[b.ID] = have
	}
	return nil
}

// findBooking compares a booking of the log with the store.
func (a *Auditor) findBooking(ctx context.Context, c *chain, id persistence.ID) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	b, err := a.store.FindBooking(ctx, id)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		c.fault(Missing, c.event, "the store lacks the booking %s, which has %d seats", id, c.held[id].seats)
	case err != nil:
		return err
	default:
		c.claimBooking(b)
	}
	have := c.held[id]
	have.looked = a.rounds
	c.held[id] = have
	return nil
}

// waiting answers with the events of which messages wait in the outboxes.
func (a *Auditor) waiting(ctx context.Context) (map[persistence.ID]bool, error) {
	events, seen := make(map[persistence.ID]bool), make(map[string]bool)
	for {
		pending, err := a.pending(ctx)
		if err != nil {
			return nil, err
		}
		before := len(seen)
		for _, m := range pending {
			seen[m.Document] = true
			event, err := persistence.ParseID(m.Key)
			if err != nil {
				return nil, fmt.Errorf("the message %s in the outbox: %w", m.ID, err)
			}
			events[event] = true
		}
		if len(seen) == before {
			return events, nil
		}
	}
}

func (a *Auditor) pending(ctx context.Context) ([]persistence.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return a.store.Pending(ctx, 10*documents)
}

// fault notes a fault, once.
func (a *Auditor) fault(k Kind, event persistence.ID, format string, arguments ...any) {
	f := Fault{Kind: k, Event: event, What: fmt.Sprintf(format, arguments...)}
	if a.known[f] || len(a.known) == maxFaults {
		return
	}
	a.known[f] = true
	a.found = append(a.found, f)
}
