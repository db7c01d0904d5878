package rest

import (
	"context"
	"errors"
	"net/http"

	"myevents/bookingservice/accounts"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// exportJSON is everything that is kept about a person, but for secrets.
type exportJSON struct {
	User userJSON `json:"user"`
	// Created is when the account was made, in Unix seconds.
	Created int64 `json:"created,omitempty"`
	// Guests are those whose bookings the account has taken over.
	Guests   []persistence.ID    `json:"guests"`
	Bookings []bookingJSON       `json:"bookings"`
	Sessions []exportSessionJSON `json:"sessions"`
}

type exportSessionJSON struct {
	ID persistence.ID
	// Refreshed and Expires are Unix seconds.
	Refreshed int64 `json:"refreshed"`
	Expires   int64 `json:"expires"`
}

func (s *Server) exportMe(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	user, err := s.Accounts.Account(r.Context(), caller)
	if err != nil && !errors.Is(err, accounts.ErrGuest) {
		return err
	}
	export, err := s.export(r.Context(), user)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="myevents.json"`)
	return rest.WriteJSON(w, http.StatusOK, export)
}

func (s *Server) export(ctx context.Context, u persistence.User) (exportJSON, error) {
	export := exportJSON{User: newUserJSON(u), Created: u.Created, Sessions: []exportSessionJSON{}}
	identities, err := s.Accounts.Identities(ctx, u.ID)
	if err != nil {
		return export, err
	}
	export.Guests = identities[1:]
	if export.Bookings, err = s.allBookings(ctx, identities); err != nil {
		return export, err
	}
	sessions, err := s.Accounts.Sessions(ctx, u)
	for _, session := range sessions {
		export.Sessions = append(export.Sessions, exportSessionJSON{
			ID: session.ID, Refreshed: session.Rotated, Expires: session.Expires,
		})
	}
	return export, err
}

// allBookings reads all bookings of users, page by page.
func (s *Server) allBookings(ctx context.Context, users []persistence.ID) ([]bookingJSON, error) {
	all := []bookingJSON{}
	for page := (persistence.Page{Limit: maxPage}); ; {
		bookings, err := s.Store.FindBookings(ctx, users, page)
		if err != nil {
			return nil, err
		}
		views, err := s.views(ctx, bookings)
		if err != nil {
			return nil, err
		}
		all = append(all, views...)
		if len(bookings) < maxPage {
			return all, nil
		}
		last := bookings[len(bookings)-1]
		page.BeforeDate, page.BeforeID = last.Date, last.ID
	}
}
