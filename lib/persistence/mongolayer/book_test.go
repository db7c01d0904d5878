package mongolayer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/mgo.v2/bson"

	backends "myevents/deploy/test"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
	"myevents/lib/persistence/mongolayer/wire"
	"myevents/lib/persistence/schema"
)

// TestBooksDocuments reads and changes documents as the services of the book have stored them.
func TestBooksDocuments(t *testing.T) {
	id, place := persistence.NewID(), persistence.NewID()
	url := database(backends.SharedMongo(t))
	backends.Insert(t, url, "events", bson.M{
		"_id": bson.ObjectId(id[:]), "name": "Opera", "duration": 120, "startdate": int64(now), "enddate": int64(now + 7200),
		"location": bson.M{
			"_id": bson.ObjectId(place[:]), "name": "La Scala", "address": "Via Filodrammatici 2", "country": "Italy",
			"opentime": 8, "closetime": 22, "halls": []bson.M{{"name": "Main", "location": "Left", "capacity": 2030}},
		},
	})
	backends.Insert(t, url, "locations", bson.M{"_id": bson.ObjectId(place[:]), "name": "La Scala", "halls": nil})
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
	backends.Insert(t, url, "bookings", bson.M{"_id": bson.ObjectId(id[:]), "date": int64(now), "eventid": event[:], "seats": 3})
	found, err := openBookings(t, mongolayer.Config{URL: url}).FindBooking(t.Context(), id)
	want := persistence.Booking{ID: id, EventID: event, Seats: 3, Asked: 3, Date: now, Version: 1}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v; the booking differs (-want +got):\n%s", err, diff)
	}
}

// TestNewerSchema shows that an older program leaves a newer one's data alone, and that the release between the two gets
// along with both.
func TestNewerSchema(t *testing.T) {
	url := database(backends.SharedMongo(t))
	release := func(written, known int) persistence.DatabaseHandler {
		store := openEvents(t, mongolayer.Config{URL: url})
		mongolayer.OfRelease(store, schema.Versions{Written: written, Known: known})
		return store
	}
	for _, store := range []persistence.DatabaseHandler{release(1, 1), release(1, 2), release(2, 2), release(1, 2)} {
		if err := store.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	store := release(1, 1)
	err := store.Ping(t.Context())
	if errors.Is(err, persistence.ErrUnavailable) || !errors.Is(err, persistence.ErrSchema) {
		t.Errorf("the ping ends with %v", err)
	}
	_, err = store.FindEvent(t.Context(), persistence.NewID())
	if errors.Is(err, persistence.ErrUnavailable) || !errors.Is(err, persistence.ErrSchema) ||
		!strings.Contains(err.Error(), "version 2, and 1 is the newest known") {
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
