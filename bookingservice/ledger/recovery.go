package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"myevents/lib/persistence"
)

// Recovery brings a store that came from a backup up to the log: the bookings that were made or changed since are
// written again, and each inventory goes on behind the last of its decisions in the log, so that no sequence is given
// twice and no seat sold twice. It remembers every booking of the log, with some hundred bytes. It is used by one
// goroutine.
type Recovery struct {
	state  *State
	events map[persistence.ID]*past
}

// past is what the log says of the decisions about an event.
type past struct {
	// newest is the decision with the highest sequence, and adopted that of those about the event itself.
	newest, adopted decision
	bookings        map[persistence.ID]persistence.Booking
}

// NewRecovery makes one that has read nothing of the log yet.
func NewRecovery() *Recovery {
	r := &Recovery{state: NewState(time.Time{}), events: make(map[persistence.ID]*past)}
	r.state.each = func(d decision) { r.past(d.event).add(d) }
	return r
}

// Read reads the log.
func (r *Recovery) Read(ctx context.Context, log *Reader) error { return log.Read(ctx, r.state.Add) }

func (r *Recovery) past(event persistence.ID) *past {
	p, ok := r.events[event]
	if !ok {
		p = &past{bookings: make(map[persistence.ID]persistence.Booking)}
		r.events[event] = p
	}
	return p
}

func (p *past) add(d decision) {
	if d.Sequence > p.newest.Sequence {
		p.newest = d
	}
	if d.booking.IsZero() {
		if d.Sequence > p.adopted.Sequence {
			p.adopted = d
		}
		return
	}
	b, ok := p.bookings[d.booking]
	if !ok {
		b = persistence.Booking{ID: d.booking, EventID: d.event, UserID: d.user, Date: d.date}
	}
	// The first version has what was asked for, and no later one has more.
	b.Asked = max(b.Asked, d.seats)
	if d.version > b.Version {
		b.Seats, b.Version = d.seats, d.version
	}
	p.bookings[d.booking] = b
}

// Recovered is what became of one event.
type Recovered struct {
	Event persistence.ID
	// Decisions is how many the inventory was behind the one that it goes on from.
	Decisions int64
	// Bookings is how many were written.
	Bookings int
	// Unnamed is how many seats are held by bookings that neither the store nor the log has: their messages were lost
	// together with the store. They stay counted, so that nobody else gets them.
	Unnamed int64
	// Twice is how many more seats are held than any one decision knew of, since the store sold on before it was brought
	// up to the log.
	Twice int64
	// Unknown says that neither the store nor the log has anything about the event itself: it is sold when the event
	// service has told of it again.
	Unknown bool
}

// String is a line of a report.
func (r Recovered) String() string {
	line := fmt.Sprintf("event %s: %d bookings written, %d decisions caught up", r.Event, r.Bookings, r.Decisions)
	if r.Unnamed > 0 {
		line += fmt.Sprintf("; %d seats are held by bookings that are lost, and stay counted", r.Unnamed)
	}
	if r.Twice > 0 {
		line += fmt.Sprintf("; sold on after it was restored: %d seats more are held than were counted", r.Twice)
	}
	if r.Unknown {
		line += "; nothing is known of the event itself: run eventservice republish"
	}
	return line
}

// Write writes what the store lacks, and answers with the events that are worth a word. What the store has and the log
// has not, it leaves alone. It may be repeated, also after an error in the middle: from the first moment on, everything
// is counted. The domain events that told of it are those of the log; only where an inventory becomes another one than
// the log says, it tells of that.
func (r *Recovery) Write(ctx context.Context, store persistence.BookingHandler) ([]Recovered, error) {
	if _, err := store.Pending(ctx, 1); err != nil { // which settles what was left when the backup was taken
		return nil, err
	}
	if err := each(ctx, maps.Values(r.state.Locations), store.SaveLocation); err != nil {
		return nil, fmt.Errorf("writing locations: %w", err)
	}
	var mu sync.Mutex
	var all []Recovered
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for id := range r.state.Inventories {
		r.past(id) // of some events the log has no decision
	}
	for id, p := range r.events {
		group.Go(func() error {
			w := eventWriter{store: store, past: p, copied: r.state.Inventories[id].Event, event: id}
			done, err := w.run(ctx)
			if err != nil {
				return fmt.Errorf("event %s: %w", id, err)
			}
			if done == (Recovered{}) {
				return nil
			}
			done.Event = id
			mu.Lock()
			defer mu.Unlock()
			all = append(all, done)
			return nil
		})
	}
	err := group.Wait()
	slices.SortFunc(all, func(a, b Recovered) int { return slices.Compare(a.Event[:], b.Event[:]) })
	return all, err
}
