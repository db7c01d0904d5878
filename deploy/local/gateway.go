package main

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
)

//go:embed page
var page embed.FS

// gateway gives the browser one origin: both services under /api, and the page.
type gateway struct {
	events, bookings, streams, page http.Handler
	// endStreams ends the streams. It is called before the gateway stops, which waits for all requests, and streams end
	// only when the booking service does, later.
	endStreams func()
	// bookingPaths are those of the booking service. All others are the event service's, which also knows what to say of
	// a path that nobody has.
	bookingPaths *regexp.Regexp
}

func newGateway(events, bookings http.Handler) *gateway {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder was there when this was compiled
	}
	end, endStreams := context.WithCancel(context.Background())
	return &gateway{
		events: events, bookings: bookings, streams: until(end, bookings), page: http.FileServerFS(files),
		endStreams: endStreams,
		bookingPaths: regexp.MustCompile(`^(events/[^/]+/(bookings|availability)` +
			`|(availability|bookings|tickets|users|sessions|statistics|\.well-known)(/.*)?)$`),
	}
}

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
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok && r.URL.Path != "/api" {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		g.page.ServeHTTP(w, r)
		return
	}
	http.StripPrefix("/api", g.service(path)).ServeHTTP(&prefixed{ResponseWriter: w}, r)
}

// service gives the one that a path, behind /api/, belongs to.
func (g *gateway) service(path string) http.Handler {
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
