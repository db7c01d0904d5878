// Package announce makes the messages by which the booking service tells of its decisions.
package announce

import (
	"time"

	"myevents/lib/contracts"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
)

// Decision tells of a change of an event's seats. It is an inventory.Encoder.
func Decision(c persistence.Change) persistence.Message {
	d := contracts.Decision{
		Sequence: c.Inventory.Sequence, Booked: c.Inventory.Booked, Capacity: c.Inventory.Event.Capacity.Seats(),
	}
	event := c.Inventory.Event.ID.String()
	if c.Booking == nil {
		return outbox.Message("availability:"+event, d.Sequence, &contracts.AvailabilityChanged{
			EventID: event, Decision: d, Cancelled: c.Inventory.Event.Cancelled,
		})
	}
	b := *c.Booking
	state := contracts.BookingState{
		EventID: event, UserID: b.UserID.String(), BookingID: b.ID.String(), Seats: b.Seats, Version: b.Version,
		Decision: d, Date: time.Unix(b.Date, 0).UTC(),
	}
	var e contracts.Event
	switch {
	case b.Version == 1:
		e = &contracts.EventBooked{BookingState: state}
	case b.Seats > 0:
		e = &contracts.BookingChanged{BookingState: state}
	default:
		e = &contracts.BookingCancelled{BookingState: state}
	}
	return outbox.Message(b.ID.String(), b.Version, e)
}
