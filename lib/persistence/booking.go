package persistence

// Booking is a number of seats that a user holds at an event.
type Booking struct {
	ID      ID `json:"id"`
	EventID ID `json:"event_id"`
	// UserID is the user who made the booking, a guest or an account; it never changes.
	UserID ID `json:"user_id"`
	// Seats is how many seats are held now; 0 once all are given back.
	Seats int64 `json:"seats"`
	// Asked is how many seats the request that made the booking asked for: by it a repeated request is recognised.
	Asked int64 `json:"asked"`
	// Date is when the booking was made, in Unix seconds.
	Date int64 `json:"date"`
	// Version counts the changes; a new booking has 1.
	Version int64 `json:"version"`
	// Reason is why the event's organiser cancelled the booking, in the organiser's words; empty where it was not.
	Reason string `json:"reason,omitempty"`
}

// SalePeriod is a quarter of an hour, in seconds. The days of every time zone are made of whole ones, since the
// quarters of an hour are where zones put midnight.
const SalePeriod = 15 * 60

// Sale sums up those bookings of an event that were made within one SalePeriod.
type Sale struct {
	EventID ID
	// Start is when the period began, in Unix seconds: a multiple of SalePeriod.
	Start int64
	// Bookings is how many were made, those that hold no seats any more among them.
	Bookings int64
	// Asked is how many seats they were made of, and Seats how many of these they hold now.
	Asked, Seats int64
}

// EventCopy is what the booking service knows of an event, from the event service's messages.
type EventCopy struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	// StartDate and EndDate are Unix seconds.
	StartDate   int64    `json:"start_date"`
	EndDate     int64    `json:"end_date"`
	LocationID  ID       `json:"location_id"`
	OrganiserID ID       `json:"organiser_id"`
	Capacity    Capacity `json:"capacity"`
	Cancelled   bool     `json:"cancelled"`
	// Moved is when, in Unix seconds, this service learnt of another start, end or location; 0 means never.
	Moved int64 `json:"moved"`
	// Version is the event's own. Zero means that nothing is known of the event.
	Version int64 `json:"version"`
}

// Inventory is what is left and what is sold of one event. It is one document, and all decisions about the event's
// seats are changes of it.
type Inventory struct {
	Event EventCopy `json:"event"`
	// Booked is the number of seats sold. It exceeds the capacity only where the capacity was lowered below it.
	Booked int64 `json:"booked"`
	// Sequence counts the decisions about the event's seats, without a gap.
	Sequence int64 `json:"sequence"`
}

// Left is how many seats can still be sold, never less than 0; ok is false where the event is not limited.
func (i Inventory) Left() (seats int64, ok bool) {
	if !i.Event.Capacity.Limited() {
		return 0, false
	}
	return max(0, int64(i.Event.Capacity)-i.Booked), true
}

// Snapshot is the state on which decisions about one event are made.
type Snapshot struct {
	EventID ID
	// Inventory has Event.Version 0 where the event is unknown.
	Inventory Inventory
	// Bookings holds, of the bookings asked for, those that exist.
	Bookings map[ID]Booking
	// Waiting holds the bookings, of those in Bookings, that have messages in their outbox.
	Waiting map[ID]bool
	// Tag names this state of the inventory. Only the store that made it reads it.
	Tag string
}

// Change is one decision: about a booking, or to take over a new copy of the event.
type Change struct {
	// Inventory is the state after this change and all changes before it in the same commit.
	Inventory Inventory
	// Booking is the booking after the change: Version 1 is a new one, any other replaces the version before it. It is
	// nil where the change is a new copy of the event.
	Booking *Booking
	// Message tells the world of the change; nil where there is nothing to tell.
	Message *Message
}

// Session is what lets a browser or an API client go on being the same user. Its secret itself is never stored.
type Session struct {
	ID     ID `json:"id"`
	UserID ID `json:"user_id"`
	// Epoch is the user's at the beginning, 0 for a guest: by it a session ends that another one's end is to end, and a
	// guest's where the guest has become an account.
	Epoch int64 `json:"epoch,omitempty"`
	// Secret is the SHA-256 of the secret that the session can now be refreshed with, Previous of the one before.
	Secret   []byte `json:"secret"`
	Previous []byte `json:"previous,omitempty"`
	// Rotated is when Secret replaced Previous, and Expires when the session ends, in Unix seconds.
	Rotated int64 `json:"rotated"`
	Expires int64 `json:"expires"`
	// Version counts the changes; a new session has 1.
	Version int64 `json:"version"`
}
