package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/bookingservice/announce"
	"myevents/bookingservice/ledger"
	"myevents/bookingservice/listener"
	backends "myevents/deploy/test"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/msgqueue/kafka"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = time.Minute

// onBrokers runs a test on every broker that keeps a log, on the quickest one three times. What it opens are different
// brokers.
func onBrokers(t *testing.T, test func(t *testing.T, open func() builder.Broker)) {
	t.Helper()
	inproc := func(t *testing.T, _ bool) builder.Settings {
		t.Helper()
		return builder.Settings{Type: "inproc", Directory: t.TempDir()}
	}
	openers := map[string]func(t *testing.T, another bool) builder.Settings{
		"inproc": inproc, "inproc again": inproc, "inproc once more": inproc,
		"amqp": func(t *testing.T, _ bool) builder.Settings {
			t.Helper()
			rabbit := backends.StartRabbitMQ(t)
			return builder.Settings{Type: "amqp", URL: rabbit.URL + rabbit.Empty(t)}
		},
		"kafka": func(t *testing.T, another bool) builder.Settings {
			t.Helper()
			return builder.Settings{Type: "kafka", Kafka: kafka.Config{URLs: emptyKafka(t, another).URLs}}
		},
	}
	for name, settings := range openers {
		t.Run(name, func(t *testing.T) {
			another := false
			test(t, func() builder.Broker {
				s := settings(t, another)
				another = true
				s.Subscriptions = contracts.Subscriptions()
				return openBroker(t, s)
			})
		})
	}
}

// emptyKafka is the broker that the tests share, with nothing in it, or another one where a test has that already.
func emptyKafka(t *testing.T, another bool) *backends.Kafka {
	t.Helper()
	if another {
		return backends.StartKafka(t)
	}
	k := backends.SharedKafka(t)
	k.Empty(t)
	return k
}

func openBroker(t *testing.T, s builder.Settings) builder.Broker {
	t.Helper()
	broker, err := builder.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	return broker
}

func inprocBroker(t *testing.T) builder.Broker {
	t.Helper()
	return openBroker(t, builder.Settings{Type: "inproc", Directory: t.TempDir(), Subscriptions: contracts.Subscriptions()})
}

func openStore(t *testing.T) persistence.BookingHandler {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "bookings.db"))
}

