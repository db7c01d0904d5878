// Package catalogue holds what the event service shows in memory, ready to be sent: reading costs the store nothing. It
// is a cache, never the truth.
package catalogue

import (
	"cmp"
	"context"
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
	readAll                   time.Time // when everything was last read
}

// snapshot is a state of the catalogue. Its slices are never changed.
type snapshot struct {
	byStart, byID, byName []*Entry
	locations             []persistence.Location // by name, without the deleted ones
	list                  atomic.Pointer[List]   // the list without a filter, made when first asked for
	places                atomic.Pointer[List]
}

// New makes an empty catalogue.
func New(store persistence.DatabaseHandler) *Catalogue {
	c := &Catalogue{store: store, locations: make(map[persistence.ID]persistence.Location)}
	c.current.Store(&snapshot{})
	return c
}

// Refresh fetches what was written since the last time, and from time to time everything.
func (c *Catalogue) Refresh(ctx context.Context) error {
	c.mu.Lock()
	eventsMark, locationsMark := c.eventsMark, c.locationsMark
	everything := time.Since(c.readAll) >= readEvery
	c.mu.Unlock()
	if everything {
		eventsMark, locationsMark = "", ""
	}
	locations, locationsMark, err := c.store.LocationsSince(ctx, locationsMark)
	if err != nil {
		return err
	}
	events, eventsMark, err := c.store.EventsSince(ctx, eventsMark)
	if err != nil {
		return err
	}
	c.apply(events, locations)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eventsMark, c.locationsMark = eventsMark, locationsMark
	if everything {
		c.readAll = time.Now()
	}
	return nil
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
func (c *Catalogue) ApplyEvent(e persistence.Event) { c.apply([]persistence.Event{e}, nil) }

// ApplyLocation shows a location that was just written.
func (c *Catalogue) ApplyLocation(l persistence.Location) { c.apply(nil, []persistence.Location{l}) }

// apply takes over what is newer than what is there.
func (c *Catalogue) apply(events []persistence.Event, locations []persistence.Location) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.current.Load()
	moved := make(map[persistence.ID]bool)
	for _, l := range locations {
		if have, ok := c.locations[l.ID]; !ok || l.Version > have.Version {
			c.locations[l.ID] = l
			moved[l.ID] = true
		}
	}
	changed := make(map[persistence.ID]*Entry)
	for _, e := range events {
		if have, ok := was.find(e.ID); !ok || e.Version > have.Version {
			changed[e.ID] = newEntry(e, c.locations)
		}
	}
	if len(moved) > 0 {
		for _, e := range was.byID {
			if _, ok := changed[e.ID]; !ok && moved[e.Location.ID] {
				changed[e.ID] = newEntry(e.Event, c.locations)
			}
		}
	}
	if len(changed) == 0 && len(moved) == 0 {
		return
	}
	next := was.with(changed)
	if len(moved) > 0 {
		next.locations = c.shownLocations()
	}
	c.current.Store(next)
}

// with makes the snapshot in which the changed entries replace those that were there.
func (s *snapshot) with(changed map[persistence.ID]*Entry) *snapshot {
	var old []*Entry
	fresh := make([]*Entry, 0, len(changed))
	for id, e := range changed {
		fresh = append(fresh, e)
		if have, ok := s.find(id); ok {
			old = append(old, have)
		}
	}
	return &snapshot{
		byStart:   replace(s.byStart, old, fresh, byStart),
		byID:      replace(s.byID, old, fresh, byID),
		byName:    replace(s.byName, old, fresh, byName),
		locations: s.locations,
	}
}

// replace makes the sorted list without the old entries and with the fresh ones. It copies what stays in one piece,
// since the list may be long and the changes are mostly few.
func replace(list, old, fresh []*Entry, order func(a, b *Entry) int) []*Entry {
	slices.SortFunc(old, order)
	slices.SortFunc(fresh, order)
	next := make([]*Entry, 0, len(list)-len(old)+len(fresh))
	done := 0 // what of the list has been looked at
	for len(old)+len(fresh) > 0 {
		if len(fresh) == 0 || len(old) > 0 && order(old[0], fresh[0]) < 0 {
			n, _ := slices.BinarySearchFunc(list[done:], old[0], order)
			next = append(next, list[done:done+n]...)
			done, old = done+n+1, old[1:]
			continue
		}
		n, _ := slices.BinarySearchFunc(list[done:], fresh[0], order)
		next = append(append(next, list[done:done+n]...), fresh[0])
		done, fresh = done+n, fresh[1:]
	}
	return append(next, list[done:]...)
}

func (c *Catalogue) shownLocations() []persistence.Location {
	shown := make([]persistence.Location, 0, len(c.locations))
	for _, l := range c.locations {
		if !l.Deleted {
			shown = append(shown, l)
		}
	}
	slices.SortFunc(shown, func(a, b persistence.Location) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID.String(), b.ID.String()))
	})
	return shown
}

func (s *snapshot) find(id persistence.ID) (*Entry, bool) {
	n, ok := slices.BinarySearchFunc(s.byID, id, func(e *Entry, id persistence.ID) int {
		return strings.Compare(string(e.ID[:]), string(id[:]))
	})
	if !ok {
		return nil, false
	}
	return s.byID[n], true
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
	c.ApplyEvent(e)
	found, _ := c.current.Load().find(id)
	return found, nil
}

// EventNamed finds the event of that very name, in any case: of several the next one that is not over, and where all
// are, the last one. ErrNotFound.
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

// listed says whether an event can be booked still.
func (e *Entry) listed(now int64) bool { return !e.Cancelled && e.EndDate > now }

// Used says whether events that are neither over nor cancelled happen at a location.
func (c *Catalogue) Used(location persistence.ID, now int64) bool {
	return slices.ContainsFunc(c.current.Load().byID, func(e *Entry) bool {
		return e.Location.ID == location && e.listed(now)
	})
}

// Locations lists all locations, by name.
func (c *Catalogue) Locations() *List {
	s := c.current.Load()
	if l := s.places.Load(); l != nil {
		return l
	}
	parts := make([][]byte, len(s.locations))
	for i, l := range s.locations {
		parts[i] = EncodeLocation(l)
	}
	l := newList(parts)
	s.places.Store(l)
	return l
}
