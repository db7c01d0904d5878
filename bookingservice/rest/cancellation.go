package rest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// maxReason is how many characters a reason may have.
const maxReason = 500

// cancellationInput is the body of a cancellation by the organiser.
type cancellationInput struct {
	Reason string `json:"reason"`
}

func (s *Server) readReason(r *http.Request) (string, error) {
	var in cancellationInput
	if err := s.Decode(r, &in); err != nil {
		return "", err
	}
	reason := strings.TrimSpace(in.Reason)
	switch n := len([]rune(reason)); {
	case n == 0:
		return "", rest.Invalid(rest.FieldError{Field: "reason", Message: "is required"})
	case n > maxReason:
		return "", rest.Invalid(rest.FieldError{
			Field: "reason", Message: fmt.Sprintf("must have at most %d characters", maxReason),
		})
	}
	return reason, nil
}

// cancelForOrganiser gives back all seats of somebody's booking, and keeps the organiser's reason with it.
func (s *Server) cancelForOrganiser(w http.ResponseWriter, r *http.Request) error {
	reason, err := s.readReason(r)
	if err != nil {
		return err
	}
	id, err := persistence.ParseID(rest.Var(r, "bookingID"))
	if err != nil {
		return err
	}
	b, err := s.Store.FindBooking(r.Context(), id)
	if err != nil {
		return err
	}
	event, err := s.managed(r, b.EventID)
	if err != nil {
		return err
	}
	ctx, cancel := s.detached(r)
	defer cancel()
	answer := s.Inventory.Do(ctx, b.EventID, inventory.Keep{ID: id, Reason: reason, Date: time.Now().Unix()})
	if answer.Err != nil {
		return answer.Err
	}
	zone, err := s.zone(ctx, event.LocationID)
	s.Note(ctx, "a cancelled booking's place could not be read", err)
	people, err := s.Accounts.People(ctx, b.UserID)
	s.Note(ctx, "a cancelled booking's user could not be read", err)
	return rest.WriteJSON(w, http.StatusOK, newAttendeeJSON(answer.Booking, people[b.UserID], zone))
}
