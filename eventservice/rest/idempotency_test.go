package rest_test

import (
	"strings"
	"sync"
	"testing"
)

const key = "a-key-of-enough-characters"

// names lists what there is.
func (w *world) locations(t *testing.T) []location {
	t.Helper()
	var places []location
	w.Want(t, 200, "GET", "/locations", nil).JSON(t, &places)
	return places
}

func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t, true)
	document := newEvent("Once")
	document["Location"] = object{"Name": "Barn"}
	first := w.addEvent(t, document, "Idempotency-Key", key)
	w.Want(t, 200, "PUT", "/events/"+first.ID, newEvent("Changed"))
	second := w.addEvent(t, document, "Idempotency-Key", key)
	if second.ID != first.ID || second.Name != "Changed" {
		t.Errorf("the repeated request was answered with %+v", second)
	}
	if n := len(w.locations(t)); n != 1 {
		t.Errorf("there are %d locations", n)
	}
	one := w.addLocation(t, object{"Name": "Tent"}, "Idempotency-Key", key)
	two := w.addLocation(t, object{"Name": "Tent"}, "Idempotency-Key", key)
	if one.ID != two.ID {
		t.Error("a repeated request made a second location")
	}
}

// TestKeyOfAnotherRequest shows that a key that was used before changes nothing, also no part of what is asked for.
func TestKeyOfAnotherRequest(t *testing.T) {
	w := newWorld(t, true)
	w.addEvent(t, newEvent("First"), "Idempotency-Key", key)
	other := newEvent("Other")
	other["Location"] = object{"Name": "Barn"}
	a := w.Want(t, 422, "POST", "/events", other, "Idempotency-Key", key)
	if !strings.Contains(a.Problem(t).Detail, "Idempotency-Key") {
		t.Errorf("the answer does not name the header: %s", a.Body)
	}
	w.addLocation(t, object{"Name": "Tent"}, "Idempotency-Key", key)
	w.Want(t, 422, "POST", "/locations", object{"Name": "Yurt"}, "Idempotency-Key", key)
	if places := w.locations(t); len(places) != 1 || places[0].Name != "Tent" {
		t.Errorf("the locations are %+v", places)
	}
	if names := w.list(t, ""); len(names) != 1 || names[0] != "First" {
		t.Errorf("the events are %v", names)
	}
}

// TestTakenIDMakesNoLocation shows that an event that is refused leaves no location behind.
func TestTakenIDMakesNoLocation(t *testing.T) {
	w := newWorld(t, true)
	e := w.addEvent(t, newEvent("First"))
	again := newEvent("Second")
	again["ID"], again["Location"] = e.ID, object{"Name": "Barn"}
	w.Want(t, 409, "POST", "/events", again)
	again["ID"] = ""
	w.Want(t, 412, "PUT", "/events/"+e.ID, again, "If-Match", `"7"`)
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	w.Want(t, 409, "PUT", "/events/"+e.ID, again)
	if places := w.locations(t); len(places) != 0 {
		t.Errorf("the locations are %+v", places)
	}
}

// TestKeyOutlivesItsLocation shows that a repeated request is answered as before, even if it would not be right any
// more.
func TestKeyOutlivesItsLocation(t *testing.T) {
	w := newWorld(t, true)
	place := w.addLocation(t, object{"Name": "Tent"})
	document := newEvent("Once")
	document["Location"] = object{"ID": place.ID}
	first := w.addEvent(t, document, "Idempotency-Key", key)
	w.Want(t, 200, "DELETE", "/events/"+first.ID, nil)
	w.Want(t, 204, "DELETE", "/locations/"+place.ID, nil)
	second := w.addEvent(t, document, "Idempotency-Key", key)
	if second.ID != first.ID || !second.Cancelled {
		t.Errorf("the repeated request was answered with %+v", second)
	}
}

// TestKeyOnAllReplicas shows that requests with one key that come at the same time, to several replicas, are done once.
func TestKeyOnAllReplicas(t *testing.T) {
	w := newWorld(t, true)
	document := newEvent("Once")
	document["Location"] = object{"Name": "Barn"}
	ids := make(chan string, 16)
	var clients sync.WaitGroup
	for range 4 {
		replica := serve(t, w.store, true)
		for range cap(ids) / 4 {
			clients.Go(func() {
				a := replica.Do(t, "POST", "/events", document, "Idempotency-Key", key)
				if a.Status != 201 {
					t.Errorf("answered with %d: %s", a.Status, a.Body)
				}
				ids <- a.Header.Get("Location")
			})
		}
	}
	clients.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Errorf("there are events %s and %s", first, id)
		}
	}
	events, _, err := w.store.EventsSince(t.Context(), "")
	if err != nil || len(events) != 1 {
		t.Errorf("%d events are stored, %v", len(events), err)
	}
	locations, _, err := w.store.LocationsSince(t.Context(), "")
	if err != nil || len(locations) != 1 {
		t.Errorf("%d locations are stored, %v", len(locations), err)
	}
}
