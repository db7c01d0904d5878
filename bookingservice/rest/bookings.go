package rest

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// maxPage is how many bookings a list has at most.
const maxPage = 1000

var errNoGuests = errors.New("guests cannot book")

func (s *Server) isMine(ctx context.Context, user persistence.ID, b persistence.Booking) (bool, error) {
	if b.UserID == user {
		return true, nil
	}
	mine, err := s.Accounts.Identities(ctx, user)
	return slices.Contains(mine, b.UserID), err
}

func (s *Server) listBookings(w http.ResponseWriter, r *http.Request) error {
	caller, _ := rest.Caller(r)
	page, err := readPage(r)
	if err != nil {
		return err
	}
	mine, err := s.Accounts.Identities(r.Context(), caller.ID)
	if err != nil {
		return err
	}
	wanted := page.Limit
	page.Limit++ // one more shows whether there is another page
	bookings, err := s.Store.FindBookings(r.Context(), mine, page)
	if err != nil {
		return err
	}
	if len(bookings) > wanted {
		bookings = bookings[:wanted]
		linkNext(w, r, bookings[wanted-1].Date, bookings[wanted-1].ID)
	}
	views, err := s.views(r.Context(), bookings)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, views)
}

func readPage(r *http.Request) (persistence.Page, error) {
	query := r.URL.Query()
	page := persistence.Page{Limit: maxPage}
	if limit := query.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > maxPage {
			return page, rest.Malformed("limit", "must be from 1 to "+strconv.Itoa(maxPage))
		}
		page.Limit = n
	}
	if after := query.Get("after"); after != "" {
		b, err := base64.RawURLEncoding.DecodeString(after)
		if err != nil || len(b) != 8+12 {
			return page, rest.Malformed("after", "must be the cursor of a page")
		}
		page.BeforeDate = int64(binary.BigEndian.Uint64(b)) //nolint:gosec // written by linkNext
		page.BeforeID = persistence.ID(b[8:])
	}
	return page, nil
}

// linkNext says where the page is that follows on the one with this last document.
func linkNext(w http.ResponseWriter, r *http.Request, date int64, id persistence.ID) {
	cursor := binary.BigEndian.AppendUint64(nil, uint64(date)) //nolint:gosec // read back by readPage
	next := r.URL.Query()
	next.Set("after", base64.RawURLEncoding.EncodeToString(append(cursor, id[:]...)))
	w.Header().Set("Link", "<?"+next.Encode()+`>; rel="next"`)
}

// own finds the booking that a request names, which must be the caller's.
func (s *Server) own(r *http.Request) (persistence.Booking, error) {
	id, err := persistence.ParseID(rest.Var(r, "bookingID"))
	if err != nil {
		return persistence.Booking{}, err
	}
	b, err := s.Store.FindBooking(r.Context(), id)
	if errors.Is(err, persistence.ErrNotFound) {
		return b, inventory.ErrNoBooking
	}
	if err != nil {
		return b, err
	}
	caller, _ := rest.Caller(r)
	mine, err := s.isMine(r.Context(), caller.ID, b)
	if err == nil && !mine {
		err = inventory.ErrNoBooking
	}
	return b, err
}

func (s *Server) getBooking(w http.ResponseWriter, r *http.Request) error {
	b, err := s.own(r)
	if err != nil {
		return err
	}
	return s.write(r.Context(), w, b)
}

func (s *Server) write(ctx context.Context, w http.ResponseWriter, b persistence.Booking) error {
	views, err := s.views(ctx, []persistence.Booking{b})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, views[0])
}

func (s *Server) keepSeats(w http.ResponseWriter, r *http.Request) error {
	seats, err := s.readSeats(r)
	if err != nil {
		return err
	}
	return s.keep(w, r, seats)
}

func (s *Server) cancelBooking(w http.ResponseWriter, r *http.Request) error { return s.keep(w, r, 0) }

