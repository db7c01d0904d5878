package rest

import (
	"net/http"

	"myevents/bookingservice/accounts"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// sessionJSON is what a session begins and goes on with, on the wire.
type sessionJSON struct {
	Token string   `json:"token"`
	User  userJSON `json:"user"`
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	token, user, err := s.Accounts.SignIn(w, r, accounts.Credentials{
		Email: in.Email, Password: in.Password, Host: rest.ClientAddress(r),
	})
	if err != nil {
		return err
	}
	return writeSession(w, http.StatusCreated, token, user)
}

func writeSession(w http.ResponseWriter, status int, token string, user persistence.User) error {
	return rest.WriteJSON(w, status, sessionJSON{Token: token, User: newUserJSON(user)})
}

func (s *Server) refreshSession(w http.ResponseWriter, r *http.Request) error {
	token, user, err := s.Accounts.Refresh(w, r)
	if err != nil {
		return err
	}
	return writeSession(w, http.StatusOK, token, user)
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
