package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"myevents/bookingservice/announce"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

// chunk is how many bookings are written at once; stores that limit a transaction take as many.
const chunk = 96

// eventWriter writes what a store lacks of one event.
type eventWriter struct {
	store  persistence.BookingHandler
	past   *past
	copied persistence.EventCopy
	event  persistence.ID
	done   Recovered
}

// run begins again where somebody else changes the inventory meanwhile.
func (w *eventWriter) run(ctx context.Context) (Recovered, error) {
	for {
		err := w.write(ctx)
		if !errors.Is(err, persistence.ErrConflict) && !errors.Is(err, persistence.ErrUnknown) || ctx.Err() != nil {
			return w.done, err
		}
	}
}

func (w *eventWriter) write(ctx context.Context) error {
	s, err := w.load(ctx)
	if err != nil {
		return err
	}
	behind, held, err := w.compare(ctx)
	if err != nil {
		return err
	}
	want := w.inventory(s.Inventory, held)
	if want != s.Inventory { // first of all, so that nothing is sold or numbered twice from now on
		c := persistence.Change{Inventory: want}
		if want.Sequence > max(s.Inventory.Sequence, w.past.newest.Sequence) {
			m := announce.Decision(c)
			c.Message = &m
		}
		if err := w.commit(ctx, s, []persistence.Change{c}); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(behind, chunk) {
		if err := w.bookings(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

func (w *eventWriter) load(ctx context.Context, bookings ...persistence.ID) (persistence.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return w.store.Load(ctx, w.event, bookings...)
}

func (w *eventWriter) commit(ctx context.Context, s persistence.Snapshot, changes []persistence.Change) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return w.store.Commit(ctx, s, changes)
}

// compare finds the bookings that the store lacks, or has of an earlier version, and how many seats are held by all
// bookings that the store or the log has.
func (w *eventWriter) compare(ctx context.Context) (behind []persistence.ID, held int64, err error) {
	stored := make(map[persistence.ID]bool)
	err = eachPage(ctx, func(ctx context.Context, p persistence.Page) ([]persistence.Booking, error) {
		return w.store.FindBookingsOfEvent(ctx, w.event, p)
	}, func(b persistence.Booking) (int64, persistence.ID) { return b.Date, b.ID }, func(b persistence.Booking) error {
		if logged := w.past.bookings[b.ID]; logged.Version <= b.Version {
			stored[b.ID] = true
			held += b.Seats
		}
		return nil
	})
	for id, b := range w.past.bookings {
		if !stored[id] {
			behind = append(behind, id)
			held += b.Seats
		}
	}
	slices.SortFunc(behind, func(a, b persistence.ID) int { return slices.Compare(a[:], b[:]) })
	return behind, held, err
}

// inventory is what the inventory has to be, where so many seats are held.
func (w *eventWriter) inventory(have persistence.Inventory, held int64) persistence.Inventory {
	want, last := have, w.past.newest
	want.Event.ID = w.event
	if last.Sequence >= have.Sequence && last.Sequence > 0 {
		want.Sequence, want.Booked = last.Sequence, last.Booked
		want.Event = w.decided(want.Event)
	}
	changes, _ := inventory.Decide(persistence.Snapshot{EventID: w.event, Inventory: want},
		[]inventory.Request{inventory.Adopt{Event: w.copied, Date: w.copied.Moved}})
	for _, c := range changes {
		want = c.Inventory
	}
	w.done.Twice, w.done.Unnamed = max(0, held-want.Booked), max(0, want.Booked-held)
	if held > want.Booked {
		want.Booked = held
		want.Sequence++
	}
	w.done.Decisions += want.Sequence - have.Sequence
	w.done.Unknown = want.Event.Version == 0
	return want
}

// decided gives what is known of the event the capacity that the last decision was made under, so that a copy which
// the service had not taken over yet is a decision of its own.
func (w *eventWriter) decided(known persistence.EventCopy) persistence.EventCopy {
	unknown := known.Version == 0
	if unknown && w.copied.Version > 0 {
		known = w.copied
	}
	known.Capacity = w.past.newest.capacity()
	known.Cancelled = known.Cancelled && !unknown || w.past.adopted.cancelled
	if unknown && known != w.copied {
		known.Version = max(0, known.Version-1)
	}
	return known
}

// bookings brings bookings to the versions that the log has. Stores take a version only behind the one before, so that
// the ones between are written, too.
func (w *eventWriter) bookings(ctx context.Context, ids []persistence.ID) error {
	for {
		s, err := w.load(ctx, ids...)
		if err != nil {
			return err
		}
		var changes []persistence.Change
		for _, id := range ids {
			have, want := s.Bookings[id], w.past.bookings[id]
			if have.Version < want.Version {
				next := next(have, want)
				changes = append(changes, persistence.Change{Inventory: s.Inventory, Booking: &next})
			}
		}
		if len(changes) == 0 {
			w.done.Bookings += len(ids)
			return nil
		}
		if err := w.commit(ctx, s, changes); err != nil {
			return err
		}
	}
}

// next is the version of a booking behind the one that is there, or the first one, with the seats that it has in the
// end.
func next(have, want persistence.Booking) persistence.Booking {
	b := cmp.Or(have, want)
	b.Seats, b.Version = want.Seats, have.Version+1
	return b
}
