package catalogue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"myevents/lib/persistence"
)

// Entry is an event as it is shown: with its location as that is now, and encoded. It never changes.
type Entry struct {
	text string // what a search looks through; first, so that a search through many touches little memory
	persistence.Event
	// JSON is the event as the API answers with it.
	JSON []byte

	name string // in the form in which names are compared
}

// eventJSON is an event on the wire: the book's names first.
type eventJSON struct {
	ID        persistence.ID
	Name      string
	Duration  int64
	StartDate int64
	EndDate   int64
	Location  locationJSON
	Capacity  *int64
	Cancelled bool
	Version   int64
	// OrganiserID is empty where only administrators may change it.
	OrganiserID persistence.ID
}

// locationJSON is a location on the wire.
type locationJSON struct {
	ID        persistence.ID
	Name      string
	Address   string
	Country   string
	OpenTime  int
	CloseTime int
	Halls     []hallJSON
	TimeZone  string
	Version   int64
	// OrganiserID is empty where only administrators may change it.
	OrganiserID persistence.ID
}

type hallJSON struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Capacity int64  `json:"capacity"`
}

func newEntry(e persistence.Event, locations map[persistence.ID]persistence.Location) *Entry {
	if now, ok := locations[e.Location.ID]; ok { // of a deleted one, what it was in the end
		now.Halls, now.Request = e.Location.Halls, ""
		e.Location = now
	}
	place := e.Location
	return &Entry{
		Event: e,
		JSON: encode(eventJSON{
			ID: e.ID, Name: e.Name, Duration: e.Duration, StartDate: e.StartDate, EndDate: e.EndDate,
			Location: newLocationJSON(place), Capacity: e.Capacity().Seats(), Cancelled: e.Cancelled, Version: e.Version,
			OrganiserID: e.OrganiserID,
		}),
		text: strings.ToLower(strings.Join([]string{e.Name, place.Name, place.Address, place.Country}, "\n")),
		name: strings.ToLower(e.Name),
	}
}

// EncodeLocation gives a location as the API answers with it.
func EncodeLocation(l persistence.Location) []byte { return encode(newLocationJSON(l)) }

func newLocationJSON(l persistence.Location) locationJSON {
	halls := make([]hallJSON, len(l.Halls))
	for i, h := range l.Halls {
		halls[i] = hallJSON(h)
	}
	return locationJSON{
		ID: l.ID, Name: l.Name, Address: l.Address, Country: l.Country, OpenTime: l.OpenTime, CloseTime: l.CloseTime,
		Halls: halls, TimeZone: l.TimeZone, Version: l.Version, OrganiserID: l.OrganiserID,
	}
}

func encode(document any) []byte {
	body, err := json.Marshal(document)
	if err != nil {
		panic(err) // these documents have nothing that JSON has not
	}
	return body
}

// listed says whether an event can be booked still.
func (e *Entry) listed(now int64) bool { return !e.Cancelled && e.EndDate > now }

// byStart is the order of lists.
func byStart(a, b *Entry) int {
	return cmp.Or(cmp.Compare(a.StartDate, b.StartDate), byID(a, b))
}

func byID(a, b *Entry) int { return bytes.Compare(a.ID[:], b.ID[:]) }

func byName(a, b *Entry) int { return cmp.Or(strings.Compare(a.name, b.name), byStart(a, b)) }
