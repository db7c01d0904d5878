package mongolayer_test

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// counter counts the commands that are sent, but for those with which mgo watches its connections.
type counter struct {
	mu       sync.Mutex
	commands map[string]int
}

func (c *counter) observe(command string, _ time.Duration, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if command != "ismaster" && command != "ping" {
		c.commands[command]++
	}
}

// take gives what was counted since the last time.
func (c *counter) take() (total int, commands map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	commands = maps.Clone(c.commands)
	clear(c.commands)
	for _, n := range commands {
		total += n
	}
	return total, commands
}

// now is the date of all requests, well before the events' end.
const now = 1_800_000_000

func encodeMessage(c persistence.Change) persistence.Message {
	document, version := "availability:"+c.Inventory.Event.ID.String(), c.Inventory.Sequence
	if c.Booking != nil {
		document, version = c.Booking.ID.String(), c.Booking.Version
	}
	return persistence.Message{
		ID: persistence.MessageID(document, version), Document: document, Name: "some.name", Key: "key",
		Body: []byte(`{"some":"body"}`), Time: time.Now(),
	}
}

// publisher removes from the store at once what it is offered.
type publisher struct {
	t     *testing.T
	store persistence.Outbox
}

// Offer implements inventory.Publisher.
func (p publisher) Offer(messages ...persistence.Message) {
	ids := make([]string, len(messages))
	for n, m := range messages {
		ids[n] = m.ID
	}
	if err := p.store.Done(p.t.Context(), ids...); err != nil {
		p.t.Error(err)
	}
}

// silent leaves everything in the store.
type silent struct{}

// Offer implements inventory.Publisher.
func (silent) Offer(...persistence.Message) {}

// emitter is a broker that takes everything.
type emitter struct{}

// Emit implements msgqueue.EventEmitter.
func (emitter) Emit(_ context.Context, e []msgqueue.Envelope) []error {
	time.Sleep(2 * time.Millisecond)
	return make([]error, len(e))
}

// Close implements msgqueue.EventEmitter.
func (emitter) Close() error { return nil }

func adopt(t *testing.T, i *inventory.Inventory, event persistence.ID, capacity persistence.Capacity) {
	t.Helper()
	a := i.Do(t.Context(), event, inventory.Adopt{Event: persistence.EventCopy{
		ID: event, Name: "Concert", StartDate: now, EndDate: now + 3600, Capacity: capacity, Version: 1,
	}})
	if a.Err != nil {
		t.Fatal(a.Err)
	}
}

func book() inventory.Book {
	return inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 1, Date: now}
}

func TestCommandsOfOneBooking(t *testing.T) {
	count := counter{commands: make(map[string]int)}
	store := openBookings(t, mongolayer.Config{URL: database(backends.SharedMongo(t)), Observe: count.observe})
	event := persistence.NewID()
	i := inventory.New(store, encodeMessage, publisher{t, store}, nil)
	defer i.Close()
	adopt(t, i, event, 100)
	b := book()
	for what, test := range map[string]struct {
		request inventory.Request
		most    int
	}{
		"booking":      {b, 6}, // inventory, booking, commit, insert, remove the op, remove the message
		"booking more": {book(), 6},
	} {
		count.take()
		if a := i.Do(t.Context(), event, test.request); a.Err != nil {
			t.Fatal(a.Err)
		}
		i.Close()
		if total, commands := count.take(); total == 0 || total > test.most {
			t.Errorf("%s takes %d commands, want at most %d: %v", what, total, test.most, commands)
		}
	}
	count.take()
	if a := i.Do(t.Context(), event, b); a.Err != nil || a.New {
		t.Fatalf("the request made again: %+v", a)
	}
	i.Close()
	if total, commands := count.take(); total > 2 {
		t.Errorf("the request made again takes %d commands: %v", total, commands)
	}
	if a := i.Do(t.Context(), event, inventory.Keep{ID: b.ID, Date: now}); a.Err != nil {
		t.Fatal(a.Err)
	}
	i.Close()
	if total, commands := count.take(); total > 6 {
		t.Errorf("giving back takes %d commands: %v", total, commands)
	}
}

// TestCommandsOfAHotEvent has 64 clients book one event, with the relay at work.
func TestCommandsOfAHotEvent(t *testing.T) {
	const clients, each = 64, 20
	count := counter{commands: make(map[string]int)}
	store := openBookings(t, mongolayer.Config{URL: database(backends.SharedMongo(t)), Observe: count.observe})
	event := persistence.NewID()
	relay := outbox.New(store, emitter{}, outbox.Options{})
	i := inventory.New(store, encodeMessage, relay, nil)
	adopt(t, i, event, persistence.Unlimited)

	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = relay.Run(ctx) })
	count.take()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				if a := i.Do(t.Context(), event, book()); a.Err != nil {
					t.Error(a.Err)
				}
			}
		})
	}
	all.Wait()
	i.Close()
	cancel()
	running.Wait()
	if err := relay.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	total, commands := count.take()
	t.Logf("%d commands for %d bookings: %v", total, clients*each, commands)
	if total >= clients*each {
		t.Errorf("%d commands for %d bookings", total, clients*each)
	}
	backlog, err := store.Backlog(t.Context())
	if err != nil || backlog.Messages > 1 { // the event's own may wait for the sweeper
		t.Errorf("the backlog is %+v, %v", backlog, err)
	}
}
