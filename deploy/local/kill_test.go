package main

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const (
	killRounds  = 5
	killClients = 16
	hotCapacity = 150
)

// TestKilledWhileSelling kills the process in the middle of load, again and again. Every customer repeats what was not
// answered, with the same key. In the end each acknowledged booking is there once, nothing is oversold, and every domain
// event has arrived.
func TestKilledWhileSelling(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	data := t.TempDir()
	p := start(t, data, "-demo=false")
	var gateway atomic.Value // a string: the ports change with every start
	gateway.Store(p.gateway)
	customers := crowd.New(func() string { return gateway.Load().(string) + "/api" })
	var hot, roomy eventDocument
	organiser := newVisitor()
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Hot", hotCapacity), &hot)
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Roomy", 100_000), &roomy)

	ctx, stop := context.WithCancel(t.Context())
	var buying sync.WaitGroup
	for n := range killClients {
		buying.Go(func() { customers.Buy(ctx, n, hot.ID, roomy.ID) })
	}
	for range killRounds {
		time.Sleep(time.Duration(50+random.IntN(400)) * time.Millisecond)
		p.kill(t)
		p = start(t, data, "-demo=false")
		gateway.Store(p.gateway)
	}
	eventually(t, "the hot event is sold out", func() bool {
		var seats seatsDocument
		status, err := organiser.Do(ctx, "GET", p.gateway+"/api/events/"+hot.ID+"/availability", nil, &seats, "")
		return err == nil && status == 200 && *seats.Available == 0
	})
	stop()
	buying.Wait()
	p.stop(t)
	for waiting(t, data) > 0 { // they wait for the next process
		p = start(t, data, "-demo=false")
		time.Sleep(time.Second)
		p.stop(t)
	}
	t.Logf("%d bookings were acknowledged", customers.Acknowledged())
	verify(t, customers, data, hot.ID, roomy.ID)
}

func verify(t *testing.T, customers *crowd.Crowd, data string, events ...string) {
	t.Helper()
	store := openBookings(t, data)
	defer store.Close() //nolint:errcheck // it was only read
	broker, err := inproc.Open(data, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	if err := customers.Verify(t.Context(), store, broker, events...); err != nil {
		t.Error(err)
	}
}

// waiting counts the booking service's messages that the broker does not have.
func waiting(t *testing.T, data string) int {
	t.Helper()
	store := openBookings(t, data)
	defer store.Close() //nolint:errcheck // it was only read
	b, err := store.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Messages
}

func openBookings(t *testing.T, data string) persistence.BookingHandler {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}
