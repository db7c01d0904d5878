package rest

import (
	"errors"
	"net/http"

	"myevents/lib/auth"
)

// admitted calls the handler for those who have what is needed, and notes who calls. In the open mode everybody has
// what organisers need, but not what administrators need: a role that one gave oneself would still be there when that
// mode ends.
func (a *API) admitted(needs auth.Need, h Handler) Handler {
	switch {
	case needs == auth.Public:
		return h
	case needs == auth.Organiser && a.options.Open:
		return func(w http.ResponseWriter, r *http.Request) error {
			rec := recorderOf(r)
			rec.caller, rec.known = auth.Everybody(), true
			return h(w, r)
		}
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, known, err := a.caller(r)
		if err == nil {
			err = needs.Admit(caller, known)
		}
		if err == nil && known {
			err = a.guard.users.Take(caller.ID)
		}
		if err != nil {
			return err
		}
		rec := recorderOf(r)
		rec.caller, rec.known = caller, known
		return h(w, r)
	}
}

func (a *API) caller(r *http.Request) (c auth.Caller, known bool, err error) {
	if c, ok := auth.Within(r.Context()); ok {
		return c, true, nil
	}
	return a.options.Caller(r)
}

// Caller is who makes a request, if it is known. On public routes nobody is.
func Caller(r *http.Request) (c auth.Caller, known bool) {
	rec := recorderOf(r)
	return rec.caller, rec.known
}

// challenge says how to show who one is (RFC 6750).
func challenge(e *Error) string {
	const scheme = `Bearer realm="myevents"`
	if errors.Is(e, auth.ErrToken) {
		return scheme + `, error="invalid_token"`
	}
	return scheme
}
