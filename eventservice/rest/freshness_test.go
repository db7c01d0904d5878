package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// watched counts the calls of a store's reading methods, and fails all calls on demand.
type watched struct {
	persistence.DatabaseHandler
	reads atomic.Int64
	away  atomic.Bool
}

func (s *watched) used() error {
	s.reads.Add(1)
	if s.away.Load() {
		return persistence.ErrUnavailable
	}
	return nil
}

// FindEvent implements persistence.DatabaseHandler.
func (s *watched) FindEvent(ctx context.Context, id persistence.ID) (persistence.Event, error) {
	if err := s.used(); err != nil {
		return persistence.Event{}, err
	}
	return s.DatabaseHandler.FindEvent(ctx, id)
}

// FindLocation implements persistence.DatabaseHandler.
func (s *watched) FindLocation(ctx context.Context, id persistence.ID) (persistence.Location, error) {
	if err := s.used(); err != nil {
		return persistence.Location{}, err
	}
	return s.DatabaseHandler.FindLocation(ctx, id)
}

// EventsSince implements persistence.DatabaseHandler.
func (s *watched) EventsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Event, persistence.Mark, error) {
	if err := s.used(); err != nil {
		return nil, "", err
	}
	return s.DatabaseHandler.EventsSince(ctx, after)
}

// LocationsSince implements persistence.DatabaseHandler.
func (s *watched) LocationsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Location, persistence.Mark, error) {
	if err := s.used(); err != nil {
		return nil, "", err
	}
	return s.DatabaseHandler.LocationsSince(ctx, after)
}

// AddEvent implements persistence.DatabaseHandler.
func (s *watched) AddEvent(ctx context.Context, e persistence.Event, m persistence.Message) error {
	if s.away.Load() {
		return persistence.ErrUnavailable
	}
	return s.DatabaseHandler.AddEvent(ctx, e, m)
}

// AddLocation implements persistence.DatabaseHandler.
func (s *watched) AddLocation(ctx context.Context, l persistence.Location, m persistence.Message) error {
	if s.away.Load() {
		return persistence.ErrUnavailable
	}
	return s.DatabaseHandler.AddLocation(ctx, l, m)
}

// TestReadingCostsTheStoreNothing counts the calls of the store.
func TestReadingCostsTheStoreNothing(t *testing.T) {
	store := &watched{DatabaseHandler: newWorld(t, true).store}
	w := serve(t, store, true)
	e := w.addEvent(t, newEvent("A"))
	before := store.reads.Load()
	for _, path := range []string{
		"/events", "/events?q=a&limit=5", "/events/" + e.ID, "/events/name/A", "/events/id/" + e.ID, "/events.ics",
		"/events/" + e.ID + "/event.ics", "/locations",
	} {
		w.Want(t, 200, "GET", path, nil)
	}
	if n := store.reads.Load() - before; n != 0 {
		t.Errorf("reading called the store %d times", n)
	}
	w.Want(t, 404, "GET", "/events/0123456789abcdef01234567", nil)
	if n := store.reads.Load() - before; n != 1 {
		t.Errorf("an unknown ID was asked of the store %d times", n)
	}
}

// TestStoreAway shows that what the store alone knows is answered with 503, and what is in memory all the same.
func TestStoreAway(t *testing.T) {
	store := &watched{DatabaseHandler: newWorld(t, true).store}
	store.away.Store(true)
	w := serve(t, store, true)
	const id = "0123456789abcdef01234567"
	for _, path := range []string{
		"/events", "/events?q=a", "/events.ics", "/events/name/A", "/events/" + id, "/locations", "/locations/" + id,
	} {
		a := w.Want(t, 503, "GET", path, nil)
		if a.Header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to try again", path)
		}
	}
	w.Want(t, 503, "POST", "/events", newEvent("A"))
	w.Want(t, 503, "POST", "/locations", object{"Name": "A"})
	w.Want(t, 503, "DELETE", "/locations/"+id, nil)

	store.away.Store(false)
	if err := w.catalogue.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := w.addEvent(t, newEvent("A"))
	store.away.Store(true)
	w.Want(t, 200, "GET", "/events", nil)
	w.Want(t, 200, "GET", "/events/"+e.ID, nil)
	w.Want(t, 503, "PUT", "/events/"+e.ID, newEvent("B"))
	w.Want(t, 503, "DELETE", "/events/"+e.ID, nil)
}

// TestOtherReplica shows that one replica shows what another has written as soon as it has looked, and an event that
// it was asked for by its ID at once; and that it changes nothing on the strength of what is old.
func TestOtherReplica(t *testing.T) {
	one := newWorld(t, true)
	two := serve(t, one.store, true)
	e := one.addEvent(t, newEvent("A"))
	two.Want(t, 200, "GET", "/events/"+e.ID, nil)
	one.Want(t, 200, "PUT", "/events/"+e.ID, newEvent("B"))
	two.Want(t, 412, "PUT", "/events/"+e.ID, newEvent("C"), "If-Match", `"1"`)
	one.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	two.Want(t, 409, "PUT", "/events/"+e.ID, newEvent("C"))
	two.Want(t, 200, "DELETE", "/events/"+e.ID, nil).JSON(t, &e)
	if e.Version != 3 || !e.Cancelled {
		t.Errorf("the second replica cancelled it again, as %+v", e)
	}
	l := one.addLocation(t, object{"Name": "Hall"})
	if err := two.catalogue.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if places := two.locations(t); len(places) != 1 || places[0].ID != l.ID {
		t.Errorf("the second replica shows the locations %+v", places)
	}
}

