package mongolayer

import (
	"time"

	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// objectID is an ID as MongoDB keeps it: an ObjectId, or null for none. The book's services wrote some as binary.
type objectID persistence.ID

// GetBSON implements bson.Getter.
func (id objectID) GetBSON() (any, error) {
	if persistence.ID(id).IsZero() {
		return nil, nil
	}
	return bson.ObjectId(id[:]), nil
}

// SetBSON implements bson.Setter. What is no ID is none.
func (id *objectID) SetBSON(raw bson.Raw) error {
	*id = objectID{}
	const (
		binary   = 0x05
		objectid = 0x07
	)
	var data []byte
	if raw.Kind != binary && raw.Kind != objectid {
		return nil
	}
	if err := raw.Unmarshal(&data); err == nil && len(data) == len(id) {
		*id = objectID(data)
	}
	return nil
}

// objectIDs converts many.
func objectIDs(ids []persistence.ID) []objectID {
	converted := make([]objectID, len(ids))
	for n, id := range ids {
		converted[n] = objectID(id)
	}
	return converted
}

// version 1 is also that of documents without one, which the book's services wrote.
func isVersion(n int64) any {
	if n == 1 {
		return bson.M{"$in": []any{int64(1), nil}}
	}
	return n
}

func versionOf(n int64) int64 { return max(n, 1) }

// message is a message in an outbox.
type message struct {
	ID       string `bson:"id"`
	Document string `bson:"document"`
	Name     string `bson:"name"`
	Key      string `bson:"key"`
	Body     []byte `bson:"body"`
	// Time is in Unix nanoseconds, which MongoDB's own dates are too coarse for.
	Time  int64  `bson:"time"`
	Trace string `bson:"trace,omitempty"`
}

func packMessage(m persistence.Message) message {
	packed := message{ID: m.ID, Document: m.Document, Name: m.Name, Key: m.Key, Body: m.Body, Trace: m.Trace}
	if !m.Time.IsZero() {
		packed.Time = m.Time.UnixNano()
	}
	return packed
}

func (m message) unpack() persistence.Message {
	return persistence.Message{
		ID: m.ID, Document: m.Document, Name: m.Name, Key: m.Key, Body: m.Body, Time: unixNano(m.Time), Trace: m.Trace,
	}
}

func unixNano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// event has the names of the book's documents, and ours.
type event struct {
	ID        objectID `bson:"_id"`
	eventBody `bson:",inline"`
	Changed   time.Time `bson:"changed,omitempty"`
}

// eventBody is what changes of an event.
type eventBody struct {
	Name        string   `bson:"name"`
	Duration    int64    `bson:"duration"`
	StartDate   int64    `bson:"startdate"`
	EndDate     int64    `bson:"enddate"`
	Location    location `bson:"location"`
	OrganiserID objectID `bson:"organiserid"`
	Version     int64    `bson:"version"`
	Cancelled   bool     `bson:"cancelled"`
	Request     string   `bson:"request"`
}

func packEvent(e persistence.Event) eventBody {
	return eventBody{
		Name: e.Name, Duration: e.Duration, StartDate: e.StartDate, EndDate: e.EndDate,
		Location:    location{ID: objectID(e.Location.ID), locationBody: packLocation(e.Location)},
		OrganiserID: objectID(e.OrganiserID), Version: e.Version, Cancelled: e.Cancelled, Request: e.Request,
	}
}

func (e event) unpack() persistence.Event {
	return persistence.Event{
		ID: persistence.ID(e.ID), Name: e.Name, Duration: e.Duration, StartDate: e.StartDate, EndDate: e.EndDate,
		Location: e.Location.unpack(), OrganiserID: persistence.ID(e.OrganiserID), Version: versionOf(e.Version),
		Cancelled: e.Cancelled, Request: e.Request,
	}
}

// location is a location, or an event's copy of one.
type location struct {
	ID           objectID `bson:"_id"`
	locationBody `bson:",inline"`
	Changed      time.Time `bson:"changed,omitempty"`
}

type locationBody struct {
	Name        string   `bson:"name"`
	Address     string   `bson:"address"`
	Country     string   `bson:"country"`
	OpenTime    int      `bson:"opentime"`
	CloseTime   int      `bson:"closetime"`
	TimeZone    string   `bson:"timezone"`
	Halls       halls    `bson:"halls"`
	OrganiserID objectID `bson:"organiserid"`
	Version     int64    `bson:"version"`
	Deleted     bool     `bson:"deleted"`
	Request     string   `bson:"request"`
}

// halls are null where there are none at all: an empty list is something else.
type halls []hall

type hall struct {
	Name     string `bson:"name"`
	Location string `bson:"location"`
	Capacity int64  `bson:"capacity"`
}

// GetBSON implements bson.Getter.
func (h halls) GetBSON() (any, error) {
	if h == nil {
		return nil, nil
	}
	return []hall(h), nil
}

func packLocation(l persistence.Location) locationBody {
	body := locationBody{
		Name: l.Name, Address: l.Address, Country: l.Country, OpenTime: l.OpenTime, CloseTime: l.CloseTime,
		TimeZone: l.TimeZone, OrganiserID: objectID(l.OrganiserID), Version: l.Version, Deleted: l.Deleted,
		Request: l.Request,
	}
	if l.Halls != nil {
		body.Halls = make(halls, len(l.Halls))
		for n, h := range l.Halls {
			body.Halls[n] = hall(h)
		}
	}
	return body
}

func (l location) unpack() persistence.Location {
	unpacked := persistence.Location{
		ID: persistence.ID(l.ID), Name: l.Name, Address: l.Address, Country: l.Country, OpenTime: l.OpenTime,
		CloseTime: l.CloseTime, TimeZone: l.TimeZone, OrganiserID: persistence.ID(l.OrganiserID), Version: l.Version,
		Deleted: l.Deleted, Request: l.Request,
	}
	if l.Halls != nil {
		unpacked.Halls = make([]persistence.Hall, len(l.Halls))
		for n, h := range l.Halls {
			unpacked.Halls[n] = persistence.Hall(h)
		}
	}
	return unpacked
}
