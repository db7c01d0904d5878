package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/ledger"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

// rebuild fills an empty store from the log of a system.
func (s *system) rebuild(until time.Time) persistence.BookingHandler {
	s.Helper()
	state := ledger.NewState(until)
	if err := newReader(s.T, s.broker).Read(s.context(), state.Add); err != nil {
		s.Fatal(err)
	}
	side := openStore(s.T)
	if err := state.Write(s.context(), side); err != nil {
		s.Fatal(err)
	}
	return side
}

type contents struct {
	Inventories map[persistence.ID]persistence.Inventory
	Locations   map[persistence.ID]persistence.Location
}

func (s *system) state(store persistence.BookingHandler) (c contents) {
	s.Helper()
	c.Inventories, c.Locations = s.contents(store)
	return c
}

// TestReplayIsWhatTheServiceHolds does anything, and rebuilds the same from the log; and from its beginning, what there
// was then. The messages of the rebuilt store have been told already.
func TestReplayIsWhatTheServiceHolds(t *testing.T) {
	onBrokers(t, func(t *testing.T, open func() builder.Broker) {
		t.Helper()
		s := startSystem(t, open())
		s.mix(80)
		s.settle()
		half, until := s.state(s.store), time.Now()
		time.Sleep(1100 * time.Millisecond) // RabbitMQ keeps the seconds of a time
		s.mix(80)
		s.settle()

		side := s.rebuild(time.Time{})
		if diff := cmp.Diff(s.state(s.store), s.state(side)); diff != "" {
			t.Errorf("the rebuilt store (-service +rebuilt):\n%s", diff)
		}
		if b, err := side.Backlog(s.context()); err != nil || b.Messages != 0 {
			t.Errorf("in the rebuilt store wait %d messages, %v", b.Messages, err)
		}
		if diff := cmp.Diff(half, s.state(s.rebuild(until))); diff != "" {
			t.Errorf("the store of the past (-service +rebuilt):\n%s", diff)
		}
		differences, err := ledger.Verify(s.context(), newReader(t, s.broker), s.store, 0)
		if err != nil || len(differences) != 0 {
			t.Errorf("verifying finds %v, %v", differences, err)
		}
		s.wantFaults(s.audit())
	})
}

// TestOrderOfTheLogDoesNotMatter rebuilds the same from a log that has everything twice, the second time the other
// way round.
func TestOrderOfTheLogDoesNotMatter(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	s.mix(80)
	s.settle()
	want := s.state(s.rebuild(time.Time{}))
	s.broker = s.forged(func(all []msgqueue.Envelope) []msgqueue.Envelope {
		reversed := slices.Clone(all)
		slices.Reverse(reversed)
		return slices.Concat(all, reversed)
	})
	if diff := cmp.Diff(want, s.state(s.rebuild(time.Time{}))); diff != "" {
		t.Errorf("the other way round it is (-want +got):\n%s", diff)
	}
}

func TestOnlyEmptyStoresAreFilled(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	s.mix(5)
	s.settle()
	if err := ledger.NewState(time.Time{}).Write(s.context(), s.store); !errors.Is(err, ledger.ErrNotEmpty) {
		t.Errorf("a store that has something was answered with %v", err)
	}
}

// TestVerifyFindsDifferences has the log say what the service does not hold, and the other way round.
func TestVerifyFindsDifferences(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	s.addLocation()
	s.addEvent(nil)
	s.settle()
	side := openStore(t) // a service that has heard of nothing
	differences, err := ledger.Verify(s.context(), newReader(t, s.broker), side, 0)
	if err != nil || len(differences) != 2 {
		t.Fatalf("verifying an empty store finds %v, %v", differences, err)
	}
	other := inprocBroker(t) // a log that has nothing
	differences, err = ledger.Verify(s.context(), newReader(t, other), s.store, 0)
	if err != nil || len(differences) == 0 || differences[0].What[0] != "the log does not have it" {
		t.Errorf("verifying an empty log finds %v, %v", differences, err)
	}
	state := s.events[0]
	state.Name = "Another" // the same version, and another content
	for _, e := range []contracts.Event{&contracts.EventCreated{EventState: state}} {
		s.broker = other
		s.emit(state.ID, state.Version, e)
	}
	differences, err = ledger.Verify(s.context(), newReader(t, other), s.store, 0)
	if err != nil || len(differences) != 1 || len(differences[0].What) != 1 {
		t.Fatalf("verifying another name finds %v, %v", differences, err)
	}
	want := `name: the service has "Event 0", the log "Another"`
	if got := differences[0].What[0]; got != want {
		t.Errorf("the difference is %s, want %s", got, want)
	}
}

