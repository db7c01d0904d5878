package inventory

import (
	"errors"
	"fmt"

	"myevents/lib/persistence"
)

// The refusals. A refusal is not stored: the same request made again is decided again.
var (
	// ErrUnknownEvent means that nothing is known of the event.
	ErrUnknownEvent = errors.New("unknown event")
	// ErrCancelled means that the event was cancelled.
	ErrCancelled = errors.New("the event is cancelled")
	// ErrOver means that the event has ended.
	ErrOver = errors.New("the event is over")
	// ErrSeats means that less than one seat was asked for.
	ErrSeats = errors.New("at least one seat must be asked for")
	// ErrOtherRequest means that a booking with this ID was made of another request.
	ErrOtherRequest = errors.New("the booking was made of another request")
	// ErrOtherUser means that the booking was made by another user, of the same request. The answer has the booking.
	ErrOtherUser = errors.New("the booking was made by another user")
	// ErrOtherEvent means that a booking with this ID is one of another event. IDs are made so that this cannot happen.
	ErrOtherEvent = errors.New("the booking is one of another event")
	// ErrNoBooking means that there is no such booking.
	ErrNoBooking = errors.New("no such booking")
	// ErrGivenBack means that the booking holds no seats any more.
	ErrGivenBack = errors.New("all seats of the booking were given back")

	// errNextRound means that a request must be decided after what was decided in this round is committed.
	errNextRound = errors.New("to be decided in the next round")
)

// SoldOutError means that fewer seats are left than were asked for.
type SoldOutError struct {
	// Left is how many seats could still be booked when the request was refused.
	Left int64
}

// Error implements error.
func (e *SoldOutError) Error() string { return fmt.Sprintf("%d seats left", e.Left) }

// KeepError means that more seats were to be kept than the booking holds.
type KeepError struct {
	// Holds is how many seats the booking holds.
	Holds int64
}

// Error implements error.
func (e *KeepError) Error() string { return fmt.Sprintf("the booking holds %d seats", e.Holds) }

// Request is something to be decided about an event: Book, Keep or Adopt.
type Request interface {
	// booking is the ID of the booking that the request is about, zero where it is about the event itself.
	booking() persistence.ID
	decide(*round) (persistence.Booking, error)
}

// Book asks for a new booking. It may be repeated: a booking that is there already, made of the same request by the
// same user, is the answer.
type Book struct {
	// ID is the one that the booking is to have.
	ID     persistence.ID
	UserID persistence.ID
	Seats  int64
	// Date is the time of the request, in Unix seconds.
	Date int64
}

// Keep asks to keep only so many seats of a booking, or none, and give back the others. It may be repeated. Whether the
// caller may do so is the caller's business.
type Keep struct {
	ID    persistence.ID
	Seats int64
	// Reason is why the event's organiser keeps no seats of somebody else's booking; empty where its user gives them back.
	// It stays with the booking.
	Reason string
	// Date is the time of the request, in Unix seconds.
	Date int64
}

// Adopt takes over a copy of the event where it is newer than the one that is there. It is never refused.
type Adopt struct {
	// Event is the copy; its Moved is decided here.
	Event persistence.EventCopy
	// Date is the time of the request, in Unix seconds.
	Date int64
}

// Answer is what became of a request.
type Answer struct {
	// Booking is the booking as it is now.
	Booking persistence.Booking
	// Inventory is the event's state that the answer was given on.
	Inventory persistence.Inventory
	// New says that this very request made or changed the booking; it is false where everything was there already.
	New bool
	// Err is one of the refusals of this package, or an error of the store.
	Err error
}

// round is the state of one Decide: what the snapshot shows, and what was decided on it so far.
type round struct {
	eventID  persistence.ID
	now      persistence.Inventory
	bookings map[persistence.ID]persistence.Booking
	decided  map[persistence.ID]decision
	changes  []persistence.Change
}

type decision struct {
	request Request
	booking persistence.Booking
}

// Decide makes decisions about the requests, in their order, on the state that the snapshot shows, and answers each. It
// is a pure function: the decisions are made only when all the changes are committed on that very snapshot, and the
// answers true only then.
func Decide(s persistence.Snapshot, requests []Request) ([]persistence.Change, []Answer) {
	r := &round{
		eventID: s.EventID, now: s.Inventory, bookings: s.Bookings, decided: make(map[persistence.ID]decision, len(requests)),
	}
	answers := make([]Answer, len(requests))
	for i, request := range requests {
		answers[i] = r.answer(request)
	}
	return r.changes, answers
}

