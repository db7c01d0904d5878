package crowd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// Verify reads the store and the log when all is over: every acknowledged booking is there once, what is sold of each
// event is what its bookings hold, no decision about the events is missing in the log, each follows from the one before,
// and none sold more than there was. Of a broker that keeps no log, which is nil then, only the store is read. It answers
// with all faults, and with those that customers met.
func (c *Crowd) Verify(
	ctx context.Context, store persistence.BookingHandler, log msgqueue.Log, events ...string,
) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	faults := slices.Clone(c.faults)
	for id, seats := range c.held {
		b, err := find(ctx, store, id)
		gaveBack := c.unsure[id] && b.Seats == 0
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("the acknowledged booking %s: %w", id, err))
		case b.Seats != seats && !gaveBack:
			faults = append(faults, fmt.Errorf("a customer was told of %d seats, the store has %+v", seats, b))
		}
	}
	ends, err := sums(ctx, store, events)
	if err != nil || log == nil {
		return errors.Join(append(faults, err)...)
	}
	decisions, err := read(ctx, log)
	for id, end := range ends {
		faults = append(faults, follow(decisions[id], end))
	}
	return errors.Join(append(faults, err)...)
}

// sums gives the inventories of events, whose seats must be those of all their bookings together.
func sums(
	ctx context.Context, store persistence.BookingHandler, events []string,
) (map[string]persistence.Inventory, error) {
	ends := make(map[string]persistence.Inventory)
	for _, id := range events {
		event, err := persistence.ParseID(id)
		if err != nil {
			return nil, err
		}
		found, err := store.Availability(ctx, event)
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("the store does not know the event %s", id)
		}
		sales, err := store.Sales(ctx, event)
		if err != nil {
			return nil, err
		}
		held := int64(0)
		for _, s := range sales {
			held += s.Seats
		}
		if held != found[0].Booked {
			return nil, fmt.Errorf("the bookings of the event %s hold %d seats, the store has %+v", id, held, found[0])
		}
		ends[id] = found[0]
	}
	return ends, nil
}

// Compare has the seats of each booking that an organiser sees, by its ID, and answers with all faults: an acknowledged
// booking that is not there or has other seats, and what customers met.
func (c *Crowd) Compare(seen map[string]int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	faults := slices.Clone(c.faults)
	for id, seats := range c.held {
		got, ok := seen[id]
		gaveBack := c.unsure[id] && got == 0
		if !ok || got != seats && !gaveBack {
			faults = append(faults, fmt.Errorf("of the booking %s a customer was told %d seats: %d (%t)", id, seats, got, ok))
		}
	}
	return errors.Join(faults...)
}

func find(ctx context.Context, store persistence.BookingHandler, id string) (persistence.Booking, error) {
	parsed, err := persistence.ParseID(id)
	if err != nil {
		return persistence.Booking{}, err
	}
	return store.FindBooking(ctx, parsed)
}

// decision is one of the log: about a booking, or, without a BookingID, about the event.
type decision struct {
	EventID, BookingID string
	Seats              int64
	contracts.Decision
}

// read gives the decisions of the log, by event and in the order of their sequence. What the log has more than once
// counts once.
func read(ctx context.Context, log msgqueue.Log) (map[string][]decision, error) {
	seen := make(map[string]bool)
	decisions := make(map[string][]decision)
	err := log.ReadLog(ctx, "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		var d decision
		if err := json.Unmarshal(e.Body, &d); err != nil {
			return err
		}
		if d.Sequence > 0 && !seen[e.ID] {
			seen[e.ID] = true
			decisions[d.EventID] = append(decisions[d.EventID], d)
		}
		return nil
	})
	for _, all := range decisions {
		slices.SortFunc(all, func(a, b decision) int { return cmp.Compare(a.Sequence, b.Sequence) })
	}
	return decisions, err
}

// follow goes through the decisions about one event, up to the state that is there in the end.
func follow(decisions []decision, end persistence.Inventory) error {
	held := make(map[string]int64)
	var booked int64
	for n, d := range decisions {
		more := int64(0)
		if d.BookingID != "" {
			more = d.Seats - held[d.BookingID]
			held[d.BookingID] = d.Seats
		}
		switch {
		case d.Sequence != int64(n+1):
			return fmt.Errorf("decision %d of the log has the sequence %d", n+1, d.Sequence)
		case d.Booked != booked+more:
			return fmt.Errorf("decision %d: %d seats after %d more than %d", n+1, d.Booked, more, booked)
		case more > 0 && d.Capacity != nil && d.Booked > *d.Capacity:
			return fmt.Errorf("decision %d: oversold, %d of %d", n+1, d.Booked, *d.Capacity)
		}
		booked = d.Booked
	}
	if int64(len(decisions)) != end.Sequence || booked != end.Booked {
		return fmt.Errorf("the log ends at decision %d with %d seats, the store has %+v", len(decisions), booked, end)
	}
	return nil
}
