package availability_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/bookingservice/availability"
	"myevents/lib/persistence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store counts how often it is asked.
type store struct {
	mu    sync.Mutex
	now   map[persistence.ID]persistence.Inventory
	asked int // how often
	ids   int // for how many events, all times together
	away  error
}

func (s *store) Availability(_ context.Context, ids ...persistence.ID) ([]persistence.Inventory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.ids += len(ids)
	if s.away != nil {
		return nil, s.away
	}
	var found []persistence.Inventory
	for _, id := range ids {
		if i, ok := s.now[id]; ok {
			found = append(found, i)
		}
	}
	return found, nil
}

func (s *store) set(i persistence.Inventory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now[i.Event.ID] = i
}

func (s *store) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func state(id persistence.ID, sequence int64) persistence.Inventory {
	return persistence.Inventory{Event: persistence.EventCopy{ID: id, Version: 1}, Sequence: sequence}
}

// run has a hub run in a bubble of time of its own.
func run(t *testing.T, test func(*testing.T, *availability.Hub, *store)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &store{now: make(map[persistence.ID]persistence.Inventory)}
		hub := availability.New(s, prometheus.NewRegistry())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			_ = hub.Run(ctx, func(error) {})
			close(done)
		}()
		test(t, hub, s)
		cancel()
		<-done
	})
}

// next waits for news, and gives the sequence of the only event in it.
func next(t *testing.T, w *availability.Watcher) int64 {
	t.Helper()
	<-w.News
	news := w.Take()
	if len(news) != 1 {
		t.Fatalf("the news are %+v", news)
	}
	return news[0].Sequence
}

func quiet(t *testing.T, w *availability.Watcher) {
	t.Helper()
	synctest.Wait()
	select {
	case <-w.News:
		if news := w.Take(); len(news) > 0 {
			t.Fatalf("the news are %+v", news)
		}
	default:
	}
}

func TestFiguresComeAtOnceAndAtEveryChange(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, s *store) {
		t.Helper()
		id := persistence.NewID()
		s.set(state(id, 3))
		w := hub.Watch(id)
		defer w.Stop()
		if got := next(t, w); got != 3 {
			t.Errorf("the first figure is of decision %d", got)
		}
		hub.Changed(state(id, 4)) // this replica's own
		if got := next(t, w); got != 4 {
			t.Errorf("the own change is told as decision %d", got)
		}
		quiet(t, w)
		s.set(state(id, 6)) // another replica's
		if got := next(t, w); got != 6 {
			t.Errorf("the other replica's change is told as decision %d", got)
		}
		hub.Changed(state(id, 5)) // late
		hub.Changed(state(persistence.NewID(), 9))
		quiet(t, w)
		second := hub.Watch(id)
		defer second.Stop()
		if got := next(t, second); got != 6 {
			t.Errorf("who comes later begins with decision %d", got)
		}
	})
}

func TestSlowWatcherGetsTheLatest(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, _ *store) {
		t.Helper()
		id := persistence.NewID()
		w := hub.Watch(id)
		defer w.Stop()
		for sequence := range int64(1000) {
			hub.Changed(state(id, sequence+1))
		}
		if got := next(t, w); got != 1000 {
			t.Errorf("it gets decision %d", got)
		}
		quiet(t, w)
	})
}

// TestCostOfWatching has a thousand watch: the store is asked twice a second, and not at all when nobody watches.
func TestCostOfWatching(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, s *store) {
		t.Helper()
		time.Sleep(10 * time.Second)
		if s.count() != 0 {
			t.Errorf("the store was asked %d times for nobody", s.count())
		}
		var ids []persistence.ID
		var watchers []*availability.Watcher
		for range 10 {
			ids = append(ids, persistence.NewID())
		}
		for n := range 1000 {
			watchers = append(watchers, hub.Watch(ids[n%10]))
		}
		synctest.Wait()
		before := s.count()
		time.Sleep(10 * time.Second)
		if asked := s.count() - before; asked < 19 || asked > 21 {
			t.Errorf("in ten seconds the store was asked %d times", asked)
		}
		for _, w := range watchers {
			w.Stop()
		}
		synctest.Wait()
		before = s.count()
		time.Sleep(10 * time.Second)
		if s.count() != before {
			t.Error("the store is asked after all have gone")
		}
	})
}

// TestCrowdForManyEvents has a thousand come within a moment, each for another event: the store is asked for each event
// once, and not for all of them whenever one comes.
func TestCrowdForManyEvents(t *testing.T) {
	run(t, func(t *testing.T, hub *availability.Hub, s *store) {
		t.Helper()
		for range 1000 {
			id := persistence.NewID()
			s.set(state(id, 1))
			w := hub.Watch(id)
			t.Cleanup(w.Stop)
			if got := next(t, w); got != 1 {
				t.Errorf("the first figure is of decision %d", got)
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ids != 1000 {
			t.Errorf("the store was asked for %d events", s.ids)
		}
	})
}

// TestStoreAway has the store away: it is reported, and watching goes on when it is back.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{now: make(map[persistence.ID]persistence.Inventory), away: errors.New("away")}
		hub := availability.New(s, prometheus.NewRegistry())
		ctx, cancel := context.WithCancel(t.Context())
		var reported []error
		done := make(chan struct{})
		go func() {
			_ = hub.Run(ctx, func(err error) { reported = append(reported, err) })
			close(done)
		}()
		id := persistence.NewID()
		w := hub.Watch(id)
		defer w.Stop()
		time.Sleep(time.Second)
		s.set(state(id, 2))
		s.mu.Lock()
		s.away = nil
		s.mu.Unlock()
		if got := next(t, w); got != 2 {
			t.Errorf("the first figure is of decision %d", got)
		}
		cancel()
		<-done
		if len(reported) < 2 || reported[0] == nil || reported[len(reported)-1] != nil {
			t.Errorf("reported was %v", reported)
		}
	})
}
