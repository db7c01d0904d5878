package rest

import (
	"net/http"

	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// userJSON is a user on the wire.
type userJSON struct {
	ID    persistence.ID
	Guest bool
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) error {
	caller, ok, err := s.Accounts.Caller(r)
	if err != nil {
		return err
	}
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return rest.WriteJSON(w, http.StatusOK, userJSON{ID: caller.ID, Guest: caller.Guest})
}

func (s *Server) refreshSession(w http.ResponseWriter, r *http.Request) error {
	token, user, err := s.Accounts.Refresh(w, r)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]any{"token": token, "user": userJSON{ID: user, Guest: true}})
}

func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.End(w, r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) getKeys(w http.ResponseWriter, r *http.Request) error {
	keys, err := s.Accounts.Keys(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	return rest.WriteJSON(w, http.StatusOK, keys)
}
