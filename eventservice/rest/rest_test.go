package rest_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/eventservice/catalogue"
	"myevents/eventservice/rest"
	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	librest "myevents/lib/rest"
	"myevents/lib/rest/resttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	start = 1_900_000_000
	end   = start + 7200
)

// world is an API on an embedded store.
type world struct {
	*resttest.Client
	store     persistence.DatabaseHandler
	catalogue *catalogue.Catalogue
	offered   *offers
	api       *rest.Server
}

// The callers, and what signs their tokens.
var (
	signer   = authtest.New(authtest.Seed(1), "one")
	anna     = auth.Caller{ID: persistence.ID{1}, Organiser: true}
	ben      = auth.Caller{ID: persistence.ID{2}, Organiser: true}
	admin    = auth.Caller{ID: persistence.ID{3}, Admin: true}
	customer = auth.Caller{ID: persistence.ID{4}}
)

// offers counts what the API hands to the relay.
type offers struct {
	mu       sync.Mutex
	messages []persistence.Message
	calls    int
}

// Offer implements rest.Publisher.
func (o *offers) Offer(messages ...persistence.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, messages...)
	o.calls++
}

func newWorld(t *testing.T, open bool) *world {
	t.Helper()
	store, err := boltlayer.OpenEvents(filepath.Join(t.TempDir(), "events.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return serve(t, store, open)
}

// serve serves a replica of the API on a store, which has read its catalogue if the store answers. Where it is not open,
// the client is anna.
func serve(t *testing.T, store persistence.DatabaseHandler, open bool) *world {
	t.Helper()
	return serveTo(t, store, open, auth.NewVerifier(signer.Keys))
}

func serveTo(t *testing.T, store persistence.DatabaseHandler, open bool, callers *auth.Verifier) *world {
	t.Helper()
	shown := catalogue.New(store)
	if err := shown.Refresh(t.Context()); err != nil && !errors.Is(err, persistence.ErrUnavailable) {
		t.Fatal(err)
	}
	offered := new(offers)
	api := rest.New(librest.Options{
		Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Open: open, Timeout: 10 * time.Second,
		Caller: callers.Caller,
	}, store, shown, offered, "Europe/Vienna")
	document, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		Client: resttest.Serve(t, api, document), store: store, catalogue: shown, offered: offered, api: api,
	}
	if !open {
		w.Client = w.As(t, signer.Token(t, anna))
	}
	return w
}

// event and location are documents as clients read them.
type event struct {
	ID, Name           string
	Duration           int64
	StartDate, EndDate int64
	Location           location
	Capacity           *int64
	Cancelled          bool
	Version            int64
	OrganiserID        string
}

type location struct {
	ID, Name, Address, Country, TimeZone string
	OpenTime, CloseTime                  int
	Halls                                []hall
	Version                              int64
	OrganiserID                          string
}

type hall struct {
	Name     string `json:"name"`
	Capacity int64  `json:"capacity"`
}

type object = map[string]any

func newEvent(name string) object { return object{"Name": name, "StartDate": start, "EndDate": end} }

func halls(capacities ...int) []object {
	all := make([]object, len(capacities))
	for i, c := range capacities {
		all[i] = object{"name": "Hall", "capacity": c}
	}
	return all
}

func (w *world) addEvent(t *testing.T, document any, header ...string) event {
	t.Helper()
	var e event
	w.Want(t, 201, "POST", "/events", document, header...).JSON(t, &e)
	return e
}

func (w *world) addLocation(t *testing.T, document object, header ...string) location {
	t.Helper()
	var l location
	w.Want(t, 201, "POST", "/locations", document, header...).JSON(t, &l)
	return l
}

func (w *world) list(t *testing.T, query string) []string {
	t.Helper()
	var events []event
	w.Want(t, 200, "GET", "/events"+query, nil).JSON(t, &events)
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Name
	}
	return names
}

