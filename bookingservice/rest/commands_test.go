package rest_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"sync"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// commands counts what is asked of MongoDB.
type commands struct {
	mu     sync.Mutex
	counts map[string]int
}

// observe leaves out how mgo watches its connections.
func (c *commands) observe(command string, _ time.Duration, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if command != "ismaster" && command != "ping" {
		c.counts[command]++
	}
}

// take gives what was counted since the last time.
func (c *commands) take() (total int, counts map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts = maps.Clone(c.counts)
	clear(c.counts)
	for _, n := range counts {
		total += n
	}
	return total, counts
}

// countedWorld makes a world on MongoDB.
func countedWorld(t *testing.T, choices ...choice) (*world, *commands) {
	t.Helper()
	count := &commands{counts: make(map[string]int)}
	url := backends.SharedMongo(t).URL + "/test_" + persistence.NewID().String()
	store, err := mongolayer.OpenBookings(mongolayer.Config{URL: url, Observe: count.observe})
	if err != nil {
		t.Fatal(err)
	}
	return worldOn(t, store, choices...), count
}

// TestCommandsPerBooking counts what bookings over HTTP, with key and session, ask of MongoDB: alone at most five
// commands, to which the relay adds one; one hot event with 64 visitors less than one a booking.
func TestCommandsPerBooking(t *testing.T) {
	const visitors, each = 64, 10
	w, count := countedWorld(t)
	event := w.event(t, persistence.Unlimited)
	clients := make([]func(n int), visitors)
	for v := range clients {
		c := w.Visitor(t)
		clients[v] = func(n int) {
			book(t, c, event, 1, "Idempotency-Key", fmt.Sprintf("visitor-%02d-and-request-%03d", v, n))
		}
		clients[v](0) // begins the session
	}
	count.take()
	least := math.MaxInt // the least of some: a background poll may come in between
	for n := range 5 {
		clients[0](1 + n)
		total, _ := count.take()
		least = min(least, total)
	}
	if least > 5 {
		t.Errorf("alone: %d commands", least)
	}
	var all sync.WaitGroup
	for _, client := range clients {
		all.Go(func() {
			for n := range each {
				client(100 + n)
			}
		})
	}
	all.Wait()
	total, counts := count.take()
	t.Logf("%d commands for %d bookings: %v", total, visitors*each, counts)
	if total >= visitors*each {
		t.Errorf("%d commands for %d bookings: %v", total, visitors*each, counts)
	}
}

// TestCommandsOfOrganisers counts what organisers ask of MongoDB: who comes four commands, and the statistics two, unless
// something was decided.
func TestCommandsOfOrganisers(t *testing.T) {
	w, count := countedWorld(t, open)
	event, other := w.event(t, 100), w.event(t, 100)
	book(t, w.Client, event, 2)
	b := book(t, w.Client, other, 3)
	w.Want(t, 200, "POST", "/bookings/"+b.ID+"/cancellation", object{"reason": "ill"})
	for path, most := range map[string]int{"/events/" + event + "/bookings": 4, "/statistics": 2} {
		first := w.Want(t, 200, "GET", path, nil)
		least := math.MaxInt // the least of some: a background poll may come in between
		for range 5 {
			count.take()
			again := w.Want(t, 200, "GET", path, nil)
			total, _ := count.take()
			least = min(least, total)
			if !bytes.Equal(again.Body, first.Body) {
				t.Errorf("%s: %s is followed by %s", path, first.Body, again.Body)
			}
		}
		if least > most {
			t.Errorf("%s: %d commands", path, least)
		}
	}
	sums := make(map[string]sold)
	for _, s := range statistics(t, w.Want(t, 200, "GET", "/statistics", nil)) {
		sums[s.EventID] = s
	}
	if a, b := sums[event], sums[other]; a.Booked != 2 || a.GivenBack != 0 || b.Booked != 0 || b.GivenBack != 3 {
		t.Errorf("the statistics are %+v", sums)
	}
}
