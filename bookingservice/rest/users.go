package rest

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"myevents/bookingservice/accounts"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// userJSON is a user on the wire: a guest has nothing but an ID.
type userJSON struct {
	ID    persistence.ID
	Guest bool
	Email string   `json:"email,omitempty"`
	Name  string   `json:"name,omitempty"`
	Roles []string `json:"roles,omitzero"`
}

func newUserJSON(u persistence.User) userJSON {
	view := userJSON{ID: u.ID, Guest: u.Epoch == 0, Email: u.Email, Name: u.Name}
	if !view.Guest {
		view.Roles = append([]string{}, u.Roles...)
	}
	return view
}

func accountMappings() []rest.Mapping {
	const (
		credentials = "the e-mail address or the password is not right"
		taken       = "there already is an account with this e-mail address; please sign in"
		busy        = "too many people sign in at the moment; please try again"
		noGuests    = "booking needs an account here; please sign in, or sign up first"
	)
	return []rest.Mapping{
		{Err: accounts.ErrCredentials, Status: http.StatusUnauthorized, Detail: credentials},
		{Err: accounts.ErrEmailTaken, Status: http.StatusConflict, Detail: taken},
		{Err: accounts.ErrForbidden, Status: http.StatusForbidden, Detail: "only an admin may do this"},
		{Err: accounts.ErrBusy, Status: http.StatusServiceUnavailable, Detail: busy},
		{Err: errNoGuests, Status: http.StatusUnauthorized, Detail: noGuests},
	}
}

// accountErrors answers the errors of accounts that say more than what they are.
func accountErrors(h rest.Handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		var input accounts.InputError
		var tooMany *accounts.TooManyError
		switch {
		case errors.As(err, &input):
			fields := make([]rest.FieldError, len(input))
			for n, f := range input {
				fields[n] = rest.FieldError(f)
			}
			return rest.Invalid(fields...)
		case errors.As(err, &tooMany):
			seconds := strconv.Itoa(int(math.Ceil(tooMany.Wait.Seconds())))
			w.Header().Set("Retry-After", seconds)
			return rest.Errorf(http.StatusTooManyRequests, "too many attempts; please try again in %s seconds", seconds)
		}
		return err
	}
}

// passwordErrors answers a wrong password of somebody who is signed in. It is not 401, which stands for the session.
func passwordErrors(h rest.Handler) rest.Handler {
	return accountErrors(func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if errors.Is(err, accounts.ErrCredentials) {
			return rest.Invalid(rest.FieldError{Field: "password", Message: "is not right"})
		}
		return err
	})
}

func (s *Server) signUp(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
		Name     string `json:"name"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	token, user, err := s.Accounts.SignUp(w, r, accounts.Registration{
		Email: in.Email, Password: in.Password, Name: in.Name, Host: rest.ClientAddress(r),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/users/me")
	return writeSession(w, http.StatusCreated, token, user)
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) error {
	caller, known := rest.Caller(r)
	if !known {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	user, err := s.Accounts.Account(r.Context(), caller)
	if err != nil && !errors.Is(err, accounts.ErrGuest) {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, newUserJSON(user))
}

func (s *Server) changeMe(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	var in struct {
		Name     *string `json:"name"`
		Email    *string `json:"email"`
		Password string  `json:"password"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	user, err := s.Accounts.ChangeProfile(r.Context(), caller, accounts.Profile{
		Name: in.Name, Email: in.Email, Password: in.Password, Host: rest.ClientAddress(r),
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, newUserJSON(user))
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	var in struct {
		Password    string `json:"password"`
		NewPassword string `json:"newPassword"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	token, user, err := s.Accounts.ChangePassword(w, r, caller, accounts.PasswordChange{
		Password: in.Password, NewPassword: in.NewPassword, Host: rest.ClientAddress(r),
	})
	if err != nil {
		return err
	}
	return writeSession(w, http.StatusOK, token, user)
}

func (s *Server) deleteMe(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	var in struct {
		Password string `json:"password"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	if err := s.Accounts.Delete(w, r, caller, in.Password, rest.ClientAddress(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) findUser(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	email := r.URL.Query().Get("email")
	if email == "" {
		return rest.Malformed("email", "is required")
	}
	found := []userJSON{}
	user, err := s.Accounts.FindByEmail(r.Context(), caller, email)
	switch {
	case err == nil:
		found = append(found, newUserJSON(user))
	case !errors.Is(err, persistence.ErrNotFound):
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, found)
}

func (s *Server) setRoles(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	id, err := persistence.ParseID(rest.Var(r, "userID"))
	if err != nil {
		return err
	}
	var in struct {
		Roles []string `json:"roles"`
	}
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	if in.Roles == nil {
		return rest.Invalid(rest.FieldError{Field: "roles", Message: "is required"})
	}
	user, err := s.Accounts.SetRoles(r.Context(), caller, id, in.Roles)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, newUserJSON(user))
}
