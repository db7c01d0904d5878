package inventory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"myevents/lib/inventory"
	"myevents/lib/inventory/inventorytest"
	"myevents/lib/persistence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) {
	inventorytest.Run(t, func(*testing.T) inventorytest.Store { return newMemory(true) })
}

// TestSuiteFindsOversellingStore is the proof that the suite proves something.
func TestSuiteFindsOversellingStore(t *testing.T) {
	found := 0
	for _, s := range inventorytest.Scenarios() {
		if err := s.Run(t.Context(), newMemory(false)); err != nil {
			t.Logf("%s: %v", s.Name, err)
			found++
		}
	}
	if found == 0 {
		t.Fatal("no scenario failed on a store that is not atomic")
	}
}

type quiet struct{}

func (quiet) Offer(...persistence.Message) {}

func encodeNothing(persistence.Change) persistence.Message { return persistence.Message{} }

// away is a store that cannot be reached.
type away struct {
	*memory
	err error
}

func (a away) Load(context.Context, persistence.ID, ...persistence.ID) (persistence.Snapshot, error) {
	return persistence.Snapshot{}, a.err
}

func TestDoEndsWithItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := inventory.New(away{newMemory(true), persistence.ErrUnavailable}, encodeNothing, quiet{}, nil)
		defer i.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		a := i.Do(ctx, persistence.NewID(), inventory.Book{ID: persistence.NewID(), Seats: 1})
		if !errors.Is(a.Err, persistence.ErrUnknown) || time.Since(began) != 3*time.Second {
			t.Errorf("got %v after %v, want ErrUnknown after the 3 s", a.Err, time.Since(began))
		}
	})
}

func TestDoHasADeadlineOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := inventory.New(away{newMemory(true), persistence.ErrUnavailable}, encodeNothing, quiet{}, nil)
		defer i.Close()
		a := i.Do(t.Context(), persistence.NewID(), inventory.Book{ID: persistence.NewID(), Seats: 1})
		if !errors.Is(a.Err, context.DeadlineExceeded) {
			t.Errorf("got %v, want an end", a.Err)
		}
	})
}

func TestDoAnswersFaultsAtOnce(t *testing.T) {
	fault := errors.New("disk full")
	i := inventory.New(away{newMemory(true), fault}, encodeNothing, quiet{}, nil)
	defer i.Close()
	a := i.Do(t.Context(), persistence.NewID(), inventory.Book{ID: persistence.NewID(), Seats: 1})
	if !errors.Is(a.Err, fault) {
		t.Errorf("got %v, want the store's fault", a.Err)
	}
}

// TestNothingIsCommittedAfterTheDeadline has the store answer a Load when the request's time is over.
func TestNothingIsCommittedAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slow{memory: newMemory(true)}
		i := inventory.New(store, encodeNothing, quiet{}, nil)
		event := persistence.NewID()
		first := i.Do(t.Context(), event, inventory.Adopt{Event: persistence.EventCopy{
			ID: event, Version: 1, EndDate: 10, Capacity: 10,
		}})
		if first.Err != nil {
			t.Fatal(first.Err)
		}
		store.delay = 2 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if a := i.Do(ctx, event, inventory.Book{ID: persistence.NewID(), Seats: 1}); a.Err == nil {
			t.Fatal("booked in no time")
		}
		i.Close()
		if store.inventories[event].Booked != 0 {
			t.Error("a commit was made after the deadline")
		}
	})
}

// slow is a store that heeds the context, but takes its time.
type slow struct {
	*memory
	delay time.Duration
}

func (s *slow) Load(ctx context.Context, e persistence.ID, ids ...persistence.ID) (persistence.Snapshot, error) {
	select {
	case <-ctx.Done():
		return persistence.Snapshot{}, ctx.Err()
	case <-time.After(s.delay):
		return s.memory.Load(ctx, e, ids...)
	}
}
