// Package rest is the event service's REST API.
package rest

import (
	_ "embed"
	"net/http"
	"sync/atomic"
	"time"

	"myevents/eventservice/catalogue"
	"myevents/lib/auth"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

//go:embed openapi.json
var openAPI []byte

// Publisher takes messages that are stored and were not sent yet; see outbox.Relay.
type Publisher interface {
	Offer(messages ...persistence.Message)
}

// Server answers the requests. It is safe for concurrent use.
type Server struct {
	*rest.API
	store     persistence.DatabaseHandler
	catalogue *catalogue.Catalogue
	publisher Publisher
	zone      string
	secret    atomic.Pointer[[]byte] // of idempotency keys, once the store was asked for it
}

// New makes the API. options need not have the document and the errors; zone is the one of locations that name none.
func New(
	o rest.Options, store persistence.DatabaseHandler, c *catalogue.Catalogue, p Publisher, zone string,
) *Server {
	o.OpenAPI = openAPI
	o.Errors = []rest.Mapping{
		{Err: errCancelled, Status: http.StatusConflict, Detail: "the event is cancelled, which is for good"},
		{Err: errLocationInUse, Status: http.StatusConflict, Detail: "events that are still to come take place there"},
		{
			Err: errKeyReused, Status: http.StatusUnprocessableEntity,
			Detail: "this Idempotency-Key was used for another request",
		},
	}
	s := &Server{API: rest.New(o), store: store, catalogue: c, publisher: p, zone: zone}
	s.routes()
	return s
}

// routes is the whole API, with what each route needs.
func (s *Server) routes() {
	s.Handle("GET", "/events", auth.Public, s.listEvents)
	s.Handle("POST", "/events", auth.Organiser, s.addEvent)
	s.Handle("GET", "/events.ics", auth.Public, s.eventsCalendar, rest.Compressed())
	s.Handle("GET", "/events/{eventID}", auth.Public, s.getEvent)
	s.Handle("PUT", "/events/{eventID}", auth.Organiser, s.changeEvent)
	s.Handle("DELETE", "/events/{eventID}", auth.Organiser, s.cancelEvent)
	s.Handle("GET", "/events/{eventID}/event.ics", auth.Public, s.eventCalendar)
	s.Handle("GET", "/events/{SearchCriteria}/{search}", auth.Public, s.searchEvent)

	s.Handle("GET", "/locations", auth.Public, s.listLocations)
	s.Handle("POST", "/locations", auth.Organiser, s.addLocation)
	s.Handle("GET", "/locations/{locationID}", auth.Public, s.getLocation)
	s.Handle("PUT", "/locations/{locationID}", auth.Organiser, s.changeLocation)
	s.Handle("DELETE", "/locations/{locationID}", auth.Organiser, s.deleteLocation)
}

func now() int64 { return time.Now().Unix() }
