// Package catalogue holds what the event service shows in memory, ready to be sent: reading costs the store nothing. It
// is a cache, never the truth.
package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"myevents/lib/persistence"
)

// How often changes of other replicas are fetched, and everything is read again.
const (
	pollEvery = time.Second
	readEvery = 5 * time.Minute
)

// Catalogue is safe for concurrent use. Readers see one immutable snapshot after the other.
type Catalogue struct {
	store   persistence.DatabaseHandler
	current atomic.Pointer[snapshot]

	mu                        sync.Mutex // held by who makes the next snapshot
	locations                 map[persistence.ID]persistence.Location
	eventsMark, locationsMark persistence.Mark
	readAll                   time.Time               // when everything was last read
	since                     map[persistence.ID]bool // what was taken over since the last reading of everything began
}

// New makes an empty catalogue.
func New(store persistence.DatabaseHandler) *Catalogue {
	c := &Catalogue{store: store, locations: make(map[persistence.ID]persistence.Location)}
	c.current.Store(&snapshot{})
	return c
}

// Refresh fetches what was written since the last time, and from time to time everything. The errors are the store's;
// after one the catalogue is as it was.
func (c *Catalogue) Refresh(ctx context.Context) error {
	b := c.begin()
	var err error
	if b.locations, b.locationsMark, err = c.store.LocationsSince(ctx, b.locationsMark); err != nil {
		return err
	}
	if b.events, b.eventsMark, err = c.store.EventsSince(ctx, b.eventsMark); err != nil {
		return err
	}
	c.apply(b)
	return nil
}

// begin says from where on to read.
func (c *Catalogue) begin() batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.readAll.IsZero() || now.Sub(c.readAll) >= readEvery {
		c.since = make(map[persistence.ID]bool)
		return batch{everything: true, began: now}
	}
	return batch{eventsMark: c.eventsMark, locationsMark: c.locationsMark, began: now}
}

// Run refreshes the catalogue every second until the context ends, and reports how it went.
func (c *Catalogue) Run(ctx context.Context, report func(error)) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		bounded, cancel := context.WithTimeout(ctx, 10*pollEvery)
		err := c.Refresh(bounded)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report(err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// ApplyEvent shows an event that was just written.
func (c *Catalogue) ApplyEvent(e persistence.Event) { c.apply(batch{events: []persistence.Event{e}}) }

// ApplyLocation shows a location that was just written.
func (c *Catalogue) ApplyLocation(l persistence.Location) {
	c.apply(batch{locations: []persistence.Location{l}})
}

// Event finds an event, if need be in the store. ErrNotFound and the store's other errors.
func (c *Catalogue) Event(ctx context.Context, id persistence.ID) (*Entry, error) {
	if e, ok := c.current.Load().find(id); ok {
		return e, nil
	}
	e, err := c.store.FindEvent(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.Show(e), nil
}

// Show gives an event as the catalogue shows it, and takes it over if it is newer than what is there.
func (c *Catalogue) Show(e persistence.Event) *Entry {
	c.ApplyEvent(e)
	if have, ok := c.current.Load().find(e.ID); ok && have.Version >= e.Version {
		return have
	}
	c.mu.Lock() // a store that was put back to an older state has taken it away again
	defer c.mu.Unlock()
	return newEntry(e, c.locations)
}

// Ready answers persistence.ErrUnavailable until everything was read for the first time: before, what has to know all
// events, such as a list, would be wrong.
func (c *Catalogue) Ready() error {
	if !c.current.Load().complete {
		return fmt.Errorf("%w: the catalogue was not read yet", persistence.ErrUnavailable)
	}
	return nil
}

// EventNamed finds the event of that very name, in any case: of several the next one that is not over, and where all
// are over or cancelled, the last one. ErrNotFound.
func (c *Catalogue) EventNamed(name string, now int64) (*Entry, error) {
	s := c.current.Load()
	name = strings.ToLower(name)
	first, _ := slices.BinarySearchFunc(s.byName, name, func(e *Entry, name string) int {
		return strings.Compare(e.name, name)
	})
	var last *Entry
	for _, e := range s.byName[first:] {
		if e.name != name {
			break
		}
		if e.listed(now) {
			return e, nil
		}
		last = e
	}
	if last == nil {
		return nil, persistence.ErrNotFound
	}
	return last, nil
}

// Used says whether events that are neither over nor cancelled happen at a location.
func (c *Catalogue) Used(location persistence.ID, now int64) bool {
	return slices.ContainsFunc(c.current.Load().listed, func(e *Entry) bool {
		return e.Location.ID == location && e.listed(now)
	})
}
