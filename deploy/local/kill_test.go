package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const (
	killRounds  = 5
	killClients = 16
	hotCapacity = 150
)

// sale is what clients were told while the process was killed again and again.
type sale struct {
	gateway atomic.Value // string: the ports change with every start

	mu   sync.Mutex
	held map[string]int64 // seats of each acknowledged booking, by its ID
	// unsure has the bookings that a client wanted to give back, without an answer before the end.
	unsure map[string]bool
}

// TestKilledWhileSelling kills the process in the middle of load, again and again. Every client repeats what it was
// not answered, with the same key. In the end each acknowledged booking is there once, nothing is oversold, and every
// domain event has arrived.
func TestKilledWhileSelling(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	data := t.TempDir()
	s := &sale{held: make(map[string]int64), unsure: make(map[string]bool)}
	p := start(t, data, "-demo=false")
	s.gateway.Store(p.gateway)
	var hot, roomy eventDocument
	organiser := newVisitor(t)
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Hot", hotCapacity), &hot)
	organiser.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Roomy", 100_000), &roomy)

	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for n := range killClients {
		v := newVisitor(t)
		clients.Go(func() { s.buy(ctx, t, v, n, hot.ID, roomy.ID) })
	}
	for range killRounds {
		time.Sleep(time.Duration(50+random.IntN(400)) * time.Millisecond)
		p.kill(t)
		p = start(t, data, "-demo=false")
		s.gateway.Store(p.gateway)
	}
	eventually(t, "the hot event is sold out", func() bool {
		var seats seatsDocument
		status, err := organiser.do(ctx, "GET", p.gateway+"/api/events/"+hot.ID+"/availability", nil, &seats, "")
		return err == nil && status == 200 && *seats.Available == 0
	})
	stop()
	clients.Wait()
	p.stop(t)
	for waiting(t, data) > 0 { // they wait for the next process
		p = start(t, data, "-demo=false")
		time.Sleep(time.Second)
		p.stop(t)
	}
	t.Logf("%d bookings were acknowledged", len(s.held))
	s.verify(t, data, hot.ID, roomy.ID)
}

// buy books, and gives back some, until the context ends. What it was told it notes.
func (s *sale) buy(ctx context.Context, t *testing.T, v *visitor, client int, events ...string) {
	t.Helper()
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("key-of-client-%02d-and-request-%06d", client, n)
		path := "/api/events/" + events[n%len(events)] + "/bookings"
		var b bookingDocument
		if status := s.insist(ctx, v, "POST", path, map[string]int{"seats": 1 + n%3}, &b, key); status != 201 {
			if status != 0 && status != 409 && status != 401 {
				t.Errorf("booking was answered with %d", status)
			}
			continue
		}
		giveBack := n%4 == 1
		s.note(b, giveBack)
		if giveBack && s.insist(ctx, v, "DELETE", "/api/bookings/"+b.ID, nil, &b, "") == 200 {
			s.note(b, false)
		}
	}
}

// insist repeats a request until it is answered, by whatever process is there then; 0 if the context ends first. 404 is
// no answer: a process that just started may know of an event a moment later.
func (s *sale) insist(ctx context.Context, v *visitor, method, path string, body, result any, key string) int {
	for ctx.Err() == nil {
		gateway, _ := s.gateway.Load().(string)
		status, err := v.do(ctx, method, gateway+path, body, result, key)
		if err == nil && status != 404 && status != 503 {
			return status
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0
}

func (s *sale) note(b bookingDocument, unsure bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[b.ID], s.unsure[b.ID] = b.Seats, unsure
}

// verify reads the stores and the broker's log after the process has ended.
func (s *sale) verify(t *testing.T, data string, events ...string) {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	for id, seats := range s.held {
		booking, err := store.FindBooking(t.Context(), parse24(t, id))
		gaveBack := s.unsure[id] && booking.Seats == 0
		if err != nil || booking.Seats != seats && !gaveBack {
			t.Errorf("a client was told of %d seats of the booking %s, the store has %+v, %v", seats, id, booking, err)
		}
	}
	log := readDecisions(t, data)
	for _, id := range events {
		inventories, err := store.Availability(t.Context(), parse24(t, id))
		if err != nil || len(inventories) != 1 {
			t.Fatal(inventories, err)
		}
		verifyDecisions(t, log[id], inventories[0])
	}
}

// waiting counts the booking service's messages that the broker does not have.
func waiting(t *testing.T, data string) int {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	b, err := store.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Messages
}

func parse24(t *testing.T, id string) persistence.ID {
	t.Helper()
	parsed, err := persistence.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// decided is a decision as the log has it.
type decided struct {
	EventID, BookingID string
	Seats              int64
	contracts.Decision
}

// readDecisions reads the decisions of the broker's log, by event and in the order of their sequence. What the log has
// more than once counts once.
func readDecisions(t *testing.T, data string) map[string][]decided {
	t.Helper()
	broker, err := inproc.Open(data, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	seen := make(map[string]bool)
	log := make(map[string][]decided)
	err = broker.ReadLog(t.Context(), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		var d decided
		if err := json.Unmarshal(e.Body, &d); err != nil {
			return err
		}
		if d.Sequence > 0 && !seen[e.ID] {
			seen[e.ID] = true
			log[d.EventID] = append(log[d.EventID], d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, decisions := range log {
		slices.SortFunc(decisions, func(a, b decided) int { return cmp.Compare(a.Sequence, b.Sequence) })
	}
	return log
}

func verifyDecisions(t *testing.T, log []decided, inventory persistence.Inventory) {
	t.Helper()
	held := make(map[string]int64)
	var booked int64
	for n, d := range log {
		more := d.Seats - held[d.BookingID]
		if d.BookingID == "" {
			more = 0
		}
		held[d.BookingID] = d.Seats
		if d.Sequence != int64(n+1) || d.Booked != booked+more {
			t.Fatalf("decision %d of the log is %+v after %d seats were sold", n+1, d, booked)
		}
		if more > 0 && d.Booked > *d.Capacity {
			t.Fatalf("oversold: %+v", d)
		}
		booked = d.Booked
	}
	if int64(len(log)) != inventory.Sequence || booked != inventory.Booked {
		t.Errorf("the log ends at decision %d with %d seats, the store has %+v", len(log), booked, inventory)
	}
}
