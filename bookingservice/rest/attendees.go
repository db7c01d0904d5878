package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/munnerz/goautoneg"

	"myevents/bookingservice/accounts"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// What became of a booking, as organisers see it.
const (
	statusBooked    = "booked"
	statusGivenBack = "given_back"
	statusCancelled = "cancelled" // by the organiser
)

// maxLooked is how many bookings a search looks at for one page: then the page ends, and the client asks for the next.
const maxLooked = 20_000

const (
	// maxSearch is how many characters may be searched for.
	maxSearch = 200
	// minPrefix is how many characters of an ID must be given: Ada is a name, too.
	minPrefix = 4
)

// attendeeJSON is a booking as the event's organiser sees it.
type attendeeJSON struct {
	ID   persistence.ID
	Date int64
	// BookedAt is Date on the clocks of the venue (RFC 3339).
	BookedAt  string
	Seats     int64
	GivenBack int64
	UserID    persistence.ID
	Name      string `json:",omitempty"`
	Email     string `json:",omitempty"`
	Status    string
	// CancellationReason is there where the status is cancelled.
	CancellationReason string `json:",omitempty"`
}

func newAttendeeJSON(b persistence.Booking, u persistence.User, zone *time.Location) attendeeJSON {
	view := attendeeJSON{
		ID: b.ID, Date: b.Date, BookedAt: time.Unix(b.Date, 0).In(zone).Format(time.RFC3339), Seats: b.Seats,
		GivenBack: b.Asked - b.Seats, UserID: b.UserID, Name: u.Name, Email: u.Email, Status: statusBooked,
		CancellationReason: b.Reason,
	}
	switch {
	case b.Reason != "":
		view.Status = statusCancelled
	case b.Seats == 0:
		view.Status = statusGivenBack
	}
	return view
}

// listAttendees answers with who comes to an event, as JSON page by page, or all as a table.
func (s *Server) listAttendees(w http.ResponseWriter, r *http.Request) error {
	event, err := s.managedEvent(r)
	if err != nil {
		return err
	}
	page, err := readPage(r)
	if err != nil {
		return err
	}
	table, err := wantsTable(r)
	if err != nil {
		return err
	}
	list := attendees{store: s.Store, accounts: s.Accounts, event: event.ID}
	if list.text, err = readSearch(r); err != nil {
		return err
	}
	if list.zone, err = s.zone(r.Context(), event.LocationID); err != nil {
		return err
	}
	if table {
		return s.writeTable(w, r, event, &list)
	}
	found, next, err := list.find(r.Context(), page)
	if err != nil {
		return err
	}
	if next != nil {
		linkNext(w, r, next.BeforeDate, next.BeforeID)
	}
	return rest.WriteJSON(w, http.StatusOK, found)
}

// wantsTable says whether the answer is to be CSV: as the query has it or, without that, the Accept header.
func wantsTable(r *http.Request) (bool, error) {
	switch r.URL.Query().Get("format") {
	case "csv":
		return true, nil
	case "json":
		return false, nil
	case "":
		return goautoneg.Negotiate(r.Header.Get("Accept"), []string{"application/json", "text/csv"}) == "text/csv", nil
	}
	return false, rest.Malformed("format", "must be json or csv")
}

func readSearch(r *http.Request) (string, error) {
	text := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q")))
	if len([]rune(text)) > maxSearch {
		return "", rest.Malformed("q", fmt.Sprintf("must have at most %d characters", maxSearch))
	}
	return text, nil
}

// attendees is the list of an event's bookings.
type attendees struct {
	store    persistence.BookingHandler
	accounts *accounts.Accounts
	event    persistence.ID
	zone     *time.Location
	// text is what is searched for, in lower case; empty for all.
	text string
}

// matches says whether a booking is searched for: by the beginning of its ID, or by a part of its user's name or
// address.
func (l *attendees) matches(b persistence.Booking, u persistence.User) bool {
	return l.text == "" || len(l.text) >= minPrefix && strings.HasPrefix(b.ID.String(), l.text) ||
		strings.Contains(strings.ToLower(u.Name), l.text) || strings.Contains(strings.ToLower(u.Email), l.text)
}

// find gives a page, and what asks for the next one: nil at the end of the list. The page of a search may have less
// than it can hold, be it nothing, and a next one all the same.
func (l *attendees) find(ctx context.Context, p persistence.Page) ([]attendeeJSON, *persistence.Page, error) {
	if id, err := persistence.ParseID(l.text); err == nil {
		found, err := l.findOne(ctx, id)
		return found, nil, err
	}
	found := make([]attendeeJSON, 0, p.Limit)
	for looked := 0; looked < maxLooked; {
		some := p
		some.Limit++ // one more shows whether there is another page
		if l.text != "" {
			some.Limit = maxPage
		}
		bookings, err := l.store.FindBookingsOfEvent(ctx, l.event, some)
		if err != nil {
			return nil, nil, err
		}
		people, err := l.peopleOf(ctx, bookings)
		if err != nil {
			return nil, nil, err
		}
		for _, b := range bookings {
			if len(found) == p.Limit {
				return found, &p, nil
			}
			p.BeforeDate, p.BeforeID = b.Date, b.ID
			if user := people[b.UserID]; l.matches(b, user) {
				found = append(found, newAttendeeJSON(b, user, l.zone))
			}
		}
		if len(bookings) < some.Limit {
			return found, nil, nil
		}
		looked += len(bookings)
	}
	return found, &p, nil
}

// findOne finds what was searched for by a whole ID.
func (l *attendees) findOne(ctx context.Context, id persistence.ID) ([]attendeeJSON, error) {
	b, err := l.store.FindBooking(ctx, id)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && b.EventID != l.event {
		return []attendeeJSON{}, nil
	}
	if err != nil {
		return nil, err
	}
	people, err := l.peopleOf(ctx, []persistence.Booking{b})
	return []attendeeJSON{newAttendeeJSON(b, people[b.UserID], l.zone)}, err
}

func (l *attendees) peopleOf(
	ctx context.Context, bookings []persistence.Booking,
) (map[persistence.ID]persistence.User, error) {
	users := make([]persistence.ID, len(bookings))
	for n, b := range bookings {
		users[n] = b.UserID
	}
	return l.accounts.People(ctx, distinct(users)...)
}

// zone is the one of a place; UTC where it is not known.
func (s *Server) zone(ctx context.Context, place persistence.ID) (*time.Location, error) {
	l, err := s.places.find(ctx, place)
	return zoneOf(l), err
}

func zoneOf(l persistence.Location) *time.Location {
	zone, err := time.LoadLocation(l.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
