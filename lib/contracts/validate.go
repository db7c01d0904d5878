package contracts

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// InvalidError lists what is wrong with a domain event, one sentence a field.
type InvalidError struct {
	Name   string
	Faults []string
}

// Error implements error.
func (e *InvalidError) Error() string { return e.Name + ": " + strings.Join(e.Faults, "; ") }

// faults collects what is wrong.
type faults []string

func (f *faults) require(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

func (f *faults) id(field, value string) {
	_, err := hex.DecodeString(value)
	f.require(err == nil && len(value) == 24, "%s must have 24 hexadecimal digits", field)
}

func (f *faults) optionalID(field, value string) {
	if value != "" {
		f.id(field, value)
	}
}

func (f *faults) version(field string, v int64) { f.require(v >= 1, "%s must be at least 1", field) }

func (f *faults) instant(field string, t time.Time) { f.require(!t.IsZero(), "%s is missing", field) }

func (f *faults) capacity(c *int64) {
	f.require(c == nil || *c >= 0, "capacity must be at least 0, or null")
}

func (f *faults) result(name string) error {
	if len(*f) == 0 {
		return nil
	}
	return &InvalidError{Name: name, Faults: *f}
}

// Validate implements Event.
func (e *EventState) Validate() error {
	var f faults
	f.id("id", e.ID)
	f.require(e.Name != "", "name is missing")
	f.optionalID("location_id", e.LocationID)
	f.instant("start_date", e.Start)
	f.instant("end_date", e.End)
	f.version("version", e.Version)
	f.capacity(e.Capacity)
	f.optionalID("organiser_id", e.OrganiserID)
	if e.LocationID != "" {
		f.require(e.Location.ID == e.LocationID, "location.id must be location_id")
		f.version("location.version", e.Location.Version)
	}
	return f.result("event")
}

// Validate implements Event.
func (l *LocationState) Validate() error {
	var f faults
	f.id("id", l.ID)
	f.require(l.Name != "", "name is missing")
	f.version("version", l.Version)
	for i, h := range l.Halls {
		f.require(h.Capacity >= 0, "halls[%d].capacity must be at least 0", i)
	}
	return f.result("location")
}

func (f *faults) decision(d Decision) {
	f.require(d.Sequence >= 1, "sequence must be at least 1")
	f.require(d.Booked >= 0, "booked must be at least 0")
	f.capacity(d.Capacity)
}

// Validate implements Event.
func (b *BookingState) Validate() error {
	var f faults
	f.id("eventId", b.EventID)
	f.id("userId", b.UserID)
	f.id("bookingId", b.BookingID)
	f.require(b.Seats >= 0, "seats must be at least 0")
	f.version("version", b.Version)
	f.decision(b.Decision)
	f.instant("date", b.Date)
	return f.result("booking")
}

// Validate implements Event.
func (a *AvailabilityChanged) Validate() error {
	var f faults
	f.id("eventId", a.EventID)
	f.decision(a.Decision)
	return f.result("availability")
}
