package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const (
	killRounds  = 5
	killClients = 16
	hotCapacity = 150
)

// TestKilledWhileSelling kills the process in the middle of load, again and again, each time right after the organiser
// changed a capacity. Every customer repeats what was not answered, with the same key. In the end each acknowledged
// booking is there once, nothing is oversold, and every domain event has arrived, the organiser's among them. It is what
// deploy/test/endtoend does with the other combinations of store and broker.
func TestKilledWhileSelling(t *testing.T) {
	useExample(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	data := t.TempDir()
	p := start(t, data, "-demo=false")
	var gateway atomic.Value // a string: the ports change with every start
	gateway.Store(p.gateway)
	customers := crowd.New(func() string { return gateway.Load().(string) + "/api" })
	var hot, roomy, doomed eventDocument
	organiser := newOrganiser(t, p.gateway+"/api")
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Hot", hotCapacity), &hot)
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Roomy", 100_000), &roomy)
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Doomed", 100_000), &doomed)

	ctx, stop := context.WithCancel(t.Context())
	var buying sync.WaitGroup
	for n := range killClients {
		buying.Go(func() { customers.Buy(ctx, n, hot.ID, roomy.ID, hot.ID, doomed.ID, hot.ID) })
	}
	for round := range killRounds {
		time.Sleep(time.Duration(50+random.IntN(400)) * time.Millisecond)
		organiser.want(t, 200, "PUT", p.gateway+"/api/events/"+hot.ID, newEvent("Hot", hotCapacity+int64(round)), nil)
		if round == killRounds-1 {
			organiser.want(t, 200, "DELETE", p.gateway+"/api/events/"+doomed.ID, nil, nil)
		}
		p.kill(t)
		p = start(t, data, "-demo=false")
		gateway.Store(p.gateway)
	}
	eventually(t, "the hot event is sold out", func() bool {
		var seats seatsDocument
		status, err := organiser.Do(ctx, "GET", p.gateway+"/api/events/"+hot.ID+"/availability", nil, &seats, "")
		return err == nil && status == 200 && *seats.Available == 0 && *seats.Capacity == hotCapacity+killRounds-1
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
	verify(t, customers, data, hot.ID, roomy.ID, doomed.ID)
	verifyLog(t, data)
}

// useExample has all processes read the settings of the documentation's example until the test ends. Where they are for
// their clients, only the test knows.
func useExample(t *testing.T) {
	t.Helper()
	example, err := os.ReadFile(filepath.Join("..", "configuration", "bolt-inproc.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(configuration.DefaultFile, example, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PUBLIC_URL", "http://localhost")
}

// verifyLog has the booking service's commands check the log against what the store holds.
func verifyLog(t *testing.T, data string) {
	t.Helper()
	for _, arguments := range [][]string{{"audit", "-settle", "0s"}, {"replay", "-verify"}} {
		c := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(binary), "bookingservice"), arguments...)
		c.Env = append(os.Environ(), "BOLT_DIRECTORY="+data, "INPROC_DIRECTORY="+data, "ADMIN_PASSWORD=")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v", arguments, err)
		}
		t.Logf("%v:\n%s", arguments, out)
	}
}

// verify checks what is left. Of the events only the last one was cancelled.
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
	for n, id := range events {
		parsed, err := persistence.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		copies, err := store.FindEventCopies(t.Context(), parsed)
		if last := n == len(events)-1; err != nil || len(copies) != 1 || copies[0].Cancelled != last {
			t.Errorf("the booking service has %+v, %v of event %d; cancelled must be %t", copies, err, n, last)
		}
	}
}

// waiting counts the messages of both services that the broker does not have.
func waiting(t *testing.T, data string) int {
	t.Helper()
	events, err := boltlayer.OpenEvents(filepath.Join(data, "events.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close() //nolint:errcheck // it was only read
	bookings := openBookings(t, data)
	defer bookings.Close() //nolint:errcheck // it was only read
	messages := 0
	for _, store := range []persistence.Outbox{events, bookings} {
		b, err := store.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		messages += b.Messages
	}
	return messages
}

func openBookings(t *testing.T, data string) persistence.BookingHandler {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}
