package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/lib/msgqueue"
	"myevents/lib/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a relay that runs, in a bubble in which time passes as fast as nothing happens.
type world struct {
	*testing.T
	store   *store
	emitter *emitter
	relay   *outbox.Relay
	// stop ends Run and waits for it.
	stop func()
}

func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, store: newStore(), emitter: newEmitter()}
		w.relay, w.stop = start(w, outbox.Options{})
		defer w.stop()
		synctest.Wait()
		time.Sleep(10 * time.Millisecond) // the first sweep is over
		test(w)
	})
}

func start(w *world, o outbox.Options) (r *outbox.Relay, stop func()) {
	r = outbox.New(w.store, w.emitter, o)
	ctx, cancel := context.WithCancel(w.Context())
	var run sync.WaitGroup
	run.Go(func() {
		if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
			w.Errorf("Run answered %v", err)
		}
	})
	return r, func() { cancel(); run.Wait() }
}

// save stores a message and tells the relay as the services do.
func (w *world) save(document string, version int64) {
	if m, oldest := w.store.add(document, version); oldest {
		w.relay.Offer(m)
	} else {
		w.relay.Offer()
	}
}

// wantEmpty waits until nothing is left in the store.
func (w *world) wantEmpty(within time.Duration) {
	w.Helper()
	for end := time.Now().Add(within); w.store.left() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("%d messages are left after %v", w.store.left(), within)
		}
	}
}

func document(n int) string { return fmt.Sprintf("%024x", n) }

func TestFastPath(t *testing.T) {
	inWorld(t, func(w *world) {
		pending := w.store.count("Pending")
		w.save(document(1), 1)
		w.wantEmpty(10 * time.Millisecond)
		if n := w.store.count("Pending") - pending; n != 0 {
			w.Errorf("the store was read %d times, want none", n)
		}
		wantOrder(t, w.emitter.ids(), 1, 1)
	})
}

// TestFollowers shows that the messages behind a document's oldest do not wait for the sweeper's next turn.
func TestFollowers(t *testing.T) {
	inWorld(t, func(w *world) {
		for v := range int64(50) {
			w.save(document(1), v+1)
		}
		w.wantEmpty(500 * time.Millisecond)
		wantOrder(t, w.emitter.ids(), 1, 50)
		wantOnce(t, w.emitter.ids())
	})
}

// TestFollowersAfterRestart is the same for messages that nobody told of.
func TestFollowersAfterRestart(t *testing.T) {
	inWorld(t, func(w *world) {
		for v := range int64(50) {
			w.store.add(document(1), v+1)
		}
		time.Sleep(time.Second)
		w.wantEmpty(1500 * time.Millisecond)
		wantOrder(t, w.emitter.ids(), 1, 50)
	})
}

// TestReadsOnce works off what a dead replica left behind without reading it again and again while it is in hand.
func TestReadsOnce(t *testing.T) {
	const n = 20_000
	inWorld(t, func(w *world) {
		w.emitter.takes = 50 * time.Millisecond
		for i := range n {
			w.store.add(document(i), 1)
		}
		time.Sleep(2 * time.Second)
		w.wantEmpty(5 * time.Second)
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if w.store.read > 2*n {
			w.Errorf("%d messages were read to publish %d", w.store.read, n)
		}
		wantOnce(t, w.emitter.ids())
	})
}

// load has clients save messages of their own documents, at random moments.
func (w *world) load(clients, versions int) {
	var g sync.WaitGroup
	for c := range clients {
		g.Go(func() {
			for v := range versions {
				w.save(document(c), int64(v)+1)
				time.Sleep(rand.N(20 * time.Millisecond))
			}
		})
	}
	g.Wait()
}

// TestNothingTwice has both ways work under load for many seconds, and no message is sent twice.
func TestNothingTwice(t *testing.T) {
	inWorld(t, func(w *world) {
		w.load(50, 1000)
		w.wantEmpty(time.Second)
		wantOrder(t, w.emitter.ids(), 50, 1000)
		wantOnce(t, w.emitter.ids())
	})
}

// TestFaults lets calls fail at random, in part and on the whole: nothing is lost, and the order holds.
func TestFaults(t *testing.T) {
	inWorld(t, func(w *world) {
		broken := errors.New("broken")
		w.store.failing(func(string) error {
			if rand.N(3) == 0 {
				return broken
			}
			return nil
		})
		w.emitter.failing(func(msgqueue.Envelope) error {
			return []error{nil, nil, nil, nil, nil, broken, msgqueue.ErrUnavailable}[rand.N(7)]
		})
		w.load(20, 20)
		w.wantEmpty(10 * time.Minute)
		wantOrder(t, w.emitter.ids(), 20, 20)
	})
}

// TestBrokerAway has the broker away for ten minutes while 50,000 messages are stored.
func TestBrokerAway(t *testing.T) {
	const n = 50_000
	inWorld(t, func(w *world) {
		w.emitter.away()
		for i := range n {
			w.save(document(i), 1)
		}
		time.Sleep(10 * time.Minute)
		if calls := w.emitter.count(); calls > 600 {
			w.Errorf("the broker was tried %d times in ten minutes", calls)
		}
		if calls := w.store.count("Pending"); calls > 1500 { // several pages for a try
			w.Errorf("the store was read %d times in ten minutes", calls)
		}
		w.emitter.here()
		w.wantEmpty(10 * time.Second)
		wantOrder(t, w.emitter.ids(), n, 1)
		wantOnce(t, w.emitter.ids())
	})
}

