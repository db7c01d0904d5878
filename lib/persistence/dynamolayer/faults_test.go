package dynamolayer_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until there is no error any more.
func eventually(t *testing.T, f func(context.Context) error) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := f(within(t, patience))
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// now is the date of all requests, well before the events' end.
const now = 1_800_000_000

func encodeMessage(c persistence.Change) persistence.Message {
	document, version := "availability:"+c.Inventory.Event.ID.String(), c.Inventory.Sequence
	if c.Booking != nil {
		document, version = c.Booking.ID.String(), c.Booking.Version
	}
	return message(document, version)
}

func message(document string, version int64) persistence.Message {
	return persistence.Message{
		ID: persistence.MessageID(document, version), Document: document, Name: "some.name", Key: "key",
		Body: []byte(`{"some":"body"}`), Time: time.Now(),
	}
}

// silent leaves everything in the store.
type silent struct{}

// Offer implements inventory.Publisher.
func (silent) Offer(...persistence.Message) {}

// sale is an event on sale in a store behind a proxy.
type sale struct {
	*proxy
	store     persistence.BookingHandler
	inventory *inventory.Inventory
	event     persistence.ID
}

func newSale(t *testing.T) *sale {
	t.Helper()
	c := fresh(t)
	s := &sale{proxy: newProxy(t, backends.SharedDynamoDB(t).Endpoint), event: persistence.NewID()}
	backends.UseDynamoDB(t, s.url)
	s.store = openBookings(t, c)
	s.inventory = inventory.New(s.store, encodeMessage, silent{}, nil)
	adopt(t, s.inventory, s.event, 100)
	return s
}

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

// decide makes a decision that is not committed yet.
func (s *sale) decide(t *testing.T) (inventory.Book, persistence.Snapshot, []persistence.Change) {
	t.Helper()
	b := book()
	snapshot, err := s.store.Load(t.Context(), s.event, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	changes, _ := inventory.Decide(snapshot, []inventory.Request{b})
	m := encodeMessage(changes[0])
	changes[0].Message = &m
	return b, snapshot, changes
}

// booked checks how many seats have been booked since, in the inventory and in the booking.
func (s *sale) booked(t *testing.T, b inventory.Book, since persistence.Snapshot, want int64) {
	t.Helper()
	found, err := s.store.Load(t.Context(), s.event, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := found.Inventory.Booked - since.Inventory.Booked; got != want || found.Bookings[b.ID].Seats != want {
		t.Errorf("%d seats were booked, want %d; the booking is %+v", got, want, found.Bookings[b.ID])
	}
}

// TestPatience has DynamoDB throttle, and others at work on the same items, for longer than an outage would be put up
// with: it costs time, and nothing else.
func TestPatience(t *testing.T) {
	for name, c := range map[string]struct {
		operation string
		fate      fate
	}{
		"throttled reading of an inventory": {"GetItem", throttle},
		"throttled reading of bookings":     {"BatchGetItem", throttle},
		"throttled commits":                 {"TransactWriteItems", throttle},
		"conflicts of transactions":         {"TransactWriteItems", conflict},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSale(t)
			b := book()
			before, err := s.store.Load(t.Context(), s.event)
			if err != nil {
				t.Fatal(err)
			}
			s.letOnly(c.operation, 7, c.fate)
			snapshot, err := s.store.Load(within(t, patience), s.event, b.ID)
			if err != nil {
				t.Fatal(err)
			}
			changes, _ := inventory.Decide(snapshot, []inventory.Request{b})
			if err := s.store.Commit(within(t, patience), snapshot, changes); err != nil {
				t.Error(err)
			}
			s.booked(t, b, before, 1)
		})
	}
}

// TestPatienceEnds shows that patience ends with the caller's time, and that nothing was done then.
func TestPatienceEnds(t *testing.T) {
	for name, f := range map[string]fate{"throttled": throttle, "conflicts": conflict} {
		t.Run(name, func(t *testing.T) {
			s := newSale(t)
			b, snapshot, changes := s.decide(t)
			s.letOnly("TransactWriteItems", 1<<30, f)
			began := time.Now()
			err := s.store.Commit(within(t, 2*time.Second), snapshot, changes)
			if !errors.Is(err, persistence.ErrUnavailable) || errors.Is(err, persistence.ErrUnknown) {
				t.Errorf("the commit ends with %v", err)
			}
			if took := time.Since(began); took < time.Second || took > patience/2 {
				t.Errorf("it ends after %v", took)
			}
			s.let(nil)
			s.booked(t, b, snapshot, 0)
		})
	}
}

