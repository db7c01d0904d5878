package listener

import (
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// Copies are what a message of the event service says. What it says nothing of has the zero ID.
type Copies struct {
	Event persistence.EventCopy
	// Location is what is shown with bookings: a location's halls are counted in the events' capacities.
	Location persistence.Location
}

// Read makes of a message the copies that the booking service keeps; of one that is about neither events nor locations,
// none. An error is one of an ID, which contracts.Event.Validate finds, too.
func Read(e msgqueue.Event) (Copies, error) {
	switch e := e.(type) {
	case interface{ State() contracts.EventState }:
		return readEvent(e.State())
	case *contracts.LocationDeleted:
		return readLocation(e.State(), true)
	case interface {
		State() contracts.LocationState
	}:
		return readLocation(e.State(), false)
	}
	return Copies{}, nil
}

func readEvent(s contracts.EventState) (c Copies, err error) {
	var ids [3]persistence.ID
	for i, text := range []string{s.ID, s.LocationID, s.OrganiserID} {
		if err := ids[i].UnmarshalText([]byte(text)); err != nil {
			return c, err
		}
	}
	id, location, organiser := ids[0], ids[1], ids[2]
	c.Event = persistence.EventCopy{
		ID: id, Name: s.Name, StartDate: s.Start.Unix(), EndDate: s.End.Unix(), LocationID: location,
		OrganiserID: organiser, Capacity: persistence.CapacityOf(s.Capacity), Cancelled: s.Cancelled, Version: s.Version,
	}
	if place := s.Location; !location.IsZero() {
		c.Location = persistence.Location{
			ID: location, Name: place.Name, Address: place.Address, Country: place.Country, TimeZone: place.TimeZone,
			Version: place.Version,
		}
	}
	return c, nil
}

func readLocation(s contracts.LocationState, deleted bool) (c Copies, err error) {
	id, err := persistence.ParseID(s.ID)
	if err != nil {
		return c, err
	}
	c.Location = persistence.Location{
		ID: id, Name: s.Name, Address: s.Address, Country: s.Country, TimeZone: s.TimeZone, Version: s.Version,
		Deleted: deleted,
	}
	return c, nil
}
