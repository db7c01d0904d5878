package announce_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/eventservice/announce"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

var organiser = persistence.ID{3}

func event(version int64) persistence.Event {
	return persistence.Event{
		ID: persistence.ID{1}, Name: "Opera", Duration: 120, StartDate: 1_800_000_000, EndDate: 1_800_007_200,
		Version: version, OrganiserID: organiser, Location: persistence.Location{
			ID: persistence.ID{2}, Name: "Old name", Version: 1,
			Halls: []persistence.Hall{{Name: "A", Capacity: 30}, {Name: "B", Capacity: 12}},
		},
	}
}

func place(version int64) persistence.Location {
	return persistence.Location{
		ID: persistence.ID{2}, Name: "New name", Address: "Quay 7", Country: "Germany", TimeZone: "Europe/Berlin",
		OpenTime: 9, CloseTime: 23, OrganiserID: organiser, Version: version,
		Halls: []persistence.Hall{{Name: "C", Location: "left", Capacity: 500}},
	}
}

func eventState() contracts.EventState {
	seats := int64(42)
	return contracts.EventState{
		ID: persistence.ID{1}.String(), Name: "Opera", LocationID: persistence.ID{2}.String(),
		Start: time.Unix(1_800_000_000, 0).UTC(), End: time.Unix(1_800_007_200, 0).UTC(), Version: 4, Capacity: &seats,
		OrganiserID: organiser.String(), Location: contracts.Place{
			ID: persistence.ID{2}.String(), Name: "New name", Address: "Quay 7", Country: "Germany", TimeZone: "Europe/Berlin",
			Version: 6,
		},
	}
}

func locationState() contracts.LocationState {
	return contracts.LocationState{
		ID: persistence.ID{2}.String(), Name: "New name", Address: "Quay 7", Country: "Germany", TimeZone: "Europe/Berlin",
		Halls: []contracts.Hall{{Name: "C", Location: "left", Capacity: 500}}, Version: 6,
	}
}

// changed gives a state with one thing different.
func changed[S any](s S, change func(*S)) S {
	change(&s)
	return s
}

// TestMessages has every change told by the message that it should be, which those who get it understand.
func TestMessages(t *testing.T) {
	open, cancelled, ownerless := event(4), event(4), event(4)
	open.Location.Halls, cancelled.Cancelled, ownerless.OrganiserID = nil, true, persistence.ID{}
	bare := place(6)
	bare.Halls = nil
	for name, c := range map[string]struct {
		message persistence.Message
		key     persistence.ID
		want    contracts.Event
	}{
		"created": {
			announce.EventCreated(event(4), place(6)), event(4).ID, &contracts.EventCreated{EventState: eventState()},
		},
		"updated": {
			announce.EventUpdated(event(4), place(6)), event(4).ID, &contracts.EventUpdated{EventState: eventState()},
		},
		"cancelled": {
			announce.EventCancelled(cancelled, place(6)), event(4).ID,
			&contracts.EventCancelled{
				EventState: changed(eventState(), func(s *contracts.EventState) { s.Cancelled = true }),
			},
		},
		"not limited": {
			announce.EventCreated(open, place(6)), event(4).ID,
			&contracts.EventCreated{EventState: changed(eventState(), func(s *contracts.EventState) { s.Capacity = nil })},
		},
		"nobody's": {
			announce.EventCreated(ownerless, place(6)), event(4).ID,
			&contracts.EventCreated{EventState: changed(eventState(), func(s *contracts.EventState) { s.OrganiserID = "" })},
		},
		"location created": {
			announce.LocationCreated(place(6)), place(6).ID, &contracts.LocationCreated{LocationState: locationState()},
		},
		"location updated": {
			announce.LocationUpdated(place(6)), place(6).ID, &contracts.LocationUpdated{LocationState: locationState()},
		},
		"location deleted": {
			announce.LocationDeleted(place(6)), place(6).ID, &contracts.LocationDeleted{LocationState: locationState()},
		},
		"location without halls": {
			announce.LocationCreated(bare), place(6).ID, &contracts.LocationCreated{
				LocationState: changed(locationState(), func(s *contracts.LocationState) { s.Halls = []contracts.Hall{} }),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := c.message
			got, err := msgqueue.NewMapper(contracts.New()).MapEvent(m.Name, m.Body) // which validates it
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(msgqueue.Event(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			document, version := c.key.String(), int64(4)
			if c.key != event(4).ID {
				document, version = "location:"+document, 6
			}
			want := persistence.Message{
				ID: persistence.MessageID(document, version), Document: document, Name: c.want.EventName(),
				Key: c.key.String(), Body: m.Body, Time: m.Time,
			}
			if diff := cmp.Diff(want, m); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if age := time.Since(m.Time); age < 0 || age > time.Minute {
				t.Errorf("the message is of %v", m.Time)
			}
		})
	}
}

// TestMessagesSortByVersion makes the messages of an event, and of a location, of ever newer versions: their IDs, of
// which the smallest is sent first, are in that order, and no two are the same.
func TestMessagesSortByVersion(t *testing.T) {
	versions := []int64{1, 2, 9, 10, 11, 15, 16, 17, 99, 100, 255, 256, 1_000_000, 1 << 40, 1<<63 - 1}
	var events, locations []string
	for n, v := range versions {
		told := []func(persistence.Event, persistence.Location) persistence.Message{
			announce.EventCreated, announce.EventUpdated, announce.EventCancelled,
		}[n%3]
		events = append(events, told(event(v), place(1)).ID)
		locations = append(locations, announce.LocationUpdated(place(v)).ID)
	}
	for name, ids := range map[string][]string{"an event": events, "a location": locations} {
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(versions) {
			t.Errorf("the IDs of %s are %q", name, ids)
		}
	}
}
