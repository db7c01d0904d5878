package rest

import (
	"context"
	"sync"
	"time"

	"myevents/lib/persistence"
)

const (
	// placesEvery is how often remembered locations are read again.
	placesEvery = time.Second
	// placeLife is how old they may be, and placeIdle how long they are remembered without being asked for.
	placeLife = 2 * placesEvery
	placeIdle = time.Minute
)

// places remembers the locations of events that are being booked, so that showing them does not cost the store a query
// for every booking. It is safe for concurrent use.
type places struct {
	store interface {
		FindLocations(ctx context.Context, ids ...persistence.ID) ([]persistence.Location, error)
	}

	mu    sync.Mutex
	known map[persistence.ID]place
}

type place struct {
	persistence.Location
	read, used time.Time
}

func newPlaces(store persistence.BookingHandler) *places {
	return &places{store: store, known: make(map[persistence.ID]place)}
}

// find gives a location as it is now, or was a moment ago; with an error, as it was last known, if it was.
func (p *places) find(ctx context.Context, id persistence.ID) (persistence.Location, error) {
	p.mu.Lock()
	last := p.known[id]
	last.used = time.Now()
	p.known[id] = last
	p.mu.Unlock()
	if time.Since(last.read) < placeLife {
		return last.Location, nil
	}
	if err := p.read(ctx, id); err != nil {
		return last.Location, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[id].Location, nil
}

// run reads again, until the context ends, what was asked for lately. What goes wrong is reported.
func (p *places) run(ctx context.Context, report func(error)) error {
	ticker := time.NewTicker(placesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		bounded, cancel := context.WithTimeout(ctx, 10*placesEvery)
		err := p.read(bounded, p.wanted()...)
		cancel()
		if ctx.Err() == nil {
			report(err)
		}
	}
}

// wanted gives what was asked for lately, and forgets the rest.
func (p *places) wanted() []persistence.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []persistence.ID
	for id, last := range p.known {
		if time.Since(last.used) > placeIdle {
			delete(p.known, id)
			continue
		}
		ids = append(ids, id)
	}
	return ids
}

// read reads locations from the store. Of those that it does not have, that is what is known.
func (p *places) read(ctx context.Context, ids ...persistence.ID) error {
	if len(ids) == 0 {
		return nil
	}
	now := time.Now()
	found, err := p.store.FindLocations(ctx, ids...)
	if err != nil {
		return err
	}
	locations := make(map[persistence.ID]persistence.Location, len(found))
	for _, l := range found {
		locations[l.ID] = l
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		last := p.known[id]
		last.Location, last.read = locations[id], now
		p.known[id] = last
	}
	return nil
}