// TestThrottledRelay has the reading and the emptying of the outbox throttled.
func TestThrottledRelay(t *testing.T) {
	s := newSale(t)
	for _, operation := range []string{"Query", "BatchGetItem", "UpdateItem"} {
		s.letOnly(operation, 7, throttle)
		if a := s.inventory.Do(within(t, patience), s.event, book()); a.Err != nil {
			t.Fatal(a.Err)
		}
		pending, err := s.store.Pending(within(t, patience), 100)
		if err != nil || len(pending) == 0 {
			t.Fatalf("%s: %d messages wait, %v", operation, len(pending), err)
		}
		ids := make([]string, len(pending))
		for n, m := range pending {
			ids[n] = m.ID
		}
		if err := s.store.Done(within(t, patience), ids...); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
	}
	if pending, err := s.store.Pending(within(t, patience), 100); err != nil || len(pending) != 0 {
		t.Errorf("in the end %d messages wait, %v", len(pending), err)
	}
}

// TestUnprocessedKeys has DynamoDB give but half of what was asked for, again and again.
func TestUnprocessedKeys(t *testing.T) {
	s := newSale(t)
	ids := make([]persistence.ID, 20)
	for n := range ids {
		b := book()
		ids[n] = b.ID
		if a := s.inventory.Do(t.Context(), s.event, b); a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	s.letOnly("BatchGetItem", 1<<30, halve)
	found, err := s.store.Load(within(t, patience), s.event, slices.Concat(ids, ids[:5])...)
	if err != nil || len(found.Bookings) != len(ids) {
		t.Errorf("of %d bookings %d were found, %v", len(ids), len(found.Bookings), err)
	}
}

// TestOneLostAnswer shows that an answer which is lost once, or is no answer, is found out by the store itself, for
// every kind of write: what was done is not taken for somebody else's.
func TestOneLostAnswer(t *testing.T) {
	for name, f := range map[string]fate{"lost": loseAnswer, "an internal error": fail, "the question lost": loseQuestion} {
		t.Run(name, func(t *testing.T) {
			s := newSale(t)
			b, snapshot, changes := s.decide(t)
			session := persistence.Session{ID: persistence.NewID(), Expires: now, Version: 1}
			next := session
			next.Version = 2
			for _, do := range []func() error{
				func() error { return s.store.Commit(t.Context(), snapshot, changes) },
				func() error { return s.store.AddSession(t.Context(), session) },
				func() error { return s.store.ChangeSession(t.Context(), next) },
				func() error { return s.store.AdoptGuest(t.Context(), persistence.NewID(), persistence.NewID()) },
			} {
				s.letOnly("TransactWriteItems", 1, f)
				if err := do(); err != nil {
					t.Error(err)
				}
			}
			s.let(nil)
			s.booked(t, b, snapshot, 1)
		})
	}
}

// TestLostAnswers shows a commit to which no answer ever comes: it is unknown whether it happened, and Load tells.
func TestLostAnswers(t *testing.T) {
	s := newSale(t)
	for f, want := range map[fate]int64{loseQuestion: 0, loseAnswer: 1, fail: 1} {
		b, snapshot, changes := s.decide(t)
		s.letOnly("TransactWriteItems", 1<<30, f)
		err := s.store.Commit(within(t, patience), snapshot, changes)
		if !errors.Is(err, persistence.ErrUnknown) || errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("the commit ends with %v", err)
		}
		s.let(nil)
		s.booked(t, b, snapshot, want)
	}
}

// TestUnknownThenThrottled has one answer lost, and the request throttled when it is made again: that is no reason to
// say that nothing was changed.
func TestUnknownThenThrottled(t *testing.T) {
	s := newSale(t)
	b, snapshot, changes := s.decide(t)
	first := true
	s.let(func(string, []byte) fate {
		if first {
			first = false
			return loseAnswer
		}
		return throttle
	})
	if err := s.store.Commit(within(t, time.Second), snapshot, changes); !errors.Is(err, persistence.ErrUnknown) {
		t.Errorf("the commit ends with %v", err)
	}
	s.let(nil)
	s.booked(t, b, snapshot, 1)
}