// TestRenamedLocationChangesTheTag shows that a client which holds an event is told that its place has another name.
func TestRenamedLocationChangesTheTag(t *testing.T) {
	w := newWorld(t, true)
	l := w.addLocation(t, object{"Name": "Old name"})
	document := newEvent("A")
	document["Location"] = object{"ID": l.ID}
	path := "/events/" + w.addEvent(t, document).ID
	tag := w.Want(t, 200, "GET", path, nil).Header.Get("ETag")
	w.Want(t, 304, "GET", path, nil, "If-None-Match", tag)
	w.Want(t, 304, "HEAD", path, nil, "If-None-Match", tag)
	w.Want(t, 200, "PUT", "/locations/"+l.ID, object{"Name": "New name"}, "If-Match", `"1"`)
	w.Want(t, 412, "PUT", "/locations/"+l.ID, object{"Name": "Newer name"}, "If-Match", `"1"`)
	w.Want(t, 412, "DELETE", "/locations/"+l.ID, nil, "If-Match", `"1"`)
	w.Want(t, 200, "GET", path, nil, "If-None-Match", tag)
	w.Want(t, 400, "PUT", path, document, "If-Match", tag+`, "7"`)
	w.Want(t, 412, "PUT", path, document, "If-Match", "W/"+tag)
	now := w.Want(t, 200, "PUT", path, document, "If-Match", tag).Header.Get("ETag")
	w.Want(t, 412, "PUT", path, document, "If-Match", tag)
	w.Want(t, 412, "DELETE", path, nil, "If-Match", tag)
	w.Want(t, 200, "DELETE", path, nil, "If-Match", now)
}

func TestCompressedList(t *testing.T) {
	w := newWorld(t, true)
	w.addEvent(t, newEvent("A"))
	plain := w.Want(t, 200, "GET", "/events", nil, "Accept-Encoding", "br, gzip;q=0")
	zipped := w.Want(t, 200, "GET", "/events", nil, "Accept-Encoding", "br, gzip;q=0.5")
	if plain.Header.Get("Content-Encoding") != "" || zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("the answers are encoded as %q and %q",
			plain.Header.Get("Content-Encoding"), zipped.Header.Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped.Body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(body, plain.Body) {
		t.Errorf("compressed it is %s, %v", body, err)
	}
	tags := []string{plain.Header.Get("ETag"), zipped.Header.Get("ETag")}
	if tags[0] == tags[1] {
		t.Error("two different answers have the same strong entity tag")
	}
	for _, tag := range tags {
		w.Want(t, 304, "GET", "/events", nil, "If-None-Match", tag)
		w.Want(t, 304, "GET", "/events", nil, "If-None-Match", tag, "Accept-Encoding", "gzip")
	}
}

// TestMessages shows that every change is told with the full state, in order, as a valid domain event.
func TestMessages(t *testing.T) {
	w := newWorld(t, true)
	l := w.addLocation(t, object{"Name": "Hall", "Halls": halls(7), "TimeZone": "Europe/Rome"})
	document := newEvent("A")
	document["Location"] = object{"ID": l.ID}
	e := w.addEvent(t, document)
	w.Want(t, 200, "PUT", "/events/"+e.ID, newEvent("B"))
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	w.Want(t, 200, "PUT", "/locations/"+l.ID, object{"Name": "Hall"})
	w.Want(t, 204, "DELETE", "/locations/"+l.ID, nil)

	want := map[string]string{
		e.ID:               "event.created event.updated event.cancelled",
		"location:" + l.ID: "location.created location.updated location.deleted",
	}
	told := make(map[string][]string)
	for {
		waiting, err := w.store.Pending(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(waiting) == 0 {
			break
		}
		for _, m := range waiting {
			told[m.Document] = append(told[m.Document], m.Name)
			checkMessage(t, m, int64(len(told[m.Document])))
			if err := w.store.Done(t.Context(), m.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for id, names := range want {
		if got := strings.Join(told[id], " "); got != names {
			t.Errorf("told of %s: %s, want %s", id, got, names)
		}
	}
	if n := len(w.offered.messages); n != 2 || w.offered.calls != 6 {
		t.Errorf("the relay was offered %d messages in %d calls; want the 2 new documents, and to be woken for the 4 changes",
			n, w.offered.calls)
	}
}

func checkMessage(t *testing.T, m persistence.Message, version int64) {
	t.Helper()
	if _, err := msgqueue.NewMapper(contracts.New()).MapEvent(m.Name, m.Body); err != nil {
		t.Error(err)
	}
	if m.ID != persistence.MessageID(m.Document, version) || !strings.HasSuffix(m.Document, m.Key) || m.Time.IsZero() {
		t.Errorf("%s number %d is %+v", m.Name, version, m)
	}
}

// TestOneIDForTwo gives an event the ID of a location: both are told of.
func TestOneIDForTwo(t *testing.T) {
	w := newWorld(t, true)
	id := persistence.NewID().String()
	w.Want(t, 201, "POST", "/locations", object{"ID": id, "Name": "Mill"})
	w.Want(t, 201, "POST", "/events", object{
		"ID": id, "Name": "Concert", "StartDate": 2_000_000_000, "EndDate": 2_000_007_200, "Location": object{"ID": id},
	})
	waiting, err := w.store.Pending(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range waiting {
		told = append(told, m.Name)
	}
	slices.Sort(told)
	if want := []string{"event.created", "location.created"}; !slices.Equal(told, want) {
		t.Errorf("told are %v, want %v", told, want)
	}
}
