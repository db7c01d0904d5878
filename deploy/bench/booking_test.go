package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/bookingservice/announce"
	bookings "myevents/bookingservice/service"
	events "myevents/eventservice/announce"
	"myevents/lib/configuration"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// buyers is how many clients book at the same time.
const buyers = 64

// BenchmarkHotEvent: target 50 % of bbolt.Batch with a key and a value of the size of a booking, from as many
// goroutines. Ours are bookings of one event over HTTP by clients with sessions, with everything that belongs to it:
// the inventory, the booking, the outbox, the relay and the broker. As it comes, Batch spends most of its time waiting
// for more calls; so there is also a comparison, without a target, with one that writes as soon as all have called.
func BenchmarkHotEvent(b *testing.B) {
	url := serveBookings(b)
	clients := make([]*http.Client, buyers)
	for n := range clients {
		jar, err := cookiejar.New(nil)
		if err != nil {
			b.Fatal(err)
		}
		clients[n] = &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
		book(b.Context(), clients[n], url) // begins the session
	}
	for _, c := range []struct {
		name  string
		batch int
		goal
	}{
		{"batch", 0, goal{"a booking of one event over HTTP, 64 clients, against bare `bbolt.Batch`", 50}},
		{"eager-batch", buyers, goal{"the same, against a `bbolt.Batch` that never waits", 0}},
	} {
		b.Run(c.name, func(b *testing.B) {
			bare := batch(b, c.batch)
			compare(b, c.goal, 6400, func(operations int) {
				inParallel(buyers, operations, func(int) func() { return bare })
			}, func(operations int) {
				inParallel(buyers, operations, func(n int) func() { return func() { book(b.Context(), clients[n], url) } })
			})
		})
	}
}

// batch puts a key and a value of the size of a booking, by transactions of up to so many calls; 0 is what bbolt has.
func batch(b *testing.B, size int) func() {
	b.Helper()
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if size > 0 {
		db.MaxBatchSize = size
	}
	value := bytes.Repeat([]byte("x"), 230)
	return func() {
		id := persistence.NewID()
		err := db.Batch(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("bookings"))
			if err != nil {
				return err
			}
			return bucket.Put(id[:], value)
		})
		if err != nil {
			panic(err)
		}
	}
}

func book(ctx context.Context, c *http.Client, url string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(`{"seats":1}`)))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := c.Do(r)
	if err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		panic(response.Status)
	}
}

// serveBookings runs a booking service that knows one event, and gives the address to book at.
func serveBookings(b *testing.B) string {
	b.Helper()
	b.Setenv("LOG_LEVEL", "warn")
	data := b.TempDir()
	settings, err := configuration.Load(configuration.BookingService, "", func(name string) (string, bool) {
		value, ok := map[string]string{
			"LISTEN_URL": "localhost:0", "METRICS_URL": "localhost:0", "DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": data, "LOG_LEVEL": "error",
			"LIMIT_PER_ADDRESS": strconv.Itoa(plenty), "LIMIT_PER_EVENT": strconv.Itoa(plenty), "AUTH": "on",
		}[name]
		return value, ok
	})
	if err != nil {
		b.Fatal(err)
	}
	broker, err := inproc.Open(data, inproc.Options{Groups: []string{"bookingservice"}})
	if err != nil {
		b.Fatal(err)
	}
	service, err := bookings.New(b.Context(), settings, bookings.Dependencies{Emitter: broker, Listener: broker})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
		_ = broker.Close()
	})
	e := persistence.Event{ID: persistence.NewID(), Name: "Hot", StartDate: 1_900_000_000, EndDate: 1_900_007_200, Version: 1}
	m := events.EventCreated(e, persistence.Location{})
	for _, err := range broker.Emit(b.Context(), []msgqueue.Envelope{
		{ID: m.ID, Name: m.Name, Key: m.Key, Body: m.Body, Time: m.Time},
	}) {
		if err != nil {
			b.Fatal(err)
		}
	}
	url := "http://" + service.Address.String() + "/events/" + e.ID.String()
	for get := client(); ; time.Sleep(time.Millisecond) {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url+"/availability", http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		response, err := get.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return url + "/bookings"
		}
	}
}

// seller is an inventory on an embedded store.
type seller struct {
	*inventory.Inventory
	event persistence.ID
}

// newSeller makes one with so many events, and so many bookings of one of them.
func newSeller(b *testing.B, known, sold int) seller {
	b.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(b.TempDir(), "bookings.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	s := seller{Inventory: inventory.New(store, announce.Decision, done{store}, nil)}
	b.Cleanup(func() {
		s.Close()
		_ = store.Close()
	})
	each(known, func() {
		id := persistence.NewID()
		s.must(id, inventory.Adopt{Event: persistence.EventCopy{
			ID: id, Name: "Event", EndDate: 2_000_000_000, Capacity: persistence.Unlimited, Version: 1,
		}})
	})
	s.event = persistence.NewID()
	s.must(s.event, inventory.Adopt{Event: persistence.EventCopy{
		ID: s.event, Name: "Event", EndDate: 2_000_000_000, Capacity: persistence.Unlimited, Version: 1,
	}})
	each(sold, s.book)
	return s
}

// each does something so often, by many at a time.
func each(times int, do func()) {
	var started atomic.Int64
	var all sync.WaitGroup
	for range 256 {
		all.Go(func() {
			for started.Add(1) <= int64(times) {
				do()
			}
		})
	}
	all.Wait()
}

func (s seller) must(event persistence.ID, r inventory.Request) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if a := s.Do(ctx, event, r); a.Err != nil {
		panic(a.Err)
	}
}

func (s seller) book() {
	s.must(s.event, inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 1, Date: 1_800_000_000})
}

// done is a relay whose broker takes everything at once.
type done struct{ store persistence.BookingHandler }

// Offer implements inventory.Publisher.
func (d done) Offer(messages ...persistence.Message) {
	ids := make([]string, len(messages))
	for n, m := range messages {
		ids[n] = m.ID
	}
	if len(ids) > 0 {
		go func() { _ = d.store.Done(context.Background(), ids...) }()
	}
}

// BenchmarkFlat: target 83 %: a booking with many events, or many bookings of the event, costs at most a fifth more.
func BenchmarkFlat(b *testing.B) {
	for _, c := range []struct {
		events, sold int
		what         string
	}{
		{100_000, 0, "a booking with 100,000 events, against one with 10"},
		{10, 50_000, "a booking after 50,000 of the event, against the first ones"},
	} {
		b.Run(fmt.Sprintf("%d-events-%d-bookings", c.events, c.sold), func(b *testing.B) {
			small, large := newSeller(b, 10, 0), newSeller(b, c.events, c.sold)
			compare(b, goal{c.what, 83}, 300,
				func(operations int) { inParallel(1, operations, func(int) func() { return small.book }) },
				func(operations int) { inParallel(1, operations, func(int) func() { return large.book }) })
		})
	}
}