// answer holds a commit to one change a booking: an identical second request shares the answer of the first, any other
// has to wait.
func (r *round) answer(request Request) Answer {
	if first, ok := r.decided[request.booking()]; ok {
		if !same(first.request, request) {
			return Answer{Err: errNextRound}
		}
		return Answer{Booking: first.booking, Inventory: r.now}
	}
	before := len(r.changes)
	booking, err := request.decide(r)
	changed := len(r.changes) > before
	if changed && !request.booking().IsZero() {
		r.decided[booking.ID] = decision{request: request, booking: booking}
	}
	return Answer{Booking: booking, Inventory: r.now, New: changed, Err: err}
}

// same says whether two requests about one booking are the same but for their time.
func same(a, b Request) bool {
	switch a := a.(type) {
	case Book:
		b, ok := b.(Book)
		return ok && a.UserID == b.UserID && a.Seats == b.Seats
	case Keep:
		b, ok := b.(Keep)
		return ok && a.Seats == b.Seats && a.Reason == b.Reason
	default:
		return false
	}
}

func (b Book) booking() persistence.ID { return b.ID }

func (b Book) decide(r *round) (persistence.Booking, error) {
	if have, ok := r.bookings[b.ID]; ok {
		return have, b.matches(r.eventID, have)
	}
	if b.Seats < 1 {
		return persistence.Booking{}, ErrSeats
	}
	if err := r.open(b.Date); err != nil {
		return persistence.Booking{}, err
	}
	if left, limited := r.now.Left(); limited && b.Seats > left {
		return persistence.Booking{}, &SoldOutError{Left: left}
	}
	booking := persistence.Booking{
		ID: b.ID, EventID: r.eventID, UserID: b.UserID, Seats: b.Seats, Asked: b.Seats, Date: b.Date, Version: 1,
	}
	r.change(booking, b.Seats)
	return booking, nil
}

// matches says whether the booking is the one that this request once made.
func (b Book) matches(event persistence.ID, have persistence.Booking) error {
	switch {
	case have.EventID != event:
		return ErrOtherEvent
	case have.Asked != b.Seats:
		return ErrOtherRequest
	case have.UserID != b.UserID:
		return ErrOtherUser
	}
	return nil
}

func (k Keep) booking() persistence.ID { return k.ID }

func (k Keep) decide(r *round) (persistence.Booking, error) {
	have, ok := r.bookings[k.ID]
	switch {
	case !ok || have.EventID != r.eventID:
		return persistence.Booking{}, ErrNoBooking
	case k.Seats == have.Seats && (k.Reason == "" || have.Reason != ""):
		return have, nil
	case have.Seats == 0: // also to whoever has a reason to take back what was given back without one
		return have, ErrGivenBack
	case k.Seats > have.Seats || k.Seats < 0:
		return have, &KeepError{Holds: have.Seats}
	}
	if err := r.open(k.Date); err != nil {
		return have, err
	}
	freed := have.Seats - k.Seats
	have.Seats, have.Reason = k.Seats, k.Reason
	have.Version++
	r.change(have, -freed)
	return have, nil
}

func (Adopt) booking() persistence.ID { return persistence.ID{} }

func (a Adopt) decide(r *round) (persistence.Booking, error) {
	had, e := r.now.Event, a.Event
	if e.Version <= had.Version {
		return persistence.Booking{}, nil
	}
	e.Cancelled = e.Cancelled || had.Cancelled
	e.Moved = had.Moved
	if had.Version != 0 && (e.StartDate != had.StartDate || e.EndDate != had.EndDate || e.LocationID != had.LocationID) {
		e.Moved = a.Date
	}
	r.now.Event = e
	if had.Version == 0 || e.Capacity != had.Capacity || e.Cancelled != had.Cancelled {
		r.now.Sequence++
	}
	r.changes = append(r.changes, persistence.Change{Inventory: r.now})
	return persistence.Booking{}, nil
}

// open says whether bookings can be made or changed at that time.
func (r *round) open(date int64) error {
	switch {
	case r.now.Event.Version == 0:
		return ErrUnknownEvent
	case r.now.Event.Cancelled:
		return ErrCancelled
	case date >= r.now.Event.EndDate:
		return ErrOver
	}
	return nil
}

func (r *round) change(b persistence.Booking, seats int64) {
	r.now.Booked += seats
	r.now.Sequence++
	r.changes = append(r.changes, persistence.Change{Inventory: r.now, Booking: &b})
}