func TestEventIsStoredWithItsMessage(t *testing.T) {
	w := newWorld(t, true)
	a := w.Want(t, 201, "POST", "/events", newEvent("Reading"))
	var e event
	a.JSON(t, &e)
	if got := a.Header.Get("Location"); got != "/events/"+e.ID {
		t.Errorf("Location is %q", got)
	}
	if e.Version != 1 || e.Duration != 120 || e.Capacity != nil || e.Cancelled {
		t.Errorf("it is stored as %+v", e)
	}
	w.Want(t, 200, "GET", "/events/"+strings.ToUpper(e.ID), nil)
	pending, err := w.store.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 || pending[0].Name != "event.created" {
		t.Errorf("the outbox has %+v, %v", pending, err)
	}
	if len(w.offered.messages) != 1 {
		t.Errorf("%d messages were offered to the relay", len(w.offered.messages))
	}
}

// TestLocationOfAnEvent has the book's ways to say where an event happens.
func TestLocationOfAnEvent(t *testing.T) {
	w := newWorld(t, true)
	known := w.addLocation(t, object{"Name": "Opera", "Halls": halls(10, 20), "TimeZone": "Europe/Rome"})
	with := func(l any) object {
		e := newEvent("Tosca")
		e["Location"] = l
		return e
	}
	for name, c := range map[string]struct {
		given    any
		place    string
		capacity int64 // -1: not limited
	}{
		"none":                           {nil, "", -1},
		"known, halls absent":            {object{"ID": known.ID}, "Opera", 30},
		"known, halls null":              {object{"ID": known.ID, "Halls": nil}, "Opera", 30},
		"known, no halls":                {object{"ID": known.ID, "Halls": halls()}, "Opera", -1},
		"known, halls of its own":        {object{"ID": known.ID, "Halls": halls(5)}, "Opera", 5},
		"known, other fields ignored":    {object{"ID": known.ID, "Name": "Elsewhere", "OpenTime": 99}, "Opera", 30},
		"new":                            {object{"Name": "Barn", "Halls": halls(3)}, "Barn", 3},
		"new, with an empty ID":          {object{"ID": "", "Name": "Barn"}, "Barn", -1},
		"new, with an ID of its own":     {object{"ID": "0123456789abcdef01234567", "Name": "Barn"}, "Barn", -1},
		"as it was read, with a version": {object{"ID": known.ID, "Version": 7, "Name": "Opera"}, "Opera", 30},
	} {
		t.Run(name, func(t *testing.T) {
			e := w.addEvent(t, with(c.given))
			capacity := int64(-1)
			if e.Capacity != nil {
				capacity = *e.Capacity
			}
			if e.Location.Name != c.place || capacity != c.capacity {
				t.Errorf("it happens at %q with %d seats", e.Location.Name, capacity)
			}
		})
	}
	var stored location
	w.Want(t, 200, "GET", "/locations/0123456789abcdef01234567", nil).JSON(t, &stored)
	if stored.Name != "Barn" || stored.TimeZone != "Europe/Vienna" {
		t.Errorf("the new location is %+v", stored)
	}
}

func TestLocationIsShownAsItIsNow(t *testing.T) {
	w := newWorld(t, true)
	l := w.addLocation(t, object{"Name": "Old name", "Halls": halls(10)})
	e := w.addEvent(t, object{"Name": "A", "StartDate": start, "EndDate": end, "Location": object{"ID": l.ID}})
	w.Want(t, 200, "PUT", "/locations/"+l.ID, object{"Name": "New name", "Halls": halls(99)})
	w.Want(t, 200, "GET", "/events/"+e.ID, nil).JSON(t, &e)
	if e.Location.Name != "New name" || *e.Capacity != 10 {
		t.Errorf("the event shows %+v", e.Location)
	}
	w.Want(t, 409, "DELETE", "/locations/"+l.ID, nil)
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	w.Want(t, 204, "DELETE", "/locations/"+l.ID, nil)
	w.Want(t, 404, "GET", "/locations/"+l.ID, nil)
	w.Want(t, 404, "DELETE", "/locations/"+l.ID, nil)
	w.Want(t, 200, "GET", "/events/"+e.ID, nil)
}

