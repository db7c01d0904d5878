// Package statistics knows what was sold of events, day by day. It sums up bookings, and remembers the sums for as long
// as nothing was decided about an event's seats.
package statistics

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"myevents/lib/persistence"
)

const (
	// fresh is for how long figures are good enough, whatever is sold meanwhile.
	fresh = 3 * time.Second
	// settled is how long nothing must have been decided about an event for its figures to be complete: a store may keep
	// its sums a little later than its inventories.
	settled = 10 * time.Second
	// chunk is how many events the store sums up at a time. What it has done counts, also where time runs out then.
	chunk = 100
	// maxKnown bounds what is remembered: events and their days, of some 100 bytes each.
	maxKnown = 500_000
)

// Store is what is needed of the booking service's store.
type Store interface {
	Sales(ctx context.Context, events ...persistence.ID) ([]persistence.Sale, error)
}

// Event is an event whose figures are asked for.
type Event struct {
	persistence.Inventory
	// Zone is the one of its venue.
	Zone *time.Location
}

// Day is what was sold on one day of the venue's.
type Day struct {
	// Day is written as 2027-06-30.
	Day string
	// Bookings is how many were made on the day, Booked how many seats they hold now, and GivenBack how many they held
	// besides at first.
	Bookings, Booked, GivenBack int64
}

// Statistics is safe for concurrent use.
type Statistics struct {
	store Store
	turn  chan struct{} // held by the one that has the store sum up

	mu    sync.Mutex
	known map[persistence.ID]figures
	size  int // events and days in known
}

// figures are those of an event at one state of its inventory, or a later one.
type figures struct {
	sequence int64
	zone     string
	// seen is when this state was first asked about, read when the store made the sums.
	seen, read time.Time
	days       []Day
}

// New makes statistics on a store.
func New(store Store) *Statistics {
	return &Statistics{store: store, turn: make(chan struct{}, 1), known: make(map[persistence.ID]figures)}
}

// Days gives, of each event of which something was booked, the days on which it was, in their order. They are as they
// are now or were a few seconds ago, and must not be changed.
func (s *Statistics) Days(ctx context.Context, events ...Event) (map[persistence.ID][]Day, error) {
	days, outdated := s.look(events)
	if len(outdated) == 0 {
		return days, nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	days, outdated = s.look(events) // somebody else may have had them summed up meanwhile
	for some := range slices.Chunk(outdated, chunk) {
		read, err := s.read(ctx, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(days, read)
	}
	return days, nil
}

// look finds what is known, and what is not or not any more.
func (s *Statistics) look(events []Event) (days map[persistence.ID][]Day, outdated []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	days = make(map[persistence.ID][]Day, len(events))
	for _, e := range events {
		f, ok := s.known[e.Event.ID]
		if !ok || !f.good(e) {
			outdated = append(outdated, e)
			continue
		}
		days[e.Event.ID] = f.days
	}
	return days, outdated
}

func (f figures) good(e Event) bool {
	switch {
	case f.zone != e.Zone.String():
		return false
	case f.sequence == e.Sequence && f.read.Sub(f.seen) >= settled:
		return true
	default:
		return time.Since(f.read) < fresh
	}
}

// read has the store sum up events, and remembers it.
func (s *Statistics) read(ctx context.Context, events []Event) (map[persistence.ID][]Day, error) {
	ids := make([]persistence.ID, len(events))
	for n, e := range events {
		ids[n] = e.Event.ID
	}
	now := time.Now()
	sales, err := s.store.Sales(ctx, ids...)
	if err != nil {
		return nil, err
	}
	byEvent := make(map[persistence.ID][]persistence.Sale, len(events))
	for _, sale := range sales {
		byEvent[sale.EventID] = append(byEvent[sale.EventID], sale)
	}
	days := make(map[persistence.ID][]Day, len(events))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		days[e.Event.ID] = byDay(byEvent[e.Event.ID], e.Zone)
		s.remember(e, now, days[e.Event.ID])
	}
	return days, nil
}

func (s *Statistics) remember(e Event, now time.Time, days []Day) {
	id := e.Event.ID
	f := figures{sequence: e.Sequence, zone: e.Zone.String(), seen: now, read: now, days: days}
	if last, ok := s.known[id]; ok {
		s.size -= 1 + len(last.days)
		if last.sequence == e.Sequence {
			f.seen = last.seen
		}
	}
	if s.size += 1 + len(days); s.size > maxKnown {
		clear(s.known)
		s.size = 1 + len(days)
	}
	s.known[id] = f
}

// byDay sums up sales by the days of a zone.
func byDay(sales []persistence.Sale, zone *time.Location) []Day {
	sums := make(map[string]Day)
	for _, s := range sales {
		name := time.Unix(s.Start, 0).In(zone).Format(time.DateOnly)
		d := sums[name]
		sums[name] = Day{
			Day: name, Bookings: d.Bookings + s.Bookings, Booked: d.Booked + s.Seats,
			GivenBack: d.GivenBack + s.Asked - s.Seats,
		}
	}
	days := make([]Day, 0, len(sums))
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		days = append(days, sums[name])
	}
	return days
}
