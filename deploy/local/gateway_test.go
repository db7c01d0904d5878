package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// named answers with its name and the path that it was asked for.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Location", r.URL.Path+"/1")
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = w.Write([]byte(name + " " + r.URL.EscapedPath()))
	})
}

func ask(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
	return w
}

func TestGatewayRoutes(t *testing.T) {
	const id = "0123456789abcdef01234567"
	g := newGateway(named("events"), named("bookings"))
	defer g.endStreams()
	for path, want := range map[string]string{
		"/api/events":                          "events /events",
		"/api/events.ics":                      "events /events.ics",
		"/api/events/" + id:                    "events /events/" + id,
		"/api/events/" + id + "/event.ics":     "events /events/" + id + "/event.ics",
		"/api/events/name/bookings%2Fa":        "events /events/name/bookings%2Fa",
		"/api/locations":                       "events /locations",
		"/api/locations/" + id:                 "events /locations/" + id,
		"/api/openapi.json":                    "events /openapi.json",
		"/api/documents/events.json":           "events /openapi.json",
		"/api/events/" + id + "/bookings":      "bookings /events/" + id + "/bookings",
		"/api/events/" + id + "/availability":  "bookings /events/" + id + "/availability",
		"/api/availability":                    "bookings /availability",
		"/api/availability/stream":             "bookings /availability/stream",
		"/api/bookings":                        "bookings /bookings",
		"/api/bookings/" + id:                  "bookings /bookings/" + id,
		"/api/tickets/" + id + "/AbC%2Fd":      "bookings /tickets/" + id + "/AbC%2Fd",
		"/api/users":                           "bookings /users",
		"/api/users/me":                        "bookings /users/me",
		"/api/sessions":                        "bookings /sessions",
		"/api/sessions/refresh":                "bookings /sessions/refresh",
		"/api/statistics":                      "bookings /statistics",
		"/api/.well-known/jwks.json":           "bookings /.well-known/jwks.json",
		"/api/documents/bookings.json":         "bookings /openapi.json",
		"/api":                                 "events ",
		"/api/":                                "events /",
		"/api/bookingsandmore":                 "events /bookingsandmore",
		"/api/events/" + id + "/bookings/more": "events /events/" + id + "/bookings/more",
	} {
		if got := ask(t, g, http.MethodGet, path); got.Body.String() != want {
			t.Errorf("%s goes to %q, not to %q", path, got.Body, want)
		}
	}
	created := ask(t, g, http.MethodPost, "/api/events")
	if got := created.Header().Get("Location"); created.Code != http.StatusCreated || got != "/api/events/1" {
		t.Errorf("what was created is said to be at %q", got)
	}
}

func TestPage(t *testing.T) {
	g := newGateway(named("events"), named("bookings"))
	defer g.endStreams()
	index := ask(t, g, http.MethodGet, "/")
	for _, link := range []string{"/api/events", "/api/documents/events.json", "/api/documents/bookings.json"} {
		if !strings.Contains(index.Body.String(), `href="`+link+`"`) {
			t.Errorf("the page has no link to %s", link)
		}
	}
	for _, part := range []string{"/", "/page.css", "/page.js", "/icon.svg"} {
		w := ask(t, g, http.MethodGet, part)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %d %v", part, w.Code, w.Header())
		}
	}
	if w := ask(t, g, http.MethodGet, "/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("what is not there is answered with %d", w.Code)
	}
}
