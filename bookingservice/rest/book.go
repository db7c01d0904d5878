package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// seatsInput is the body of requests about a number of seats.
type seatsInput struct {
	Seats *int64 `json:"seats"`
}

func (s *Server) readSeats(r *http.Request) (int64, error) {
	var in seatsInput
	if err := s.Decode(r, &in); err != nil {
		return 0, err
	}
	switch {
	case in.Seats == nil:
		return 0, rest.Invalid(rest.FieldError{Field: "seats", Message: "is required"})
	case *in.Seats < 1 || *in.Seats > s.MaxSeats:
		return 0, rest.Invalid(rest.FieldError{Field: "seats", Message: fmt.Sprintf("must be from 1 to %d", s.MaxSeats)})
	}
	return *in.Seats, nil
}

// buyer is who wants to book.
type buyer struct {
	user persistence.ID
	// known says that the user has a session; otherwise it is a guest who will get one.
	known bool
	// guest is the one that the request's key gives, zero without a key.
	guest persistence.ID
}

func (s *Server) book(w http.ResponseWriter, r *http.Request) error {
	seats, err := s.readSeats(r)
	if err != nil {
		return err
	}
	event, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return err
	}
	key, err := rest.IdempotencyKey(r)
	if err != nil {
		return err
	}
	names, err := s.Accounts.Names(r.Context())
	if err != nil {
		return err
	}
	who, err := s.buyer(r, names, key)
	if err != nil {
		return err
	}
	id := persistence.NewID()
	if key != "" {
		id = names.Booking(event, key)
	}
	ctx, cancel := s.detached(r)
	defer cancel()
	answer := s.Inventory.Do(ctx, event, inventory.Book{ID: id, UserID: who.user, Seats: seats, Date: time.Now().Unix()})
	s.metrics.answered(answer)
	if err := s.settle(ctx, w, r, who, answer); err != nil {
		return err
	}
	if answer.New {
		s.metrics.booked(answer.Inventory.Event, seats)
	}
	w.Header().Set("Location", "/bookings/"+id.String())
	view := newBookingJSON(names, answer.Booking, s.event(ctx, answer.Inventory.Event))
	return rest.WriteJSON(w, http.StatusCreated, view)
}

// event shows the event of a booking that stands, which nothing that is shown with it may make fail.
func (s *Server) event(ctx context.Context, e persistence.EventCopy) eventJSON {
	l, err := s.places.find(ctx, e.LocationID)
	s.Note(ctx, "a booked event's location could not be read", err)
	return newEventJSON(e, []persistence.Location{l})
}

// detached is a request's context for what does not end with the client's connection, once begun.
func (s *Server) detached(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), s.timeout)
}

func (s *Server) buyer(r *http.Request, names accounts.Names, key string) (buyer, error) {
	var b buyer
	if key != "" {
		b.guest = names.Guest(key)
	}
	caller, known := rest.Caller(r)
	switch {
	case s.NoGuests && (!known || caller.Guest):
		return b, errNoGuests
	case known:
		b.user, b.known = caller.ID, true
	case key == "":
		b.user = persistence.NewID()
	default:
		b.user = b.guest
		return b, s.Accounts.MayOpen(r.Context(), b.guest)
	}
	return b, nil
}

// settle sees to it that the booking is the buyer's, and that the buyer has a session.
func (s *Server) settle(
	ctx context.Context, w http.ResponseWriter, r *http.Request, b buyer, a inventory.Answer,
) error {
	var soldOut *inventory.SoldOutError
	switch {
	case errors.As(a.Err, &soldOut):
		return soldOutError(soldOut.Left)
	case errors.Is(a.Err, inventory.ErrOtherUser) && b.known:
		return s.takeOver(ctx, b, a)
	case a.Err != nil:
		return a.Err
	case b.known:
		return nil
	}
	// The booking stands without the session, too, and its ticket can be reached; so this is no reason to fail.
	s.Note(ctx, "a guest's session could not be stored", s.Accounts.Start(ctx, w, r, a.Booking.UserID))
	return nil
}

func soldOutError(left int64) error {
	e := rest.Errorf(http.StatusConflict, "only %d seats are left", left)
	switch left {
	case 0:
		e.Detail = "the event is sold out"
	case 1:
		e.Detail = "only one seat is left"
	}
	e.Extra = map[string]any{"available": left}
	return e
}

// takeOver answers a user who repeats a request that made a booking as somebody else: as the guest that the key
// gives, who is the user's from now on, or as one who already is.
func (s *Server) takeOver(ctx context.Context, b buyer, a inventory.Answer) error {
	if a.Booking.UserID == b.guest {
		ok, err := s.Accounts.Adopt(ctx, b.user, b.guest)
		if err != nil || ok {
			return err
		}
		return a.Err
	}
	mine, err := s.isMine(ctx, b.user, a.Booking)
	if err == nil && !mine {
		err = a.Err
	}
	return err
}