// TestVerifyWaits has the service apply an event late: that is no difference.
func TestVerifyWaits(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	late := openStore(t)
	s.addEvent(nil)
	done := make(chan error, 1)
	go func() {
		time.Sleep(100 * time.Millisecond)
		state := ledger.NewState(time.Time{})
		err := newReader(t, s.broker).Read(t.Context(), state.Add)
		done <- errors.Join(err, state.Write(t.Context(), late))
	}()
	differences, err := ledger.Verify(s.context(), newReader(t, s.broker), late, patience)
	if err := errors.Join(err, <-done); err != nil || len(differences) != 0 {
		t.Errorf("verifying finds %v, %v", differences, err)
	}
}

// TestUnreadableMessages are left out, as the service does.
func TestUnreadableMessages(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	event := s.addEvent(nil)
	s.emitAll(
		msgqueue.Envelope{ID: "1", Name: "event.updated", Body: []byte(`{"id":7}`), Time: time.Now()},
		msgqueue.Envelope{ID: "2", Name: "unheard.of", Body: []byte(`?`), Time: time.Now()},
	)
	state := ledger.NewState(time.Time{})
	if err := newReader(t, s.broker).Read(s.context(), state.Add); err != nil {
		t.Fatal(err)
	}
	if state.Unreadable != 1 || state.Messages < 3 || state.Inventories[event].Event.Version != 1 {
		t.Errorf("of %d messages %d are unreadable; the event is %+v", state.Messages, state.Unreadable, state.Inventories[event])
	}
}

func TestNoLog(t *testing.T) {
	if _, err := ledger.NewReader(struct{}{}, "", nil); !errors.Is(err, ledger.ErrNoLog) {
		t.Errorf("a broker without a log is answered with %v", err)
	}
}

// endless is a log that makes up what it has.
type endless struct {
	messages int
	message  func(n int) msgqueue.Envelope
}

func (l endless) ReadLog(_ context.Context, _ msgqueue.Position, f ledger.Entry) error {
	for n := range l.messages {
		if err := f("", l.message(n)); err != nil {
			return err
		}
	}
	return nil
}

// TestMemoryIsFlat replays ten times as many messages about the same events in the same memory.
func TestMemoryIsFlat(t *testing.T) {
	const events = 200
	message := func(n int) msgqueue.Envelope {
		e := contracts.EventState{
			ID: persistence.ID{1, byte(n % events)}.String(), Name: fmt.Sprintf("Event %09d", n), Start: time.Unix(1, 0),
			End: time.Unix(2, 0), Version: int64(1 + n/events),
		}
		b := contracts.BookingState{
			EventID: e.ID, UserID: persistence.NewID().String(), BookingID: persistence.NewID().String(), Seats: 1, Version: 1,
			Decision: contracts.Decision{Sequence: e.Version}, Date: time.Unix(1, 0),
		}
		if n/events%2 == 0 {
			return envelope(t, fmt.Sprint(n), &contracts.EventUpdated{EventState: e})
		}
		return envelope(t, fmt.Sprint(n), &contracts.EventBooked{BookingState: b})
	}
	// grown is by how many bytes the memory in use has grown after so many messages.
	grown := func(messages int) int64 {
		before := inUse()
		state := ledger.NewState(time.Time{})
		if err := newReader(t, endless{messages, message}).Read(t.Context(), state.Add); err != nil {
			t.Fatal(err)
		}
		after := inUse()
		if len(state.Inventories) != events || state.Messages != messages {
			t.Fatalf("there are %d events of %d messages", len(state.Inventories), state.Messages)
		}
		return after - before
	}
	grown(5 * events) // what is made once
	few, many := grown(10*events), grown(100*events)
	if many > 2*few+1<<16 {
		t.Errorf("after %d messages it takes %d bytes, after ten times as many %d", 10*events, few, many)
	}
}

func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
