// Package rest is the booking service's REST API.
package rest

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
}

// Server answers the requests. It is safe for concurrent use.
type Server struct {
	*rest.API
	Parts
	open       bool
	timeout    time.Duration
	metrics    *metrics
	places     *places
	statistics *statistics.Statistics
}

// New makes the API. options need not have the document and the errors.
func New(o rest.Options, p Parts) *Server {
	o.OpenAPI = openAPI
	o.Errors = []rest.Mapping{
		{Err: inventory.ErrUnknownEvent, Status: http.StatusNotFound, Detail: "there is no event with this ID"},
		{Err: inventory.ErrNoBooking, Status: http.StatusNotFound, Detail: "you have no booking with this ID"},
		{Err: inventory.ErrCancelled, Status: http.StatusConflict, Detail: "the event is cancelled"},
		{Err: inventory.ErrOver, Status: http.StatusConflict, Detail: "the event is over"},
		{Err: inventory.ErrGivenBack, Status: http.StatusConflict, Detail: "all seats of this booking were given back"},
		{Err: inventory.ErrOtherRequest, Status: http.StatusUnprocessableEntity, Detail: keyReused},
		{Err: inventory.ErrOtherUser, Status: http.StatusUnprocessableEntity, Detail: keyReused},
		{Err: accounts.ErrSession, Status: http.StatusUnauthorized, Detail: "the session has ended; please sign in again"},
		{Err: auth.ErrToken, Status: http.StatusUnauthorized, Detail: "the access token is not valid, or not any more"},
		{Err: errNobody, Status: http.StatusUnauthorized, Detail: "this needs a session, which the first booking begins"},
		{Err: errNotSignedIn, Status: http.StatusUnauthorized, Detail: "please sign in as an organiser"},
		{Err: errNotOrganiser, Status: http.StatusForbidden, Detail: "only organisers may do this"},
		{Err: errNotOwnEvent, Status: http.StatusForbidden, Detail: "this is another organiser's event"},
	}
	o.Errors = append(o.Errors, accountMappings()...)
	s := &Server{
		API: rest.New(o), Parts: p, open: o.Open, timeout: o.Timeout, metrics: newMetrics(o.Registerer),
		places: newPlaces(p.Store), statistics: statistics.New(p.Store),
	}
	s.routes()
	return s
}

// Run keeps fresh what the API remembers, until the context ends. What goes wrong is reported.
func (s *Server) Run(ctx context.Context, report func(error)) error { return s.places.run(ctx, report) }

const keyReused = "this Idempotency-Key was used for another request"

// routes is the whole API.
func (s *Server) routes() {
	s.Handle("POST", "/events/{eventID}/bookings", s.book)
	s.Handle("GET", "/events/{eventID}/bookings", s.listAttendees, rest.Compressed())
	s.Handle("GET", "/events/{eventID}/availability", s.getAvailability)
	s.Handle("GET", "/availability/stream", s.streamAvailability, rest.Streaming())

	s.Handle("GET", "/bookings", s.listBookings, rest.Compressed())
	s.Handle("GET", "/bookings/{bookingID}", s.getBooking)
	s.Handle("PATCH", "/bookings/{bookingID}", s.keepSeats)
	s.Handle("DELETE", "/bookings/{bookingID}", s.cancelBooking)
	s.Handle("POST", "/bookings/{bookingID}/cancellation", s.cancelForOrganiser)
	s.Handle("GET", "/statistics", s.getStatistics, rest.Compressed())
	s.Handle("GET", "/tickets/{bookingID}/{code}", s.getTicket)

	s.Handle("POST", "/users", accountErrors(s.signUp))
	s.Handle("GET", "/users", s.findUser)
	s.Handle("PUT", "/users/{userID}/roles", accountErrors(s.setRoles))
	s.Handle("GET", "/users/me", s.whoAmI)
	s.Handle("PATCH", "/users/me", passwordErrors(s.changeMe))
	s.Handle("PUT", "/users/me/password", passwordErrors(s.changePassword))
	s.Handle("DELETE", "/users/me", passwordErrors(s.deleteMe))
	s.Handle("GET", "/users/me/export", s.exportMe, rest.Compressed())
	s.Handle("POST", "/sessions", accountErrors(s.signIn))
	s.Handle("POST", "/sessions/refresh", s.refreshSession)
	s.Handle("DELETE", "/sessions", s.endSession)
	s.Handle("GET", "/.well-known/jwks.json", s.getKeys)
}

// metrics are those that the book has.
type metrics struct {
	bookings *prometheus.CounterVec
	seats    prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		bookings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_bookings_count", Help: "Seats booked.",
		}, []string{"eventID", "eventName"}),
		seats: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "myevents_seats_per_booking", Help: "Seats of a booking.", Buckets: []float64{1, 2, 3, 4},
		}),
	}
	r.MustRegister(m.bookings, m.seats)
	return m
}

func (m *metrics) booked(e persistence.EventCopy, seats int64) {
	m.bookings.WithLabelValues(e.ID.String(), e.Name).Add(float64(seats))
	m.seats.Observe(float64(seats))
}
