// Package announce makes the messages by which the event service tells of its events and locations. Each one carries
// the full state.
package announce

import (
	"time"

	"myevents/lib/contracts"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
)

// EventCreated tells of a new event; place is its location as it is now.
func EventCreated(e persistence.Event, place persistence.Location) persistence.Message {
	return outbox.Message(e.ID.String(), e.Version, &contracts.EventCreated{EventState: eventState(e, place)})
}

// EventUpdated tells of a changed event, or of the state of any event again.
func EventUpdated(e persistence.Event, place persistence.Location) persistence.Message {
	return outbox.Message(e.ID.String(), e.Version, &contracts.EventUpdated{EventState: eventState(e, place)})
}

// EventCancelled tells of a cancelled event.
func EventCancelled(e persistence.Event, place persistence.Location) persistence.Message {
	return outbox.Message(e.ID.String(), e.Version, &contracts.EventCancelled{EventState: eventState(e, place)})
}

// LocationCreated tells of a new location.
func LocationCreated(l persistence.Location) persistence.Message {
	return outbox.Message(locationDocument(l.ID), l.Version, &contracts.LocationCreated{LocationState: locationState(l)})
}

// LocationUpdated tells of a changed location, or of the state of any location again.
func LocationUpdated(l persistence.Location) persistence.Message {
	return outbox.Message(locationDocument(l.ID), l.Version, &contracts.LocationUpdated{LocationState: locationState(l)})
}

// LocationDeleted tells of a deleted location.
func LocationDeleted(l persistence.Location) persistence.Message {
	return outbox.Message(locationDocument(l.ID), l.Version, &contracts.LocationDeleted{LocationState: locationState(l)})
}

// locationDocument is the name of a location's document: clients choose IDs, and an event may have the same.
func locationDocument(id persistence.ID) string { return "location:" + id.String() }

func eventState(e persistence.Event, place persistence.Location) contracts.EventState {
	return contracts.EventState{
		ID: e.ID.String(), Name: e.Name, LocationID: e.Location.ID.String(),
		Start: time.Unix(e.StartDate, 0).UTC(), End: time.Unix(e.EndDate, 0).UTC(),
		Version: e.Version, Capacity: e.Capacity().Seats(), Cancelled: e.Cancelled, OrganiserID: e.OrganiserID.String(),
		Location: contracts.Place{
			ID: place.ID.String(), Name: place.Name, Address: place.Address, Country: place.Country,
			TimeZone: place.TimeZone, Version: place.Version,
		},
	}
}

func locationState(l persistence.Location) contracts.LocationState {
	halls := make([]contracts.Hall, len(l.Halls))
	for i, h := range l.Halls {
		halls[i] = contracts.Hall(h)
	}
	return contracts.LocationState{
		ID: l.ID.String(), Name: l.Name, Address: l.Address, Country: l.Country, Halls: halls,
		Version: l.Version, TimeZone: l.TimeZone,
	}
}
