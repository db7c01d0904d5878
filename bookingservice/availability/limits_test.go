package availability_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"myevents/bookingservice/availability"
	"myevents/lib/persistence"
)

// TestNeverBack tells the states of an event in a wrong order, from this replica and from the store: what a watcher
// gets only ever grows.
func TestNeverBack(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, s *store) {
		t.Helper()
		id := persistence.NewID()
		w := hub.Watch(id)
		defer w.Stop()
		var got []int64
		for _, step := range []struct {
			sequence int64
			fromUs   bool
		}{{5, true}, {3, true}, {4, false}, {5, false}, {7, false}, {6, true}, {7, true}, {8, true}, {1, false}, {9, false}} {
			if step.fromUs {
				hub.Changed(state(id, step.sequence))
			} else {
				s.set(state(id, step.sequence))
				time.Sleep(time.Second)
			}
			synctest.Wait()
			for _, i := range w.Take() {
				got = append(got, i.Sequence)
			}
		}
		if diff := cmp.Diff([]int64{5, 7, 8, 9}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestStoreIsAskedInTime looks at the moments at which the store is asked while nobody comes: they are half a second
// apart, however many watch and however often the figures change.
func TestStoreIsAskedInTime(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, s *store) {
		t.Helper()
		id := persistence.NewID()
		for range 500 {
			t.Cleanup(hub.Watch(id).Stop)
		}
		synctest.Wait()
		if s.count() != 1 {
			t.Errorf("for those who came together the store was asked %d times", s.count())
		}
		time.Sleep(10 * time.Millisecond)
		before := s.count()
		for n := range int64(49) {
			hub.Changed(state(id, n+1))
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		if asked := s.count() - before; asked > 1 {
			t.Errorf("within half a second it was asked %d times", asked)
		}
	})
}

// TestStop has one of two watchers go: it is told no more, the other one is; with the last one the event is forgotten.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		hub := availability.New(&store{}, registry)
		one, two := persistence.NewID(), persistence.NewID()
		goes, stays := hub.Watch(one, two), hub.Watch(two)
		watched := func(want float64) {
			t.Helper()
			families, err := registry.Gather()
			if err != nil || len(families) != 1 {
				t.Fatal(families, err)
			}
			if got := families[0].GetMetric()[0].GetGauge().GetValue(); got != want {
				t.Errorf("%v events are watched, want %v", got, want)
			}
		}
		watched(2)
		goes.Stop()
		watched(1)
		hub.Changed(state(one, 1))
		hub.Changed(state(two, 1))
		quiet(t, goes)
		if got := next(t, stays); got != 1 {
			t.Errorf("who stays gets decision %d", got)
		}
		goes.Stop() // again
		watched(1)
		stays.Stop()
		watched(0)
	})
}

// TestTakeOnce has a watcher of two events take what is new: each once, and only what changed since.
func TestTakeOnce(t *testing.T) {
	hub := availability.New(&store{}, prometheus.NewRegistry())
	one, two := persistence.NewID(), persistence.NewID()
	w := hub.Watch(one, two)
	defer w.Stop()
	for n := range int64(3) {
		hub.Changed(state(one, n+1))
		hub.Changed(state(two, n+1))
	}
	if first := w.Take(); len(first) != 2 || first[0].Sequence != 3 || first[1].Sequence != 3 {
		t.Errorf("first it takes %+v", first)
	}
	if again := w.Take(); len(again) != 0 {
		t.Errorf("again it takes %+v", again)
	}
	hub.Changed(state(two, 4))
	if last := w.Take(); len(last) != 1 || last[0].Event.ID != two {
		t.Errorf("at last it takes %+v", last)
	}
}

// hanging is a store that does not answer until the call's context ends.
type hanging struct{}

func (hanging) Availability(ctx context.Context, _ ...persistence.ID) ([]persistence.Inventory, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestStoreHangs has the store not answer: the calls end all the same, this replica's own changes are told meanwhile, and
// the hub ends at once.
func TestStoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := availability.New(hanging{}, prometheus.NewRegistry())
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		var reported []error
		done := make(chan error, 1)
		go func() {
			done <- hub.Run(ctx, func(err error) {
				mu.Lock()
				defer mu.Unlock()
				reported = append(reported, err)
			})
		}()
		id := persistence.NewID()
		w := hub.Watch(id)
		defer w.Stop()
		synctest.Wait()
		hub.Changed(state(id, 1))
		if got := next(t, w); got != 1 {
			t.Errorf("it gets decision %d", got)
		}
		time.Sleep(7 * time.Second)
		mu.Lock()
		if len(reported) != 1 || !errors.Is(reported[0], context.DeadlineExceeded) {
			t.Errorf("reported was %v", reported)
		}
		mu.Unlock()
		began := time.Now()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || time.Since(began) != 0 {
			t.Errorf("it ended with %v after %v", err, time.Since(began))
		}
		if len(reported) != 1 {
			t.Errorf("its own end was reported: %v", reported)
		}
	})
}

func TestClose(t *testing.T) {
	hub := availability.New(&store{}, prometheus.NewRegistry())
	select {
	case <-hub.Closed():
		t.Fatal("it is closed before it is closed")
	default:
	}
	var closing sync.WaitGroup
	for range 4 {
		closing.Go(hub.Close)
	}
	closing.Wait()
	select {
	case <-hub.Closed():
	default:
		t.Error("it is not closed")
	}
}
