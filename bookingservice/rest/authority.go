package rest

import (
	"net/http"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// managed finds an event, which must be one that the caller may change. auth.ErrNotYours.
func (s *Server) managed(r *http.Request, id persistence.ID) (persistence.EventCopy, error) {
	found, err := s.Store.FindEventCopies(r.Context(), id)
	switch {
	case err != nil:
		return persistence.EventCopy{}, err
	case len(found) == 0:
		return persistence.EventCopy{}, inventory.ErrUnknownEvent
	}
	caller, _ := rest.Caller(r)
	return found[0], caller.MayChange(found[0].OrganiserID)
}

// managedEvent is managed for the event that the path names.
func (s *Server) managedEvent(r *http.Request) (persistence.EventCopy, error) {
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return persistence.EventCopy{}, err
	}
	return s.managed(r, id)
}