// TestRefusedMessage shows that a message which the broker does not take holds up nobody but its own document.
func TestRefusedMessage(t *testing.T) {
	inWorld(t, func(w *world) {
		w.emitter.failing(func(e msgqueue.Envelope) error {
			if strings.HasPrefix(e.ID, document(7)) {
				return errors.New("too large")
			}
			return nil
		})
		w.load(20, 50)
		time.Sleep(time.Minute)
		if left := w.store.left(); left != 50 {
			w.Errorf("%d messages are left, want the 50 of one document", left)
		}
		if calls := w.emitter.count(); calls > 20*50+100 {
			w.Errorf("the broker was called %d times", calls)
		}
		w.emitter.here()
		w.wantEmpty(10 * time.Second)
		wantOrder(t, w.emitter.ids(), 20, 50)
	})
}

// TestDoneFails shows that what the broker has is not sent again because the store cannot remove it.
func TestDoneFails(t *testing.T) {
	inWorld(t, func(w *world) {
		w.store.failing(func(method string) error {
			if method == "Done" {
				return errors.New("broken")
			}
			return nil
		})
		w.load(20, 1)
		time.Sleep(time.Minute)
		if calls := w.store.count("Done"); calls > 100 {
			w.Errorf("removing was tried %d times in a minute", calls)
		}
		w.store.failing(func(string) error { return nil })
		w.wantEmpty(10 * time.Second)
		wantOrder(t, w.emitter.ids(), 20, 1)
		wantOnce(t, w.emitter.ids())
	})
}

// TestReplicaDied has another relay take over what a dead one left behind, when its lease is over.
func TestReplicaDied(t *testing.T) {
	inWorld(t, func(w *world) {
		w.emitter.away()
		w.load(20, 3)
		w.stop()
		w.emitter.here()
		_, stop := start(w, outbox.Options{})
		defer stop()
		time.Sleep(time.Second)
		if left := w.store.left(); left != 60 {
			w.Errorf("%d of 60 messages are left while the lease lasts", left)
		}
		w.wantEmpty(20 * time.Second)
		wantOrder(t, w.emitter.ids(), 20, 3)
		wantOnce(t, w.emitter.ids())
	})
}

// TestTwoReplicas shows that the sweeper of one leaves the fast path of another alone.
func TestTwoReplicas(t *testing.T) {
	inWorld(t, func(w *world) {
		other, stop := start(w, outbox.Options{})
		defer stop()
		for i := range 20_000 {
			m, _ := w.store.add(document(i), 1)
			other.Offer(m)
			time.Sleep(time.Millisecond)
		}
		w.wantEmpty(time.Second)
		wantOrder(t, w.emitter.ids(), 20_000, 1)
		wantOnce(t, w.emitter.ids())
	})
}

func TestDrain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.emitter.takes = 50 * time.Millisecond
		for i := range 3000 {
			w.save(document(i), 1)
		}
		w.stop()
		if w.store.left() == 0 {
			w.Fatal("nothing was left to drain")
		}
		w.save(document(3000), 1) // by a request that was still running
		ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
		defer cancel()
		if err := w.relay.Drain(ctx); err != nil {
			w.Error(err)
		}
		w.wantEmpty(0)
		wantOnce(t, w.emitter.ids())
	})
}

// TestDrainWhileRunning has Drain begin first, as a shutdown may.
func TestDrainWhileRunning(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 3000 {
			w.save(document(i), 1)
		}
		if err := w.relay.Drain(w.Context()); err != nil {
			w.Error(err)
		}
		w.wantEmpty(0)
		wantOnce(t, w.emitter.ids())
	})
}

// TestDrainWhileEnding has both end at the same moment.
func TestDrainWhileEnding(t *testing.T) {
	inWorld(t, func(w *world) {
		w.emitter.takes = 50 * time.Millisecond
		w.save(document(1), 1)
		time.Sleep(10 * time.Millisecond)
		go w.stop()
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		if err := w.relay.Drain(ctx); err != nil {
			w.Error(err)
		}
		w.wantEmpty(0)
	})
}

func TestDrainIsBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		w.emitter.takes = time.Hour
		w.save(document(1), 1)
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := w.relay.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			w.Errorf("got %v, want that the time is over", err)
		}
		if took := time.Since(began); took > 2*time.Second {
			w.Errorf("it took %v", took)
		}
		w.stop()
		if left := w.store.left(); left != 1 {
			w.Errorf("%d messages are left, want 1", left)
		}
	})
}

// TestTells shows what an operator sees: one line for each change, and the figures.
func TestTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		registry := prometheus.NewRegistry()
		w := &world{T: t, store: newStore(), emitter: newEmitter()}
		w.emitter.away()
		var stop func()
		w.relay, stop = start(w, outbox.Options{
			Logger: slog.New(slog.NewTextHandler(&log, nil)), Registerer: registry,
		})
		w.load(20, 1)
		time.Sleep(10 * time.Minute)
		if n := gauge(t, registry, "myevents_outbox_messages"); n != 20 {
			t.Errorf("the depth is %v, want 20", n)
		}
		if age := gauge(t, registry, "myevents_outbox_oldest_seconds"); age < 600 || age > 602 {
			t.Errorf("the age is %v, want ten minutes", age)
		}
		w.emitter.here()
		w.wantEmpty(10 * time.Second)
		time.Sleep(10 * time.Second)
		stop()
		for _, name := range []string{"myevents_outbox_messages", "myevents_outbox_oldest_seconds"} {
			if n := gauge(t, registry, name); n != 0 {
				t.Errorf("%s is %v, want 0", name, n)
			}
		}
		if n := gauge(t, registry, "myevents_outbox_published_total"); n != 20 {
			t.Errorf("%v were published, want 20", n)
		}
		if n := gauge(t, registry, "myevents_outbox_failed_total"); n == 0 {
			t.Error("no failure was counted")
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("there are %d lines in the log, want 2:\n%s", n, log.String())
		}
	})
}

func gauge(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}