func TestChangeAndCancel(t *testing.T) {
	w := newWorld(t, true)
	e := w.addEvent(t, newEvent("Draft"))
	a := w.Want(t, 200, "PUT", "/events/"+e.ID, newEvent("Final"), "If-Match", `"1"`)
	if got := a.Header.Get("ETag"); got != `"2"` {
		t.Errorf("ETag is %s", got)
	}
	w.Want(t, 412, "PUT", "/events/"+e.ID, newEvent("Stale"), "If-Match", `"1"`)
	w.Want(t, 412, "DELETE", "/events/"+e.ID, nil, "If-Match", `"1"`)
	w.Want(t, 412, "PUT", "/events/"+e.ID, newEvent("Odd"), "If-Match", `"abc"`)
	w.Want(t, 200, "PUT", "/events/"+e.ID, newEvent("Final"), "If-Match", "*")
	w.Want(t, 304, "GET", "/events/"+e.ID, nil, "If-None-Match", `"3"`)

	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil).JSON(t, &e)
	if !e.Cancelled || e.Version != 4 {
		t.Errorf("it was cancelled as %+v", e)
	}
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil).JSON(t, &e)
	if e.Version != 4 {
		t.Errorf("cancelling again made version %d", e.Version)
	}
	w.Want(t, 409, "PUT", "/events/"+e.ID, newEvent("Revived"))
	if names := w.list(t, ""); len(names) != 0 {
		t.Errorf("the list has %v", names)
	}
}

// TestBookClient sends an event as a client written for the book does: names in lower case, as plain text, and what was
// read is sent back.
func TestBookClient(t *testing.T) {
	w := newWorld(t, true)
	e := w.addEvent(t, `{"name":"opera aida","startdate":1900000000,"enddate":1900010000,"duration":120,`+
		`"location":{"id":"","name":"West Street Opera House","address":"11 west street, AZ 73646","country":"U.S.A",`+
		`"opentime":7,"closetime":20,"Halls":null}}`, "Content-Type", "text/plain;charset=UTF-8")
	if e.Duration != 120 || e.Location.OpenTime != 7 || e.Location.Halls == nil {
		t.Errorf("it is stored as %+v", e)
	}
	read := w.Want(t, 200, "GET", "/events/"+e.ID, nil)
	w.Want(t, 200, "PUT", "/events/"+e.ID, string(read.Body))
	w.Want(t, 409, "POST", "/events", string(read.Body))

	strict := newWorld(t, false)
	strict.Want(t, 415, "POST", "/events", `{}`, "Content-Type", "text/plain")
	strict.Want(t, 415, "POST", "/events", `{}`, "Content-Type", "application/x-www-form-urlencoded")
}

func TestSearchByCriteria(t *testing.T) {
	w := newWorld(t, true)
	later := newEvent("Twice/Daily")
	later["StartDate"], later["EndDate"] = start+100, end+100
	w.addEvent(t, later)
	first := w.addEvent(t, newEvent("Twice/Daily"))
	past := newEvent("Bygone")
	past["StartDate"], past["EndDate"] = 1000, 2000
	w.addEvent(t, past)
	var e event
	w.Want(t, 200, "GET", "/events/Name/twice%2Fdaily", nil).JSON(t, &e)
	if e.ID != first.ID {
		t.Errorf("found %+v, not the next one", e)
	}
	w.Want(t, 200, "GET", "/events/ID/"+first.ID, nil)
	w.Want(t, 200, "GET", "/events/name/bygone", nil)
	w.Want(t, 404, "GET", "/events/name/twice", nil)
	w.Want(t, 404, "GET", "/events/id/0123456789abcdef01234567", nil)
	w.Want(t, 404, "GET", "/events/id/xyz", nil)
	w.Want(t, 404, "GET", "/events/colour/red", nil)
}
