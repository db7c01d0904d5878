package mongolayer_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	backends "myevents/deploy/test"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// decide commits requests, and gives the changes that they made.
func decide(
	t *testing.T, store persistence.BookingHandler, event persistence.ID, requests ...inventory.Request,
) []persistence.Change {
	t.Helper()
	var ids []persistence.ID
	for _, r := range requests {
		switch r := r.(type) {
		case inventory.Book:
			ids = append(ids, r.ID)
		case inventory.Keep:
			ids = append(ids, r.ID)
		}
	}
	s, err := store.Load(t.Context(), event, ids...)
	if err != nil {
		t.Fatal(err)
	}
	changes, _ := inventory.Decide(s, requests)
	for n, c := range changes {
		m := encodeMessage(c)
		changes[n].Message = &m
	}
	if err := store.Commit(t.Context(), s, changes); err != nil {
		t.Fatal(err)
	}
	return changes
}

// TestStaleSettler has somebody settle what was settled, published and changed again long ago.
func TestStaleSettler(t *testing.T) {
	store := openBookings(t, mongolayer.Config{URL: database(backends.SharedMongo(t))})
	event := persistence.NewID()
	b := book()
	b.Seats = 5
	adopt(t, inventory.New(store, encodeMessage, silent{}, nil), event, 100)
	changes := decide(t, store, event, b)
	for seats := int64(4); seats > 1; seats-- {
		changes = append(changes, decide(t, store, event, inventory.Keep{ID: b.ID, Seats: seats, Date: now})...)
	}
	want, err := store.FindBooking(t.Context(), b.ID)
	if err != nil || want.Version != 4 || want.Seats != 2 {
		t.Fatalf("the booking is %+v, %v", want, err)
	}
	for _, c := range changes {
		if err := store.Done(t.Context(), c.Message.ID); err != nil {
			t.Fatal(err)
		}
	}
	late := book()
	missing := persistence.Change{Booking: &persistence.Booking{
		ID: late.ID, EventID: event, UserID: late.UserID, Seats: 1, Asked: 1, Date: now, Version: 1,
	}}
	m := encodeMessage(missing)
	missing.Message = &m
	if err := mongolayer.Settle(t.Context(), store, event, append(changes, missing)); err != nil {
		t.Fatal(err)
	}
	if found, err := store.FindBooking(t.Context(), b.ID); err != nil || found != want {
		t.Errorf("the booking has become %+v, %v", found, err)
	}
	if found, err := store.FindBooking(t.Context(), late.ID); err != nil || found != *missing.Booking {
		t.Errorf("the other booking is %+v, %v", found, err)
	}
	pending, err := store.Pending(t.Context(), 10)
	var ids []string
	for _, p := range pending {
		if p.Document == b.ID.String() || p.Document == late.ID.String() {
			ids = append(ids, p.ID)
		}
	}
	if diff := cmp.Diff([]string{m.ID}, ids); err != nil || diff != "" {
		t.Errorf("%v; the outboxes differ (-want +got):\n%s", err, diff)
	}
}

// TestPendingSettles has a process die right after its commit: the sweeper of another one brings the decision to the
// booking, and finds the message there.
func TestPendingSettles(t *testing.T) {
	server := backends.SharedMongo(t)
	p := newProxy(t, server.URL)
	name := persistence.NewID().String()
	dying := openBookings(t, mongolayer.Config{URL: p.url + "/" + name})
	event := persistence.NewID()
	decide(t, dying, event, inventory.Adopt{Event: persistence.EventCopy{ID: event, Version: 1, EndDate: now + 1, Capacity: 5}})
	committed := false
	p.let(func(message []byte) fate {
		if committed {
			return loseQuestion
		}
		committed = bytes.Contains(message, []byte("\x02update\x00"))
		return pass
	})
	b := book()
	changes := decide(t, dying, event, b)
	store := openBookings(t, mongolayer.Config{URL: server.URL + "/" + name})
	if backlog, err := store.Backlog(t.Context()); err != nil || backlog.Messages != 2 {
		t.Errorf("the backlog is %+v, %v", backlog, err)
	}
	pending, err := store.Pending(t.Context(), 10)
	if err != nil || len(pending) != 2 || pending[0].ID != changes[0].Message.ID && pending[1].ID != changes[0].Message.ID {
		t.Errorf("pending are %+v, %v", pending, err)
	}
	if _, err := store.FindBooking(t.Context(), b.ID); err != nil {
		t.Errorf("the booking is not there: %v", err)
	}
}
