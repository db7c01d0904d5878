package contracts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/contracts"
)

var update = flag.Bool("update", false, "write the golden files anew; a field may only ever be added to them")

const (
	eventID    = "5a8c0f2e9d3b4c1a7e6f0001"
	locationID = "5a8c0f2e9d3b4c1a7e6f0002"
	bookingID  = "5a8c0f2e9d3b4c1a7e6f0003"
	userID     = "5a8c0f2e9d3b4c1a7e6f0004"
)

// eventState has every field set, so that the golden files show each one.
func eventState() contracts.EventState {
	return contracts.EventState{
		ID: eventID, Name: "Opera gala", LocationID: locationID,
		Start:   time.Date(2026, 5, 1, 19, 30, 0, 0, time.UTC),
		End:     time.Date(2026, 5, 1, 22, 0, 0, 0, time.UTC),
		Version: 3, Capacity: new(int64(1200)), OrganiserID: userID,
		Location: contracts.Place{
			ID: locationID, Name: "West Street Opera House", Address: "11 West Street", Country: "USA",
			TimeZone: "America/Chicago", Version: 2,
		},
	}
}

func locationState() contracts.LocationState {
	return contracts.LocationState{
		ID: locationID, Name: "West Street Opera House", Address: "11 West Street", Country: "USA",
		Halls:   []contracts.Hall{{Name: "Great hall", Location: "First floor", Capacity: 1200}},
		Version: 2, TimeZone: "America/Chicago",
	}
}

func bookingState(seats int64) contracts.BookingState {
	return contracts.BookingState{
		EventID: eventID, UserID: userID, BookingID: bookingID, Seats: seats, Version: 1,
		Decision: contracts.Decision{Sequence: 17, Booked: 40, Capacity: new(int64(1200))},
		Date:     time.Date(2026, 4, 2, 8, 15, 0, 0, time.UTC),
	}
}

// samples has one of every domain event.
func samples() map[string]contracts.Event {
	cancelled := eventState()
	cancelled.Cancelled = true
	return map[string]contracts.Event{
		"event.created":     &contracts.EventCreated{EventState: eventState()},
		"event.updated":     &contracts.EventUpdated{EventState: eventState()},
		"event.cancelled":   &contracts.EventCancelled{EventState: cancelled},
		"location.created":  &contracts.LocationCreated{LocationState: locationState()},
		"location.updated":  &contracts.LocationUpdated{LocationState: locationState()},
		"location.deleted":  &contracts.LocationDeleted{LocationState: locationState()},
		"event.booked":      &contracts.EventBooked{BookingState: bookingState(4)},
		"booking.changed":   &contracts.BookingChanged{BookingState: bookingState(2)},
		"booking.cancelled": &contracts.BookingCancelled{BookingState: bookingState(0)},
		"availability.changed": &contracts.AvailabilityChanged{
			EventID:   eventID,
			Decision:  contracts.Decision{Sequence: 18, Booked: 40, Capacity: new(int64(1000))},
			Cancelled: true,
		},
	}
}

