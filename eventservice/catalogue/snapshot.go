package catalogue

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"myevents/lib/persistence"
)

// snapshot is a state of the catalogue. Its slices are never changed.
type snapshot struct {
	complete     bool // everything was read at least once
	byID, byName []*Entry
	listed       []*Entry               // by start, without what was over or cancelled when this was made
	locations    []persistence.Location // by name, without the deleted ones

	making sync.Mutex           // held by who makes one of these, so that it is made once
	list   atomic.Pointer[List] // the list without a filter, made when first asked for
	places atomic.Pointer[List]
}

func (s *snapshot) find(id persistence.ID) (*Entry, bool) {
	n, ok := slices.BinarySearchFunc(s.byID, id, func(e *Entry, id persistence.ID) int {
		return bytes.Compare(e.ID[:], id[:])
	})
	if !ok {
		return nil, false
	}
	return s.byID[n], true
}

// batch is what was written, or read from the store.
type batch struct {
	events    []persistence.Event
	locations []persistence.Location

	// began is when reading began; zero for what was not read but written.
	began                     time.Time
	eventsMark, locationsMark persistence.Mark
	// everything means that the store has nothing else, apart from what was written since the reading began.
	everything bool
}

// apply makes the next snapshot, if there is anything new. It costs the encoding of what has changed, and a copy of the
// lists of pointers.
func (c *Catalogue) apply(b batch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.current.Load()
	moved := c.takeLocations(b)
	changed := c.changedEvents(was, b, moved)
	if !b.began.IsZero() {
		c.eventsMark, c.locationsMark = b.eventsMark, b.locationsMark
	}
	if b.everything {
		c.readAll, c.since = b.began, nil
	}
	if b.everything || len(changed)+len(moved) > 0 {
		c.current.Store(c.next(was, b.everything, changed, moved))
	}
}

// supersedes says whether a document of a version takes the place of the one that is there. What was read together with
// everything else is the truth, even where it is older: then the store was put back to an older state.
func (c *Catalogue) supersedes(b batch, id persistence.ID, version, have int64) bool {
	if b.everything && !c.since[id] {
		return version != have
	}
	return version > have
}

// takeLocations takes over locations, and answers with those that have changed.
func (c *Catalogue) takeLocations(b batch) map[persistence.ID]bool {
	moved := make(map[persistence.ID]bool)
	read := make(map[persistence.ID]bool, len(b.locations))
	for _, l := range b.locations {
		read[l.ID] = true
		if c.supersedes(b, l.ID, l.Version, c.locations[l.ID].Version) {
			c.locations[l.ID] = l
			c.note(l.ID)
			moved[l.ID] = true
		}
	}
	if b.everything {
		for id := range c.locations {
			if !read[id] && !c.since[id] {
				delete(c.locations, id)
				moved[id] = true
			}
		}
	}
	return moved
}

// changedEvents encodes what is new, and what happens at a location that has changed; nil stands for what is gone.
func (c *Catalogue) changedEvents(was *snapshot, b batch, moved map[persistence.ID]bool) map[persistence.ID]*Entry {
	changed := make(map[persistence.ID]*Entry)
	read := make(map[persistence.ID]bool, len(b.events))
	for _, e := range b.events {
		have, ok := changed[e.ID]
		if !ok {
			have, ok = was.find(e.ID)
		}
		read[e.ID] = true
		if !ok || c.supersedes(b, e.ID, e.Version, have.Version) {
			changed[e.ID] = newEntry(e, c.locations)
			c.note(e.ID)
		}
	}
	if !b.everything && len(moved) == 0 {
		return changed
	}
	for _, e := range was.byID {
		switch _, done := changed[e.ID]; {
		case done:
		case b.everything && !read[e.ID] && !c.since[e.ID]:
			changed[e.ID] = nil
		case moved[e.Location.ID]:
			changed[e.ID] = newEntry(e.Event, c.locations)
		}
	}
	return changed
}

// note remembers what was taken over while everything is being read.
func (c *Catalogue) note(id persistence.ID) {
	if c.since != nil {
		c.since[id] = true
	}
}

// next makes the snapshot after the one that was. With everything it also drops from the list what is over by now.
func (c *Catalogue) next(
	was *snapshot, everything bool, changed map[persistence.ID]*Entry, moved map[persistence.ID]bool,
) *snapshot {
	var old, fresh, listed []*Entry
	now := time.Now().Unix()
	for id, e := range changed {
		if have, ok := was.find(id); ok {
			old = append(old, have)
		}
		if e == nil {
			continue
		}
		fresh = append(fresh, e)
		if e.listed(now) {
			listed = append(listed, e)
		}
	}
	s := &snapshot{
		complete: was.complete || everything, locations: was.locations,
		byID:   replace(was.byID, old, fresh, byID),
		byName: replace(was.byName, old, fresh, byName),
	}
	if everything {
		s.listed = onlyListed(s.byID, now)
	} else {
		s.listed = replace(was.listed, old, listed, byStart)
	}
	if len(moved) > 0 {
		s.locations = c.shownLocations()
	}
	return s
}

func onlyListed(entries []*Entry, now int64) []*Entry {
	var listed []*Entry
	for _, e := range entries {
		if e.listed(now) {
			listed = append(listed, e)
		}
	}
	slices.SortFunc(listed, byStart)
	return listed
}

// replace makes the sorted list without the old entries and with the fresh ones. It copies what stays in one piece,
// since the list may be long and the changes are mostly few. Old entries that the list does not have are passed over.
func replace(list, old, fresh []*Entry, order func(a, b *Entry) int) []*Entry {
	slices.SortFunc(old, order)
	slices.SortFunc(fresh, order)
	next := make([]*Entry, 0, len(list)+len(fresh))
	done := 0 // what of the list has been looked at
	for len(old)+len(fresh) > 0 {
		if len(fresh) == 0 || len(old) > 0 && order(old[0], fresh[0]) < 0 {
			n, found := slices.BinarySearchFunc(list[done:], old[0], order)
			next = append(next, list[done:done+n]...)
			done, old = done+n, old[1:]
			if found {
				done++
			}
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
		return cmp.Or(strings.Compare(a.Name, b.Name), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return shown
}