func (s *Server) keep(w http.ResponseWriter, r *http.Request, seats int64) error {
	b, err := s.own(r)
	if err != nil {
		return err
	}
	ctx, cancel := s.detached(r)
	defer cancel()
	answer := s.Inventory.Do(ctx, b.EventID, inventory.Keep{ID: b.ID, Seats: seats, Date: time.Now().Unix()})
	var keep *inventory.KeepError
	if errors.As(answer.Err, &keep) {
		return rest.Invalid(rest.FieldError{
			Field: "seats", Message: "must be from 1 to " + strconv.FormatInt(keep.Holds, 10) + ", which the booking holds",
		})
	}
	if answer.Err != nil {
		return answer.Err
	}
	return s.write(ctx, w, answer.Booking)
}

func (s *Server) getTicket(w http.ResponseWriter, r *http.Request) error {
	id, err := persistence.ParseID(rest.Var(r, "bookingID"))
	if err != nil {
		return err
	}
	names, err := s.Accounts.Names(r.Context())
	if err != nil {
		return err
	}
	if !names.IsTicket(id, rest.Var(r, "code")) {
		return persistence.ErrNotFound
	}
	b, err := s.Store.FindBooking(r.Context(), id)
	if err != nil {
		return err
	}
	views, err := s.views(r.Context(), []persistence.Booking{b})
	if err != nil {
		return err
	}
	views[0].Ticket = "" // whoever reads this has the link
	return rest.WriteJSON(w, http.StatusOK, views[0])
}

// bookingJSON is a booking on the wire: the book's names first.
type bookingJSON struct {
	ID      persistence.ID
	Date    int64
	EventID persistence.ID
	Seats   int64
	Event   eventJSON
	Ticket  string `json:",omitempty"`
	// CancellationReason is there where the event's organiser cancelled the booking.
	CancellationReason string `json:",omitempty"`
}

// eventJSON is what a booking shows of its event, as it is now.
type eventJSON struct {
	Name      string
	StartDate int64
	EndDate   int64
	Cancelled bool
	Changed   int64
	Location  placeJSON
}

type placeJSON struct {
	ID       persistence.ID
	Name     string
	Address  string
	Country  string
	TimeZone string
}

// views shows bookings with their events and places.
func (s *Server) views(ctx context.Context, bookings []persistence.Booking) ([]bookingJSON, error) {
	names, err := s.Accounts.Names(ctx)
	if err != nil {
		return nil, err
	}
	events, err := s.events(ctx, bookings)
	if err != nil {
		return nil, err
	}
	views := make([]bookingJSON, len(bookings))
	for n, b := range bookings {
		views[n] = newBookingJSON(names, b, events[b.EventID])
	}
	return views, nil
}

func newBookingJSON(names accounts.Names, b persistence.Booking, e eventJSON) bookingJSON {
	return bookingJSON{
		ID: b.ID, Date: b.Date, EventID: b.EventID, Seats: b.Seats, Event: e,
		Ticket: "/tickets/" + b.ID.String() + "/" + names.Ticket(b.ID), CancellationReason: b.Reason,
	}
}

func newEventJSON(e persistence.EventCopy, places []persistence.Location) eventJSON {
	view := eventJSON{Name: e.Name, StartDate: e.StartDate, EndDate: e.EndDate, Cancelled: e.Cancelled, Changed: e.Moved}
	view.Location.ID = e.LocationID
	for _, p := range places {
		if p.ID == e.LocationID {
			view.Location = placeJSON{ID: p.ID, Name: p.Name, Address: p.Address, Country: p.Country, TimeZone: p.TimeZone}
		}
	}
	return view
}

// events finds the events of bookings, with their places.
func (s *Server) events(ctx context.Context, bookings []persistence.Booking) (map[persistence.ID]eventJSON, error) {
	ids := make([]persistence.ID, len(bookings))
	for n, b := range bookings {
		ids[n] = b.EventID
	}
	copies, err := s.Store.FindEventCopies(ctx, distinct(ids)...)
	if err != nil {
		return nil, err
	}
	locations := make([]persistence.ID, len(copies))
	for n, e := range copies {
		locations[n] = e.LocationID
	}
	places, err := s.Store.FindLocations(ctx, distinct(locations)...)
	if err != nil {
		return nil, err
	}
	events := make(map[persistence.ID]eventJSON, len(copies))
	for _, e := range copies {
		events[e.ID] = newEventJSON(e, places)
	}
	return events, nil
}

func distinct(ids []persistence.ID) []persistence.ID {
	slices.SortFunc(ids, func(a, b persistence.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}
