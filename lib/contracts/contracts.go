// Package contracts has the domain events by which the services, and whoever else listens, learn of each other: their
// names, their JSON and what makes them valid. They are only ever added to: no field is renamed or removed, and whoever
// reads them ignores what it does not know.
package contracts

import (
	"maps"
	"slices"
	"time"
)

// Event is what all domain events have in common.
type Event interface {
	// EventName is the event's name and its routing key.
	EventName() string
	// PartitionKey is the ID of the event, or of the location, that the domain event is about. Brokers that partition
	// keep together what has the same key.
	PartitionKey() string
	// Validate reports every field that is missing or wrong, as *InvalidError.
	Validate() error
}

// New has, by name, a function for every domain event that makes an empty one to decode a body into.
func New() map[string]func() Event {
	return map[string]func() Event{
		"event.created":        func() Event { return new(EventCreated) },
		"event.updated":        func() Event { return new(EventUpdated) },
		"event.cancelled":      func() Event { return new(EventCancelled) },
		"location.created":     func() Event { return new(LocationCreated) },
		"location.updated":     func() Event { return new(LocationUpdated) },
		"location.deleted":     func() Event { return new(LocationDeleted) },
		"event.booked":         func() Event { return new(EventBooked) },
		"booking.changed":      func() Event { return new(BookingChanged) },
		"booking.cancelled":    func() Event { return new(BookingCancelled) },
		"availability.changed": func() Event { return new(AvailabilityChanged) },
	}
}

// BookingService is the group, and so the queue, of the booking service.
const BookingService = "bookingservice"

// Subscriptions says which group listens to which domain events. Whoever connects to a broker first declares all of
// it, so that nothing is lost that is published before a group's first start.
func Subscriptions() map[string][]string {
	return map[string][]string{
		BookingService: {
			"event.created", "event.updated", "event.cancelled",
			"location.created", "location.updated", "location.deleted",
		},
	}
}

// Names lists all domain events, sorted.
func Names() []string {
	return slices.Sorted(maps.Keys(New()))
}

// EventState is an event's full state at a version: any one message about the event suffices to know all of it.
type EventState struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	LocationID string    `json:"location_id"`
	Start      time.Time `json:"start_date"`
	End        time.Time `json:"end_date"`

	Version int64 `json:"version"`
	// Capacity is the number of seats, null where it is not limited.
	Capacity  *int64 `json:"capacity"`
	Cancelled bool   `json:"cancelled"`
	// OrganiserID is empty where only administrators may change the event.
	OrganiserID string `json:"organiser_id"`
	// Location is the place as it was when the message was made.
	Location Place `json:"location"`
}

// Place is the part of a location that messages about events carry. It is applied by its own version.
type Place struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Address  string `json:"address"`
	Country  string `json:"country"`
	TimeZone string `json:"time_zone"`
	Version  int64  `json:"version"`
}

// PartitionKey implements Event.
func (e *EventState) PartitionKey() string { return e.ID }

// State gives the state itself, whichever of the three messages it came with.
func (e *EventState) State() EventState { return *e }

// EventCreated says that an event was created.
type EventCreated struct{ EventState }

// EventName implements Event.
func (*EventCreated) EventName() string { return "event.created" }

// EventUpdated says that an event was changed, or tells its state again.
type EventUpdated struct{ EventState }

// EventName implements Event.
func (*EventUpdated) EventName() string { return "event.updated" }

// EventCancelled says that an event was cancelled, for good.
type EventCancelled struct{ EventState }

// EventName implements Event.
func (*EventCancelled) EventName() string { return "event.cancelled" }

// LocationState is a location's full state at a version.
type LocationState struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Country string `json:"country"`
	Halls   []Hall `json:"halls"`

	Version  int64  `json:"version"`
	TimeZone string `json:"time_zone"`
}

// Hall is a part of a location.
type Hall struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Capacity int64  `json:"capacity"`
}

// PartitionKey implements Event.
func (l *LocationState) PartitionKey() string { return l.ID }

// State gives the state itself, whichever of the three messages it came with.
func (l *LocationState) State() LocationState { return *l }

// LocationCreated says that a location was created.
type LocationCreated struct{ LocationState }

// EventName implements Event.
func (*LocationCreated) EventName() string { return "location.created" }

// LocationUpdated says that a location was changed, or tells its state again.
type LocationUpdated struct{ LocationState }

// EventName implements Event.
func (*LocationUpdated) EventName() string { return "location.updated" }

// LocationDeleted says that a location was deleted; the state is its last.
type LocationDeleted struct{ LocationState }

// EventName implements Event.
func (*LocationDeleted) EventName() string { return "location.deleted" }

// Decision is the place of a domain event among all decisions about the seats of its event.
type Decision struct {
	// Sequence counts the decisions, without a gap, in the order in which they were made.
	Sequence int64 `json:"sequence"`
	// Booked is the number of seats sold after the decision.
	Booked int64 `json:"booked"`
	// Capacity is the number of seats that the decision was made under, null where it is not limited.
	Capacity *int64 `json:"capacity"`
}

// BookingState is a booking after a decision about it.
type BookingState struct {
	EventID string `json:"eventId"`
	UserID  string `json:"userId"`

	BookingID string `json:"bookingId"`
	// Seats is how many seats the booking holds now.
	Seats   int64 `json:"seats"`
	Version int64 `json:"version"`
	Decision
	// Date is when the booking was made.
	Date time.Time `json:"date"`
}

// PartitionKey implements Event.
func (b *BookingState) PartitionKey() string { return b.EventID }

// State gives the state itself, whichever of the three messages it came with.
func (b *BookingState) State() BookingState { return *b }

// EventBooked says that somebody booked seats.
type EventBooked struct{ BookingState }

// EventName implements Event.
func (*EventBooked) EventName() string { return "event.booked" }

// BookingChanged says that some seats of a booking were given back.
type BookingChanged struct{ BookingState }

// EventName implements Event.
func (*BookingChanged) EventName() string { return "booking.changed" }

// BookingCancelled says that all seats of a booking were given back.
type BookingCancelled struct{ BookingState }

// EventName implements Event.
func (*BookingCancelled) EventName() string { return "booking.cancelled" }

// AvailabilityChanged says that the booking service took over an event: for the first time, with another capacity, or
// cancelled.
type AvailabilityChanged struct {
	EventID string `json:"eventId"`
	Decision
	Cancelled bool `json:"cancelled"`
}

// EventName implements Event.
func (*AvailabilityChanged) EventName() string { return "availability.changed" }

// PartitionKey implements Event.
func (a *AvailabilityChanged) PartitionKey() string { return a.EventID }
