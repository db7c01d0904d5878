// Package inventorytest is the suite that a booking store has to pass together with package inventory: many clients and
// several replicas, lost and late answers, and never a seat sold twice.
package inventorytest

import (
	"context"
	"testing"
	"time"

	"myevents/lib/persistence"
)

// Store is the part of a booking store that the suite works on.
type Store interface {
	persistence.InventoryHandler
	persistence.Outbox
}

// timeout bounds a scenario.
const timeout = 2 * time.Minute

// Run has every scenario run on a store of its own.
func Run(t *testing.T, open func(*testing.T) Store) {
	t.Helper()
	for _, s := range Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			if err := s.Run(ctx, open(t)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Scenario is a situation in which stores fail that are not atomic. Run answers with the promise that was broken.
type Scenario struct {
	Name string
	Run  func(context.Context, Store) error
}

// Scenarios lists all of them.
func Scenarios() []Scenario {
	return []Scenario{
		{"a hot event sells exactly its seats", hotEvent},
		{"several replicas sell exactly the seats", replicas},
		{"giving back and cancelling races with booking", givingBack},
		{"answers are lost or late", lostAnswers},
		{"two requests about one booking at once", twoRequests},
		{"the capacity changes while seats are sold", changingCapacity},
		{"two copies of an unknown event at once", firstCopies},
	}
}
