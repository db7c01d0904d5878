package mongolayer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"net"

	backends "myevents/deploy/test"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
	"myevents/lib/persistence/mongolayer/wire"
)

// insert puts documents into a database as another program does.
func insert(t *testing.T, url, collection string, docs ...any) {
	t.Helper()
	address, name, _ := strings.Cut(strings.TrimPrefix(url, "mongodb://"), "/")
	dialer := wire.Dialer{Timeout: patience}
	session, err := mgo.DialWithInfo(&mgo.DialInfo{
		Addrs: []string{address}, Timeout: patience, FailFast: true,
		DialServer: func(a *mgo.ServerAddr) (net.Conn, error) { return dialer.Dial(a.String(), a.String()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := session.DB(name).C(collection).Insert(docs...); err != nil {
		t.Fatal(err)
	}
}

// TestBooksDocuments reads and changes documents as the services of the book have stored them.
func TestBooksDocuments(t *testing.T) {
	id, place := persistence.NewID(), persistence.NewID()
	url := database(backends.SharedMongo(t))
	insert(t, url, "events", bson.M{
		"_id": bson.ObjectId(id[:]), "name": "Opera", "duration": 120, "startdate": int64(now), "enddate": int64(now + 7200),
		"location": bson.M{
			"_id": bson.ObjectId(place[:]), "name": "La Scala", "address": "Via Filodrammatici 2", "country": "Italy",
			"opentime": 8, "closetime": 22, "halls": []bson.M{{"name": "Main", "location": "Left", "capacity": 2030}},
		},
	})
	insert(t, url, "locations", bson.M{"_id": bson.ObjectId(place[:]), "name": "La Scala", "halls": nil})
	store := openEvents(t, mongolayer.Config{URL: url})
	want := persistence.Event{
		ID: id, Name: "Opera", Duration: 120, StartDate: now, EndDate: now + 7200, Version: 1,
		Location: persistence.Location{
			ID: place, Name: "La Scala", Address: "Via Filodrammatici 2", Country: "Italy", OpenTime: 8, CloseTime: 22,
			Halls: []persistence.Hall{{Name: "Main", Location: "Left", Capacity: 2030}},
		},
	}
	all, mark, err := store.EventsSince(t.Context(), "")
	if diff := cmp.Diff([]persistence.Event{want}, all); err != nil || diff != "" {
		t.Fatalf("%v; the event differs (-want +got):\n%s", err, diff)
	}
	l, err := store.FindLocation(t.Context(), place)
	if diff := cmp.Diff(persistence.Location{ID: place, Name: "La Scala", Version: 1}, l); err != nil || diff != "" {
		t.Errorf("%v; the location differs (-want +got):\n%s", err, diff)
	}
	if err := store.AddEvent(t.Context(), want, persistence.Message{}); !errors.Is(err, persistence.ErrExists) {
		t.Errorf("adding it again: %v", err)
	}
	want.Name, want.Version = "Opera buffa", 2
	_, err = store.ChangeEvent(t.Context(), id, 1,
		func(e persistence.Event) (persistence.Event, persistence.Message, error) {
			e.Name, e.Version = "Opera buffa", 2
			return e, persistence.Message{ID: persistence.MessageID(id.String(), 2), Document: id.String()}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	changed, _, err := store.EventsSince(t.Context(), mark)
	if diff := cmp.Diff([]persistence.Event{want}, changed); err != nil || diff != "" {
		t.Errorf("%v; the changed event differs (-want +got):\n%s", err, diff)
	}
	pending, err := store.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 || pending[0].ID != persistence.MessageID(id.String(), 2) {
		t.Errorf("the outbox has %+v, %v", pending, err)
	}
}

func TestBooksBooking(t *testing.T) {
	id, event := persistence.NewID(), persistence.NewID()
	url := database(backends.SharedMongo(t))
	insert(t, url, "bookings", bson.M{"_id": bson.ObjectId(id[:]), "date": int64(now), "eventid": event[:], "seats": 3})
	found, err := openBookings(t, mongolayer.Config{URL: url}).FindBooking(t.Context(), id)
	want := persistence.Booking{ID: id, EventID: event, Seats: 3, Asked: 3, Date: now, Version: 1}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v; the booking differs (-want +got):\n%s", err, diff)
	}
}

// TestNewerSchema shows that an older program leaves a newer one's data alone.
func TestNewerSchema(t *testing.T) {
	url := database(backends.SharedMongo(t))
	insert(t, url, "schema", bson.M{"_id": "schema", "version": 2})
	store := openEvents(t, mongolayer.Config{URL: url})
	if err := store.Ping(t.Context()); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("the ping ends with %v", err)
	}
	_, err := store.FindEvent(t.Context(), persistence.NewID())
	if err == nil || errors.Is(err, persistence.ErrUnavailable) || !strings.Contains(err.Error(), "schema") {
		t.Errorf("reading ends with %v", err)
	}
}

func TestBadURL(t *testing.T) {
	if _, err := mongolayer.OpenEvents(mongolayer.Config{URL: "mongodb://h/?colour=red"}); !errors.Is(err, wire.ErrBadURL) {
		t.Errorf("got %v", err)
	}
	if _, err := mongolayer.OpenBookings(mongolayer.Config{URL: "http://h"}); !errors.Is(err, wire.ErrBadURL) {
		t.Errorf("got %v", err)
	}
}
