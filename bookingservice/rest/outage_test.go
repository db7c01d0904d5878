package rest_test

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

// TestBookingStands has what comes after the decision fail: the booking is made, and its answer says so.
func TestBookingStands(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	w.store.noSessions.Store(true)
	w.store.noLocations.Store(true)
	a := w.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 2}, "Idempotency-Key", key)
	if cookies := a.Header.Values("Set-Cookie"); len(cookies) > 0 {
		t.Errorf("there are cookies of a session that was not stored: %q", cookies)
	}
	var b booking
	a.JSON(t, &b)
	if b.Seats != 2 || b.Event.Name != "Concert" {
		t.Errorf("it was booked as %+v", b)
	}
	w.Want(t, 204, "GET", "/users/me", nil)
	w.store.noSessions.Store(false)
	w.store.noLocations.Store(false)
	if again := book(t, w.Client, event, 2, "Idempotency-Key", key); again.ID != b.ID {
		t.Error("it was booked twice")
	}
	w.Want(t, 200, "GET", "/bookings/"+b.ID, nil)
}

// TestClientGone has the client's connection end while its booking is being committed: all of it is done all the same.
func TestClientGone(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	ctx, hangUp := context.WithCancel(t.Context())
	gone := make(chan struct{})
	committing := func() {
		hangUp()
		<-gone
		time.Sleep(50 * time.Millisecond) // so that the server, too, may notice
	}
	w.store.committing.Store(&committing)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/events/"+event+"/bookings",
		bytes.NewReader([]byte(`{"seats":2}`)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if response, err := client.Do(r); err == nil {
		_ = response.Body.Close()
		t.Fatal("the client got an answer")
	}
	close(gone)
	for deadline := time.Now().Add(10 * time.Second); w.metric(t, "myevents_bookings_count") != 2; {
		if time.Now().After(deadline) {
			t.Fatal("the booking was not finished")
		}
		time.Sleep(time.Millisecond)
	}
	found, err := w.store.Availability(t.Context(), mustParse(t, event))
	if err != nil || found[0].Booked != 2 {
		t.Errorf("the inventory is %+v, %v", found, err)
	}
}

// metric gives the sum of a counter or a gauge over all its labels.
func (w *world) metric(t *testing.T, name string) (sum float64) {
	t.Helper()
	gathered, err := w.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range gathered {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sum
}

// TestPlaceIsAskedForOnce has many book one event: its location is not read for each of them, and yet is shown as it is
// a second later.
func TestPlaceIsAskedForOnce(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, persistence.Unlimited)
	began := time.Now()
	var visitors sync.WaitGroup
	for range 8 {
		v := w.Visitor(t)
		visitors.Go(func() {
			for range 10 {
				if b := book(t, v, event, 1); b.Event.Location.Name != "Hall" {
					t.Errorf("the place is %+v", b.Event.Location)
				}
			}
		})
	}
	visitors.Wait()
	most := 8 + int64(time.Since(began)/time.Second) + 1 // those who came first, and one a second
	if asked := w.store.locations.Load(); asked > most {
		t.Errorf("80 bookings asked for the location %d times", asked)
	}
	err := w.store.SaveLocation(t.Context(), persistence.Location{ID: persistence.ID{7}, Name: "New Hall", Version: 2})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); book(t, w.Client, event, 1).Event.Location.Name != "New Hall"; {
		if time.Now().After(deadline) {
			t.Fatal("the place is shown as it was")
		}
	}
}

// TestOldKeyOpensNothing has somebody find a key that was used days ago, and send it for another event: that must not
// open the session of the guest who booked with it.
func TestOldKeyOpensNothing(t *testing.T) {
	w := newWorld(t)
	event, other := w.event(t, 10), w.event(t, 10)
	first := book(t, w.Visitor(t), event, 2, "Idempotency-Key", key)
	b, err := w.store.FindBooking(t.Context(), mustParse(t, first.ID))
	if err != nil {
		t.Fatal(err)
	}
	old := w.inventory.Do(t.Context(), mustParse(t, event), inventory.Book{
		ID: persistence.NewID(), UserID: b.UserID, Seats: 1, Date: time.Now().Add(-25 * time.Hour).Unix(),
	})
	if old.Err != nil {
		t.Fatal(old.Err)
	}
	for _, id := range []string{event, other} {
		w.Want(t, 401, "POST", "/events/"+id+"/bookings", object{"seats": 2}, "Idempotency-Key", key)
	}
	w.Want(t, 204, "GET", "/users/me", nil)
	found, err := w.store.Availability(t.Context(), mustParse(t, other))
	if err != nil || found[0].Booked != 0 {
		t.Errorf("the other event has %+v, %v", found, err)
	}
}
