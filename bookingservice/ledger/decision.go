package ledger

import (
	"errors"
	"fmt"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// decision is one about the seats of an event, as the log tells of it.
type decision struct {
	event persistence.ID
	contracts.Decision

	// booking is zero where the service took over a new copy of the event.
	booking        persistence.ID
	seats, version int64
	// user is whose booking it is, and date when it was made, in Unix seconds.
	user persistence.ID
	date int64
	// cancelled is the event's, where it is about the event itself.
	cancelled bool
}

// readDecision gives the decision that a domain event tells of; ok is false for those that tell of none.
func readDecision(e msgqueue.Event) (d decision, ok bool, err error) {
	switch e := e.(type) {
	case interface{ State() contracts.BookingState }:
		s := e.State()
		d = decision{Decision: s.Decision, seats: s.Seats, version: s.Version, date: s.Date.Unix()}
		var bad [3]error
		d.booking, bad[0] = persistence.ParseID(s.BookingID)
		d.event, bad[1] = persistence.ParseID(s.EventID)
		d.user, bad[2] = persistence.ParseID(s.UserID)
		err = errors.Join(bad[:]...)
	case *contracts.AvailabilityChanged:
		d = decision{Decision: e.Decision, cancelled: e.Cancelled}
		d.event, err = persistence.ParseID(e.EventID)
	default:
		return d, false, nil
	}
	return d, true, err
}

// capacity is the one that the decision was made under.
func (d decision) capacity() persistence.Capacity { return persistence.CapacityOf(d.Capacity) }

func (d decision) String() string {
	if d.booking.IsZero() {
		return fmt.Sprintf("decision %d, about the event", d.Sequence)
	}
	return fmt.Sprintf("decision %d, about the booking %s", d.Sequence, d.booking)
}
