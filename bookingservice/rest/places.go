package rest

import (
	"context"
	"sync"
	"time"

	"myevents/lib/persistence"
)

const (
	// placeLife is how old a remembered location may be.
	placeLife = time.Second
	// maxPlaces is how many are remembered.
	maxPlaces = 10_000
)

// places remembers, for a moment, the locations of events that are being booked: while one event sells, its location
// costs the store a query a second, however many book. It is safe for concurrent use.
type places struct {
	store interface {
		FindLocations(ctx context.Context, ids ...persistence.ID) ([]persistence.Location, error)
	}

	mu    sync.Mutex
	known map[persistence.ID]place
}

type place struct {
	persistence.Location
	asked time.Time // when the store was asked last
}

func newPlaces(store persistence.BookingHandler) *places {
	return &places{store: store, known: make(map[persistence.ID]place)}
}

// find gives a location as it is now, or was a moment ago; with an error, as it was last known, if it was.
func (p *places) find(ctx context.Context, id persistence.ID) (persistence.Location, error) {
	now := time.Now()
	last, fresh := p.recall(id, now)
	if fresh {
		return last, nil
	}
	found, err := p.store.FindLocations(ctx, id)
	if err != nil {
		return last, err
	}
	var l persistence.Location
	if len(found) > 0 {
		l = found[0]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxPlaces {
		clear(p.known)
	}
	p.known[id] = place{Location: l, asked: now}
	return l, nil
}

// recall says what is known of a location, and whether that will do. The first to whom it will not is the one who asks
// the store: it will do for the others until the answer is there.
func (p *places) recall(id persistence.ID, now time.Time) (l persistence.Location, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last, ok := p.known[id]
	if !ok || now.Sub(last.asked) < placeLife {
		return last.Location, ok
	}
	p.known[id] = place{Location: last.Location, asked: now}
	return last.Location, false
}
