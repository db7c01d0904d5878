// Package rest is the booking service's REST API.
package rest

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/bookingservice/availability"
	"myevents/bookingservice/statistics"
	"myevents/lib/auth"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

//go:embed openapi.json
var openAPI []byte

// Parts are what the API works with.
type Parts struct {
	Store     persistence.BookingHandler
	Inventory *inventory.Inventory
	Accounts  *accounts.Accounts
	Hub       *availability.Hub
	// MaxSeats is how many seats one booking may have.
	MaxSeats int64
	// NoGuests says that booking takes an account.
	NoGuests bool
	// PerEvent is how many bookings of one event may be asked for in a second, 0 for any number.
	PerEvent int
}

// Server answers the requests. It is safe for concurrent use.
type Server struct {
	*rest.API
	Parts
	timeout    time.Duration
	metrics    *metrics
	places     *places
	statistics *statistics.Statistics
}

// New makes the API. options need not have the document and the errors.
func New(o rest.Options, p Parts) *Server {
	o.OpenAPI, o.Caller = openAPI, p.Accounts.Caller
	o.Errors = []rest.Mapping{
		{Err: inventory.ErrUnknownEvent, Status: http.StatusNotFound, Detail: "there is no event with this ID"},
		{Err: inventory.ErrNoBooking, Status: http.StatusNotFound, Detail: "you have no booking with this ID"},
		{Err: inventory.ErrCancelled, Status: http.StatusConflict, Detail: "the event is cancelled"},
		{Err: inventory.ErrOver, Status: http.StatusConflict, Detail: "the event is over"},
		{Err: inventory.ErrGivenBack, Status: http.StatusConflict, Detail: "all seats of this booking were given back"},
		{Err: inventory.ErrOtherRequest, Status: http.StatusUnprocessableEntity, Detail: keyReused},
		{Err: inventory.ErrOtherUser, Status: http.StatusUnprocessableEntity, Detail: keyReused},
		{Err: accounts.ErrSession, Status: http.StatusUnauthorized, Detail: "the session has ended; please sign in again"},
		{Err: auth.ErrNotYours, Status: http.StatusForbidden, Detail: "this is another organiser's event"},
	}
	o.Errors = append(o.Errors, accountMappings()...)
	s := &Server{
		API: rest.New(o), Parts: p, timeout: o.Timeout, metrics: newMetrics(o.Registerer),
		places: newPlaces(p.Store), statistics: statistics.New(p.Store),
	}
	s.routes()
	return s
}

// Run keeps fresh what the API remembers, until the context ends. What goes wrong is reported.
func (s *Server) Run(ctx context.Context, report func(error)) error { return s.places.run(ctx, report) }

const keyReused = "this Idempotency-Key was used for another request"

// routes is the whole API, with what each route needs.
func (s *Server) routes() {
	s.Handle("POST", "/events/{eventID}/bookings", auth.Anyone, s.book, rest.PerPart("eventID", s.PerEvent, time.Second))
	s.Handle("GET", "/events/{eventID}/bookings", auth.Organiser, s.listAttendees, rest.Compressed())
	s.Handle("GET", "/events/{eventID}/availability", auth.Public, s.getAvailability)
	s.Handle("GET", "/availability/stream", auth.Public, s.streamAvailability, rest.Streaming())

	s.Handle("GET", "/bookings", auth.Session, s.listBookings, rest.Compressed())
	s.Handle("GET", "/bookings/{bookingID}", auth.Session, s.getBooking)
	s.Handle("PATCH", "/bookings/{bookingID}", auth.Session, s.keepSeats)
	s.Handle("DELETE", "/bookings/{bookingID}", auth.Session, s.cancelBooking)
	s.Handle("POST", "/bookings/{bookingID}/cancellation", auth.Organiser, s.cancelForOrganiser)
	s.Handle("GET", "/statistics", auth.Organiser, s.getStatistics, rest.Compressed())
	s.Handle("GET", "/tickets/{bookingID}/{code}", auth.Public, s.getTicket)

	s.Handle("POST", "/users", auth.Public, accountErrors(s.signUp))
	s.Handle("GET", "/users", auth.Admin, s.findUser)
	s.Handle("PUT", "/users/{userID}/roles", auth.Admin, accountErrors(s.setRoles))
	s.Handle("GET", "/users/me", auth.Anyone, s.whoAmI)
	s.Handle("PATCH", "/users/me", auth.Account, passwordErrors(s.changeMe))
	s.Handle("PUT", "/users/me/password", auth.Account, passwordErrors(s.changePassword))
	s.Handle("DELETE", "/users/me", auth.Account, passwordErrors(s.deleteMe))
	s.Handle("GET", "/users/me/export", auth.Session, s.exportMe, rest.Compressed())
	s.Handle("POST", "/sessions", auth.Public, accountErrors(s.signIn))
	s.Handle("POST", "/sessions/refresh", auth.Public, s.refreshSession)
	s.Handle("DELETE", "/sessions", auth.Public, s.endSession)
	s.Handle("GET", "/.well-known/jwks.json", auth.Public, s.getKeys)
}
