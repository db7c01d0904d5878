package rest

import (
	"errors"
	"net/http"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

var (
	errNotSignedIn  = errors.New("not signed in")
	errNotOrganiser = errors.New("not an organiser")
	errNotOwnEvent  = errors.New("the event is another organiser's")
)

// authority is whose events a caller may manage.
type authority struct {
	all       bool
	organiser persistence.ID // zero where it is all
}

// authority finds out whose events a caller may manage: an administrator, and everyone in the open mode, all, an
// organiser the own ones. It is the one place that decides about it. errNotSignedIn, errNotOrganiser.
func (s *Server) authority(r *http.Request) (authority, error) {
	if s.open {
		return authority{all: true}, nil
	}
	caller, ok, err := s.Accounts.Caller(r)
	switch {
	case err != nil:
		return authority{}, err
	case !ok:
		return authority{}, errNotSignedIn
	case caller.Admin:
		return authority{all: true}, nil
	case caller.Organiser:
		return authority{organiser: caller.ID}, nil
	}
	return authority{}, errNotOrganiser
}

// over says whether an event is one of those: nil or errNotOwnEvent.
func (a authority) over(e persistence.EventCopy) error {
	if a.all || e.OrganiserID == a.organiser {
		return nil
	}
	return errNotOwnEvent
}

// managed finds an event, which must be one that the caller may manage.
func (s *Server) managed(r *http.Request, a authority, id persistence.ID) (persistence.EventCopy, error) {
	found, err := s.Store.FindEventCopies(r.Context(), id)
	switch {
	case err != nil:
		return persistence.EventCopy{}, err
	case len(found) == 0:
		return persistence.EventCopy{}, inventory.ErrUnknownEvent
	}
	return found[0], a.over(found[0])
}

// managedEvent is managed for the event that the path names.
func (s *Server) managedEvent(r *http.Request) (persistence.EventCopy, error) {
	a, err := s.authority(r)
	if err != nil {
		return persistence.EventCopy{}, err
	}
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return persistence.EventCopy{}, err
	}
	return s.managed(r, a, id)
}