func openFile(t *testing.T, path string) persistence.BookingHandler {
	t.Helper()
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func newReader(t *testing.T, broker any) *ledger.Reader {
	t.Helper()
	r, err := ledger.NewReader(broker, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// system is the booking service without its API, and an organiser who does all sorts of things.
type system struct {
	*testing.T
	broker builder.Broker
	store  persistence.BookingHandler
	path   string // of the store's file
	stop   func() // ends the service, but not the store
	seats  *inventory.Inventory
	random *rand.Rand

	events    []contracts.EventState
	locations []contracts.LocationState
	deleted   map[string]bool
	bookings  []persistence.Booking
}

func startSystem(t *testing.T, broker builder.Broker) *system {
	t.Helper()
	return startOn(t, broker, filepath.Join(t.TempDir(), "bookings.db"))
}

// startOn starts on a store that may have something already.
func startOn(t *testing.T, broker builder.Broker, path string) *system {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := &system{
		T: t, broker: broker, store: openFile(t, path), path: path, random: rand.New(rand.NewPCG(seed, 0)), deleted: make(map[string]bool),
	}
	relay := outbox.New(s.store, broker, outbox.Options{})
	s.seats = inventory.New(s.store, announce.Decision, relay, nil)
	applier := listener.New(s.seats, s.store, prometheus.NewRegistry(), nil)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = relay.Run(ctx) })
	running.Go(func() { _ = applier.Listen(ctx, broker) })
	s.stop = sync.OnceFunc(func() {
		stop()
		running.Wait()
		s.seats.Close()
	})
	t.Cleanup(s.stop)
	return s
}

func (s *system) context() context.Context {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	s.Cleanup(cancel)
	return ctx
}

// emit tells of something, as the event service does.
func (s *system) emit(document string, version int64, e contracts.Event) {
	s.Helper()
	s.emitAll(envelope(s.T, persistence.MessageID(document, version), e))
}

func (s *system) emitAll(all ...msgqueue.Envelope) {
	s.Helper()
	if err := errors.Join(s.broker.Emit(s.context(), all)...); err != nil {
		s.Fatal(err)
	}
}

func envelope(t *testing.T, id string, e contracts.Event) msgqueue.Envelope {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return msgqueue.Envelope{ID: id, Name: e.EventName(), Key: e.PartitionKey(), Body: body, Time: time.Now().UTC()}
}

func (s *system) addLocation() {
	l := contracts.LocationState{
		ID: persistence.NewID().String(), Name: fmt.Sprintf("Hall %d", len(s.locations)), TimeZone: "UTC", Version: 1,
	}
	s.locations = append(s.locations, l)
	s.emit(l.ID, l.Version, &contracts.LocationCreated{LocationState: l})
}

func (s *system) changeLocation() {
	l := &s.locations[s.random.IntN(len(s.locations))]
	if s.deleted[l.ID] {
		return
	}
	l.Version++
	l.Address = fmt.Sprintf("Street %d", l.Version)
	if s.deleted[l.ID] = s.random.IntN(4) == 0; s.deleted[l.ID] {
		s.emit(l.ID, l.Version, &contracts.LocationDeleted{LocationState: *l})
		return
	}
	s.emit(l.ID, l.Version, &contracts.LocationUpdated{LocationState: *l})
}

func (s *system) addEvent(capacity *int64) persistence.ID {
	id := persistence.NewID()
	e := contracts.EventState{
		ID: id.String(), Name: fmt.Sprintf("Event %d", len(s.events)), Start: time.Unix(1_900_000_000, 0).UTC(),
		End: time.Unix(1_900_007_200, 0).UTC(), Version: 1, Capacity: capacity,
	}
	s.place(&e)
	s.events = append(s.events, e)
	s.emit(e.ID, e.Version, &contracts.EventCreated{EventState: e})
	return id
}

// place has an event happen somewhere.
func (s *system) place(e *contracts.EventState) {
	if len(s.locations) == 0 || s.random.IntN(3) == 0 {
		return
	}
	l := s.locations[s.random.IntN(len(s.locations))]
	if s.deleted[l.ID] {
		return
	}
	e.LocationID = l.ID
	e.Location = contracts.Place{ID: l.ID, Name: l.Name, Address: l.Address, TimeZone: l.TimeZone, Version: l.Version}
}

func (s *system) capacity() *int64 {
	if s.random.IntN(4) == 0 {
		return nil
	}
	n := int64(s.random.IntN(30))
	return &n
}

// changeEvent changes or cancels an event, and tells of it late, twice, or with an older version behind it.
func (s *system) changeEvent() {
	e := &s.events[s.random.IntN(len(s.events))]
	before := *e
	e.Version++
	e.Name += "!"
	e.Start = e.Start.Add(time.Hour)
	if s.random.IntN(2) == 0 {
		e.Capacity = s.capacity()
	}
	s.place(e)
	e.Cancelled = e.Cancelled || s.random.IntN(5) == 0
	if e.Cancelled {
		s.emit(e.ID, e.Version, &contracts.EventCancelled{EventState: *e})
	} else {
		s.emit(e.ID, e.Version, &contracts.EventUpdated{EventState: *e})
	}
	if s.random.IntN(3) == 0 {
		s.emit(before.ID, before.Version, &contracts.EventUpdated{EventState: before})
	}
}

func (s *system) event() persistence.ID {
	id, err := persistence.ParseID(s.events[s.random.IntN(len(s.events))].ID)
	if err != nil {
		s.Fatal(err)
	}
	return id
}

// book books seats of some event, which may be refused.
func (s *system) book() { s.bookAt(s.event(), int64(1+s.random.IntN(4))) }

func (s *system) bookAt(event persistence.ID, seats int64) persistence.Booking {
	s.Helper()
	a := s.seats.Do(s.context(), event, inventory.Book{
		ID: persistence.NewID(), UserID: persistence.NewID(), Seats: seats, Date: time.Now().Unix(),
	})
	if a.Err == nil {
		s.bookings = append(s.bookings, a.Booking)
	}
	return a.Booking
}

func (s *system) giveBack() {
	if len(s.bookings) == 0 {
		return
	}
	b := s.bookings[s.random.IntN(len(s.bookings))]
	s.seats.Do(s.context(), b.EventID, inventory.Keep{
		ID: b.ID, Seats: s.random.Int64N(b.Asked + 1), Date: time.Now().Unix(),
	})
}

// mix does so many things.
func (s *system) mix(n int) {
	s.Helper()
	if len(s.locations) == 0 {
		s.addLocation()
		s.addEvent(s.capacity())
	}
	for range n {
		switch s.random.IntN(12) {
		case 0:
			s.addLocation()
		case 1:
			s.changeLocation()
		case 2:
			s.addEvent(s.capacity())
		case 3, 4:
			s.changeEvent()
		case 5, 6:
			s.giveBack()
		default:
			s.book()
		}
	}
}

// settle waits until the service has applied everything and the broker has everything that the service tells.
func (s *system) settle() {
	s.Helper()
	for _, e := range s.events {
		id, err := persistence.ParseID(e.ID)
		if err != nil {
			s.Fatal(err)
		}
		eventually(s.T, "the service knows the event's version", func() bool {
			copies, err := s.store.FindEventCopies(s.context(), id)
			return err == nil && len(copies) == 1 && copies[0].Version == e.Version
		})
	}
	for _, l := range s.locations {
		id, err := persistence.ParseID(l.ID)
		if err != nil {
			s.Fatal(err)
		}
		eventually(s.T, "the service knows the location's version", func() bool {
			found, err := s.store.FindLocations(s.context(), id)
			return err == nil && len(found) == 1 && found[0].Version == l.Version
		})
	}
	eventually(s.T, "nothing waits in the outbox", func() bool {
		b, err := s.store.Backlog(s.context())
		return err == nil && b.Messages == 0
	})
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// contents are all inventories and locations that a store holds, without what goes by the service's own clock.
func (s *system) contents(store persistence.BookingHandler) (map[persistence.ID]persistence.Inventory, map[persistence.ID]persistence.Location) {
	s.Helper()
	inventories, err := store.FindInventories(s.context(), persistence.ID{}, persistence.Page{Limit: 10_000})
	if err != nil {
		s.Fatal(err)
	}
	events := make(map[persistence.ID]persistence.Inventory)
	for _, i := range inventories {
		i.Event.Moved = 0
		events[i.Event.ID] = i
	}
	places := make(map[persistence.ID]persistence.Location)
	for _, l := range s.locations {
		id, err := persistence.ParseID(l.ID)
		if err != nil {
			s.Fatal(err)
		}
		found, err := store.FindLocations(s.context(), id)
		if err != nil {
			s.Fatal(err)
		}
		for _, l := range found {
			places[l.ID] = l
		}
	}
	return events, places
}
