package inventory_test

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"myevents/lib/persistence"
)

// memory is a store in memory. Without the check of the tag it is the store that oversells: it looks whether seats are
// left, and writes, but not in one step.
type memory struct {
	checksTag bool

	mu          sync.Mutex
	tag         int
	inventories map[persistence.ID]persistence.Inventory
	bookings    map[persistence.ID]persistence.Booking
	outbox      map[string]persistence.Message
}

func newMemory(checksTag bool) *memory {
	return &memory{
		checksTag:   checksTag,
		inventories: make(map[persistence.ID]persistence.Inventory),
		bookings:    make(map[persistence.ID]persistence.Booking),
		outbox:      make(map[string]persistence.Message),
	}
}

func (m *memory) Load(_ context.Context, event persistence.ID, ids ...persistence.ID) (persistence.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := persistence.Snapshot{
		EventID: event, Inventory: m.inventories[event], Tag: strconv.Itoa(m.tag),
		Bookings: make(map[persistence.ID]persistence.Booking),
	}
	for _, id := range ids {
		if b, ok := m.bookings[id]; ok {
			s.Bookings[id] = b
		}
	}
	return s, nil
}

func (m *memory) Commit(_ context.Context, s persistence.Snapshot, changes []persistence.Change) error {
	if !m.checksTag {
		runtime.Gosched() // lets somebody in between looking and writing
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.checksTag && s.Tag != strconv.Itoa(m.tag) {
		return persistence.ErrConflict
	}
	m.tag++
	for _, c := range changes {
		m.inventories[s.EventID] = c.Inventory
		if c.Booking != nil {
			m.bookings[c.Booking.ID] = *c.Booking
		}
		if c.Message != nil {
			m.outbox[c.Message.ID] = *c.Message
		}
	}
	return nil
}

func (m *memory) Pending(context.Context, int) ([]persistence.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pending := slices.SortedFunc(maps.Values(m.outbox), func(a, b persistence.Message) int {
		return cmp.Compare(a.ID, b.ID)
	})
	return slices.CompactFunc(pending, func(a, b persistence.Message) bool { return a.Document == b.Document }), nil
}

func (m *memory) Done(_ context.Context, ids ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		delete(m.outbox, id)
	}
	return nil
}

func (m *memory) Backlog(context.Context) (persistence.Backlog, error) {
	return persistence.Backlog{Messages: len(m.outbox)}, nil
}

func (m *memory) Lease(context.Context, string, time.Duration) (bool, error) { return true, nil }
