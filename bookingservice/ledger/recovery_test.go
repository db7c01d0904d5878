package ledger_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/ledger"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

// backup copies the file of the store, while nothing is written.
func (s *system) backup() (path string) {
	s.Helper()
	path = filepath.Join(s.TempDir(), "bookings.db")
	content, err := os.ReadFile(s.path)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		s.Fatal(err)
	}
	return path
}

// recovered brings a store up to a log.
func recovered(t *testing.T, log any, store persistence.BookingHandler) []ledger.Recovered {
	t.Helper()
	r := ledger.NewRecovery()
	if err := r.Read(t.Context(), newReader(t, log)); err != nil {
		t.Fatal(err)
	}
	all, err := r.Write(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everything is what the store has of events, locations and bookings.
func (s *system) everything(store persistence.BookingHandler) any {
	s.Helper()
	c := s.state(store)
	bookings := make(map[persistence.ID][]persistence.Booking)
	for id := range c.Inventories {
		found, err := store.FindBookingsOfEvent(s.context(), id, persistence.Page{Limit: 10_000})
		if err != nil {
			s.Fatal(err)
		}
		bookings[id] = found
	}
	return []any{c, bookings}
}

// TestRecovery has everything lost that was done after a backup. The log brings it back, and the service sells on, as
// if nothing had been.
func TestRecovery(t *testing.T) {
	onBrokers(t, func(t *testing.T, open func() builder.Broker) {
		t.Helper()
		s := startSystem(t, open())
		s.mix(60)
		s.settle()
		path := s.backup()
		event := s.addEvent(nil)
		s.settle()
		s.bookAt(event, 3)
		s.mix(100)
		s.settle()
		s.stop()
		want := s.everything(s.store)

		late := startOn(t, s.broker, path)
		late.stop() // it is not the service's turn yet
		r := s.auditOf(s.broker, late.store)
		if len(r.Faults) == 0 {
			t.Error("the audit finds nothing in the store of the past")
		}
		if all := recovered(t, s.broker, late.store); len(all) == 0 {
			t.Error("it was nothing")
		}
		if diff := cmp.Diff(want, s.everything(late.store)); diff != "" {
			t.Errorf("the recovered store (-lost +recovered):\n%s", diff)
		}
		if all := recovered(t, s.broker, late.store); len(all) > 0 {
			t.Errorf("the second time it was %v", all)
		}
		s.wantFaults(s.auditOf(s.broker, late.store))

		on := startOn(t, s.broker, copyOf(t, late))
		on.events, on.locations, on.deleted, on.bookings = s.events, s.locations, s.deleted, s.bookings
		on.mix(60)
		on.settle()
		on.wantFaults(on.audit())
	})
}

// copyOf is a copy of a system's file, which only one can have open.
func copyOf(t *testing.T, s *system) string {
	t.Helper()
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	return s.path
}

// TestRecoveryFromNothing has all of the store lost.
func TestRecoveryFromNothing(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	s.mix(120)
	s.settle()
	empty := openStore(t)
	recovered(t, s.broker, empty)
	if diff := cmp.Diff(s.everything(s.store), s.everything(empty)); diff != "" {
		t.Errorf("the recovered store (-lost +recovered):\n%s", diff)
	}
	s.wantFaults(s.auditOf(s.broker, empty))
}

var errPowerCut = errors.New("power cut")

// failing takes so many commits, and no more.
type failing struct {
	persistence.BookingHandler
	left *int
}

func (f failing) Commit(ctx context.Context, s persistence.Snapshot, changes []persistence.Change) error {
	if *f.left == 0 {
		return errPowerCut
	}
	*f.left--
	return f.BookingHandler.Commit(ctx, s, changes)
}

// TestRecoveryIsInterrupted ends it after every commit: whatever a store has by then, it can't sell any seat that is
// held, nor give any number that the log has. Begun again, it does the rest.
func TestRecoveryIsInterrupted(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	event := s.addEvent(nil)
	s.settle()
	for n := range int64(150) {
		b := s.bookAt(event, 2+n%2)
		s.seats.Do(s.context(), event, inventory.Keep{ID: b.ID, Seats: 1, Date: time.Now().Unix()})
	}
	s.settle()
	want := s.state(s.store).Inventories[event]
	store := openStore(t)
	for n := 0; ; n++ {
		r, left := ledger.NewRecovery(), 1
		if err := r.Read(t.Context(), newReader(t, s.broker)); err != nil {
			t.Fatal(err)
		}
		_, err := r.Write(t.Context(), failing{store, &left})
		if have := s.state(store).Inventories[event]; have != want {
			t.Fatalf("after %d commits the inventory is %+v", n+1, have)
		}
		if err == nil {
			if n < 4 {
				t.Errorf("it took only %d commits", n)
			}
			break
		}
		if !errors.Is(err, errPowerCut) {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(s.everything(s.store), s.everything(store)); diff != "" {
		t.Errorf("the recovered store (-lost +recovered):\n%s", diff)
	}
}

// TestRecoveryComesLate has the service sell on in the store of the past before it is brought up to the log: what both
// have sold counts, so that the event is over capacity and sells no more; no number is given a third time.
func TestRecoveryComesLate(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	capacity := int64(10)
	event := s.addEvent(&capacity)
	s.settle()
	s.bookAt(event, 1)
	s.settle()
	path := s.backup()
	s.bookAt(event, 6)
	s.settle()
	s.stop()
	late := startOn(t, s.broker, path)
	late.events = s.events
	late.bookAt(event, 2)
	late.bookAt(event, 5) // as it believes, there are 7
	late.settle()
	all := recovered(t, s.broker, late.store)
	if len(all) != 1 || all[0].Twice != 6 || all[0].Bookings != 1 {
		t.Errorf("it was %+v", all)
	}
	late.settle()
	i := late.state(late.store).Inventories[event]
	if i.Booked != 14 || i.Sequence != 5 {
		t.Errorf("the inventory is %+v", i)
	}
	var soldOut *inventory.SoldOutError
	request := inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 1, Date: 1}
	if a := late.seats.Do(t.Context(), event, request); !errors.As(a.Err, &soldOut) {
		t.Errorf("a booking beyond the capacity was answered with %+v", a)
	}
	late.wantFaults(late.audit(), ledger.Twice, ledger.Step, ledger.Unlogged)
	if all := recovered(t, s.broker, late.store); len(all) > 0 {
		t.Errorf("the second time it was %v", all)
	}
}

// TestRecoveryFromTornLogs has a log without all that there was.
func TestRecoveryFromTornLogs(t *testing.T) {
	without := func(what ...string) func([]msgqueue.Envelope) []msgqueue.Envelope {
		return func(all []msgqueue.Envelope) []msgqueue.Envelope {
			return slices.DeleteFunc(all, func(e msgqueue.Envelope) bool {
				return slices.ContainsFunc(what, func(w string) bool {
					return e.Name == w || strings.Contains(string(e.Body), w)
				})
			})
		}
	}
	for name, c := range map[string]struct {
		forge            func([]msgqueue.Envelope) []msgqueue.Envelope
		booked, sequence int64
		want             ledger.Recovered
	}{
		"nothing is missing": {without(), 5, 5, ledger.Recovered{Decisions: 5, Bookings: 3}},
		"a booking whose message was lost with the store": {
			without(`"sequence":3,`), 5, 5, ledger.Recovered{Decisions: 5, Bookings: 2, Unnamed: 3},
		},
		"the first version of a booking": {without(`"sequence":4,`), 5, 5, ledger.Recovered{Decisions: 5, Bookings: 3}},
		"the event itself": {
			without("event.created"), 5, 5, ledger.Recovered{Decisions: 5, Bookings: 3, Unknown: true},
		},
		"all decisions": {
			without(`"sequence":`), 0, 1, ledger.Recovered{Decisions: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := sold(t, inprocBroker(t))
			store := openStore(t)
			all := recovered(t, s.forged(c.forge), store)
			c.want.Event = s.bookings[0].EventID
			if diff := cmp.Diff([]ledger.Recovered{c.want}, all); diff != "" {
				t.Errorf("it was (-want +got):\n%s", diff)
			}
			loaded, err := store.Load(t.Context(), c.want.Event)
			if i := loaded.Inventory; err != nil || i.Booked != c.booked || i.Sequence != c.sequence {
				t.Errorf("the inventory is %+v, %v", i, err)
			}
		})
	}
}

// TestRecoveryTakesOverCopies has the log tell of an event what the service had not heard when the store was lost: that
// is a decision of its own, which it tells.
func TestRecoveryTakesOverCopies(t *testing.T) {
	s := sold(t, inprocBroker(t))
	s.stop()
	path := s.backup()
	e := &s.events[0]
	e.Version, e.Name = 2, "Renamed"
	s.emit(e.ID, e.Version, &contracts.EventUpdated{EventState: *e})
	capacity := int64(7)
	e.Version, e.Capacity = 3, &capacity
	s.emit(e.ID, e.Version, &contracts.EventUpdated{EventState: *e})
	for name, store := range map[string]persistence.BookingHandler{"the past": openFile(t, path), "nothing": openStore(t)} {
		all := recovered(t, s.broker, store)
		i := s.state(store).Inventories[s.bookings[0].EventID]
		if len(all) != 1 || i.Sequence != 6 || i.Event.Version != 3 || i.Event.Capacity != 7 || i.Event.Name != "Renamed" {
			t.Errorf("from %s: it was %v, the inventory is %+v", name, all, i)
		}
		pending, err := store.Pending(t.Context(), 10)
		if err != nil || len(pending) != 1 || pending[0].Name != "availability.changed" {
			t.Errorf("from %s: it tells %v, %v", name, pending, err)
		}
	}
}