// TestBodies holds every domain event's JSON against a file, in both directions, so that no field is renamed or
// removed without anybody noticing.
func TestBodies(t *testing.T) {
	for _, name := range contracts.Names() {
		t.Run(name, func(t *testing.T) {
			event, ok := samples()[name]
			if !ok {
				t.Fatalf("there is no sample of %s", name)
			}
			if err := event.Validate(); err != nil {
				t.Fatalf("the sample is not valid: %v", err)
			}
			body := indented(t, event)
			path := filepath.Join("testdata", name+".golden.json")
			if *update {
				if err := os.WriteFile(path, body, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(golden), string(body)); diff != "" {
				t.Errorf("the body is not the agreed one (-agreed +now):\n%s", diff)
			}
			read := contracts.New()[name]()
			if err := json.Unmarshal(golden, read); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(event, read); diff != "" {
				t.Errorf("the agreed body is read differently (-sent +read):\n%s", diff)
			}
		})
	}
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUnlimited shows that a capacity that is not limited is null, not absent and not 0.
func TestUnlimited(t *testing.T) {
	state := eventState()
	state.Capacity = nil
	body := indented(t, &contracts.EventCreated{EventState: state})
	if !bytes.Contains(body, []byte(`"capacity": null`)) {
		t.Errorf("the capacity is not null in %s", body)
	}
}

// TestUnknownFields shows that whoever reads an event ignores what was added to it later.
func TestUnknownFields(t *testing.T) {
	for name, event := range samples() {
		body := slices.Concat([]byte(`{"added_later": {"deep": [1]},`), indented(t, event)[1:])
		read := contracts.New()[name]()
		if err := json.Unmarshal(body, read); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(event, read); diff != "" {
			t.Errorf("%s is read differently (-sent +read):\n%s", name, diff)
		}
	}
}

func TestNames(t *testing.T) {
	if got, want := len(contracts.Names()), len(contracts.New()); got != want {
		t.Errorf("there are %d names for %d events", got, want)
	}
	for name, empty := range contracts.New() {
		if got := empty().EventName(); got != name {
			t.Errorf("the event made for %q calls itself %q", name, got)
		}
		if !slices.Contains(contracts.Names(), name) {
			t.Errorf("%q is not among the names", name)
		}
	}
}

func TestSubscriptions(t *testing.T) {
	known := contracts.New()
	for group, names := range contracts.Subscriptions() {
		for _, name := range names {
			if known[name] == nil {
				t.Errorf("%s listens to %q, which nobody sends", group, name)
			}
		}
	}
}

func TestPartitionKey(t *testing.T) {
	for name, event := range samples() {
		want := eventID
		switch event.(type) {
		case *contracts.LocationCreated, *contracts.LocationUpdated, *contracts.LocationDeleted:
			want = locationID
		}
		if got := event.PartitionKey(); got != want {
			t.Errorf("%s has the key %q, not %q", name, got, want)
		}
	}
}

// invalid makes an event that is wrong in one way.
func invalid[S any, E contracts.Event](state S, spoil func(*S), wrap func(S) E) contracts.Event {
	spoil(&state)
	return wrap(state)
}

func TestValidate(t *testing.T) {
	event := func(spoil func(*contracts.EventState)) contracts.Event {
		return invalid(eventState(), spoil, func(s contracts.EventState) *contracts.EventCreated {
			return &contracts.EventCreated{EventState: s}
		})
	}
	location := func(spoil func(*contracts.LocationState)) contracts.Event {
		return invalid(locationState(), spoil, func(s contracts.LocationState) *contracts.LocationUpdated {
			return &contracts.LocationUpdated{LocationState: s}
		})
	}
	booking := func(spoil func(*contracts.BookingState)) contracts.Event {
		return invalid(bookingState(4), spoil, func(s contracts.BookingState) *contracts.EventBooked {
			return &contracts.EventBooked{BookingState: s}
		})
	}
	for _, c := range []struct {
		name   string
		event  contracts.Event
		faults []string
	}{
		{"event with another ID", event(func(s *contracts.EventState) { s.ID = "5a8c" }),
			[]string{"id must have 24 hexadecimal digits"}},
		{"event with an ID of other letters", event(func(s *contracts.EventState) { s.ID = "x" + s.ID[1:] }),
			[]string{"id must have 24 hexadecimal digits"}},
		{"event without name, dates, version",
			event(func(s *contracts.EventState) {
				*s = contracts.EventState{ID: s.ID}
			}),
			[]string{
				"name is missing", "start_date is missing", "end_date is missing", "version must be at least 1",
			}},
		{"event with less than no seats", event(func(s *contracts.EventState) { s.Capacity = new(int64(-1)) }),
			[]string{"capacity must be at least 0, or null"}},
		{"event without seats", event(func(s *contracts.EventState) { s.Capacity = new(int64) }), nil},
		{"event of an administrator", event(func(s *contracts.EventState) { s.OrganiserID = "" }), nil},
		{"event of a strange organiser", event(func(s *contracts.EventState) { s.OrganiserID = "me" }),
			[]string{"organiser_id must have 24 hexadecimal digits"}},
		{"event nowhere", event(func(s *contracts.EventState) {
			s.LocationID, s.Location = "", contracts.Place{}
		}), nil},
		{"event in two places", event(func(s *contracts.EventState) { s.Location.ID = eventID }),
			[]string{"location.id must be location_id"}},
		{"event in a place without version", event(func(s *contracts.EventState) { s.Location.Version = 0 }),
			[]string{"location.version must be at least 1"}},
		{"location with nothing", location(func(s *contracts.LocationState) { *s = contracts.LocationState{} }),
			[]string{"id must have 24 hexadecimal digits", "name is missing", "version must be at least 1"}},
		{"location without halls", location(func(s *contracts.LocationState) { s.Halls = nil }), nil},
		{"hall with less than no seats", location(func(s *contracts.LocationState) { s.Halls[0].Capacity = -1 }),
			[]string{"halls[0].capacity must be at least 0"}},
		{"booking with nothing", booking(func(s *contracts.BookingState) { *s = contracts.BookingState{} }),
			[]string{
				"eventId must have 24 hexadecimal digits", "userId must have 24 hexadecimal digits",
				"bookingId must have 24 hexadecimal digits", "version must be at least 1",
				"sequence must be at least 1", "date is missing",
			}},
		{"booking below nothing", booking(func(s *contracts.BookingState) { s.Seats, s.Booked = -1, -1 }),
			[]string{"seats must be at least 0", "booked must be at least 0"}},
		{"availability of nothing", &contracts.AvailabilityChanged{},
			[]string{"eventId must have 24 hexadecimal digits", "sequence must be at least 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var faults []string
			var wrong *contracts.InvalidError
			if err := c.event.Validate(); errors.As(err, &wrong) {
				faults = wrong.Faults
			} else if err != nil {
				t.Fatalf("the error is no *InvalidError: %v", err)
			}
			if diff := cmp.Diff(c.faults, faults); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInvalidError(t *testing.T) {
	err := (&contracts.AvailabilityChanged{}).Validate()
	want := "availability: eventId must have 24 hexadecimal digits; sequence must be at least 1"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
