// Package gateway gives the browser one origin: both services under /api, and the web app. It is what frontend/nginx is
// in production; the tests in deploy/test/gateway hold both to the same.
package gateway

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

// Gateway is an http.Handler.
type Gateway struct {
	events, bookings, streams, app http.Handler
	endStreams                     func()
	// bookingPaths are those of the booking service. All others are the event service's, which also knows what to say of
	// a path that nobody has.
	bookingPaths *regexp.Regexp
}

// New makes a gateway to the APIs of both services, and to the app.
func New(events, bookings, app http.Handler) *Gateway {
	end, endStreams := context.WithCancel(context.Background())
	return &Gateway{
		events: events, bookings: bookings, streams: until(end, bookings), app: app, endStreams: endStreams,
		bookingPaths: regexp.MustCompile(`^(events/[0-9a-fA-F]{24}/(bookings|availability)` +
			`|(availability|bookings|tickets|users|sessions|statistics|\.well-known)(/.*)?)$`),
	}
}

// EndStreams ends the streams. It is called before the gateway stops, which waits for all requests, and streams end
// only when the booking service does, later.
func (g *Gateway) EndStreams() { g.endStreams() }

// until has the requests of a handler end when the context does.
func until(end context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(end, cancel)()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	escaped := r.URL.EscapedPath() // in a name that is searched for, %2F is no separator
	path, ok := strings.CutPrefix(escaped, "/api/")
	if !ok && escaped != "/api" {
		g.app.ServeHTTP(w, r)
		return
	}
	http.StripPrefix("/api", g.service(path)).ServeHTTP(&prefixed{ResponseWriter: w}, r)
}

// service gives the one that a path, behind /api/, belongs to.
func (g *Gateway) service(path string) http.Handler {
	switch {
	case path == "documents/events.json":
		return document(g.events)
	case path == "documents/bookings.json":
		return document(g.bookings)
	case path == "availability/stream":
		return g.streams
	case g.bookingPaths.MatchString(path):
		return g.bookings
	}
	return g.events
}

// document serves a service's OpenAPI document, whatever the path.
func document(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = "/openapi.json", ""
		service.ServeHTTP(w, r)
	})
}

// prefixed puts /api before the paths that services give as Location.
type prefixed struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *prefixed) WriteHeader(status int) {
	if location := w.Header().Get("Location"); strings.HasPrefix(location, "/") {
		w.Header().Set("Location", "/api"+location)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *prefixed) Unwrap() http.ResponseWriter { return w.ResponseWriter }
