package persistence

// Capacity is a number of seats, or Unlimited. It is written as JSON null where it is unlimited.
type Capacity int64

// Unlimited is the capacity of an event that has no halls.
const Unlimited Capacity = -1

// Limited says whether there is a limit at all.
func (c Capacity) Limited() bool { return c != Unlimited }

// Seats gives the limit, or nil where there is none: the form in which JSON documents have it.
func (c Capacity) Seats() *int64 {
	if !c.Limited() {
		return nil
	}
	n := int64(c)
	return &n
}

// CapacityOf is the inverse of Capacity.Seats.
func CapacityOf(seats *int64) Capacity {
	if seats == nil {
		return Unlimited
	}
	return Capacity(*seats)
}

// Event is something that seats are sold for, as the event service keeps it.
type Event struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	// Duration is in minutes, as the organiser sent it; EndDate is what counts.
	Duration int64 `json:"duration"`
	// StartDate and EndDate are Unix seconds.
	StartDate int64 `json:"start_date"`
	EndDate   int64 `json:"end_date"`
	// Location is the place as it was when the event was last written. Its Halls are the event's own; the other fields
	// are shown from the location's document, as they are now.
	Location Location `json:"location"`
	// OrganiserID is the user who may change the event; zero: administrators only.
	OrganiserID ID `json:"organiser_id"`
	// Version counts the changes; a new event has 1.
	Version int64 `json:"version"`
	// Cancelled events never come back.
	Cancelled bool `json:"cancelled"`
	// Request tells apart requests that were made with the same idempotency key; empty where there was no key.
	Request string `json:"request,omitempty"`
}

// Capacity is the sum of the event's halls; an event without halls is not limited.
func (e Event) Capacity() Capacity { return capacityOf(e.Location.Halls) }

// Location is a place where events happen. The booking service keeps copies of the event service's locations.
type Location struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Country string `json:"country"`
	// OpenTime and CloseTime are hours of the day.
	OpenTime  int `json:"open_time"`
	CloseTime int `json:"close_time"`
	// TimeZone is the IANA name of the zone that the place's clocks show.
	TimeZone string `json:"time_zone"`
	Halls    []Hall `json:"halls"`
	// OrganiserID is the user who may change the location; zero: administrators only.
	OrganiserID ID `json:"organiser_id"`
	// Version counts the changes; a new location has 1.
	Version int64 `json:"version"`
	// Deleted marks the tombstone that a deleted location leaves.
	Deleted bool `json:"deleted,omitempty"`
	// Request tells apart requests that were made with the same idempotency key; empty where there was no key.
	Request string `json:"request,omitempty"`
}

// Hall is a part of a location.
type Hall struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Capacity int64  `json:"capacity"`
}

func capacityOf(halls []Hall) Capacity {
	if len(halls) == 0 {
		return Unlimited
	}
	var sum int64
	for _, h := range halls {
		sum += h.Capacity
	}
	return Capacity(sum)
}
