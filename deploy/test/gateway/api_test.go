package gateway

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
)

// named answers with its name and the path that it was asked for.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Location", r.URL.Path+"/1")
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = fmt.Fprint(w, name+" "+r.URL.RequestURI())
	})
}

func services() world { return world{events: named("events"), bookings: named("bookings")} }

func TestRoutes(t *testing.T) {
	const id = "0123456789abcdef01234567"
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			for path, want := range map[string]string{
				"/api/events":                          "events /events",
				"/api/events?q=a%2Fb&after=1":          "events /events?q=a%2Fb&after=1",
				"/api/events.ics":                      "events /events.ics",
				"/api/events/" + id:                    "events /events/" + id,
				"/api/events/" + id + "/event.ics":     "events /events/" + id + "/event.ics",
				"/api/events/name/bookings":            "events /events/name/bookings",
				"/api/events/name/a%2Fbookings":        "events /events/name/a%2Fbookings",
				"/api/events/name/caf%C3%A9%20x":       "events /events/name/caf%C3%A9%20x",
				"/api/events/" + id + "%2Fbookings":    "events /events/" + id + "%2Fbookings",
				"/api/bookings%2F" + id:                "events /bookings%2F" + id,
				"/api/locations":                       "events /locations",
				"/api/locations/" + id:                 "events /locations/" + id,
				"/api/openapi.json":                    "events /openapi.json",
				"/api/documents/events.json":           "events /openapi.json",
				"/api/events/" + id + "/bookings":      "bookings /events/" + id + "/bookings",
				"/api/events/" + id + "/bookings?a=b":  "bookings /events/" + id + "/bookings?a=b",
				"/api/events/" + id + "/availability":  "bookings /events/" + id + "/availability",
				"/api/availability":                    "bookings /availability",
				"/api/availability/stream?event=" + id: "bookings /availability/stream?event=" + id,
				"/api/bookings":                        "bookings /bookings",
				"/api/bookings?after=1":                "bookings /bookings?after=1",
				"/api/bookings/" + id:                  "bookings /bookings/" + id,
				"/api/tickets/" + id + "/AbC%2Fd":      "bookings /tickets/" + id + "/AbC%2Fd",
				"/api/users":                           "bookings /users",
				"/api/users/me":                        "bookings /users/me",
				"/api/users/" + id + "/roles":          "bookings /users/" + id + "/roles",
				"/api/sessions":                        "bookings /sessions",
				"/api/sessions/refresh":                "bookings /sessions/refresh",
				"/api/statistics":                      "bookings /statistics",
				"/api/.well-known/jwks.json":           "bookings /.well-known/jwks.json",
				"/api/documents/bookings.json":         "bookings /openapi.json",
				"/api":                                 "events /",
				"/api/":                                "events /",
				"/api/bookingsandmore":                 "events /bookingsandmore",
				"/api/events/" + id + "/bookings/more": "events /events/" + id + "/bookings/more",
			} {
				if got := ask(t, http.MethodGet, url+path); got.body != want {
					t.Errorf("%s goes to %q, not to %q", path, got.body, want)
				}
			}
			created := ask(t, http.MethodPost, url+"/api/events")
			if got := created.header.Get("Location"); created.status != http.StatusCreated || got != "/api/events/1" {
				t.Errorf("what was created is said to be at %q", got)
			}
		})
	}
}

// TestAnswersPassAsTheyAre asks for a document that the service compresses: nobody compresses it again, and its tag, by
// which it is changed, is the one that the service gave. What the service says of its answer is said once.
func TestAnswersPassAsTheyAre(t *testing.T) {
	w := services()
	w.events = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("ETag", `"7"`)
		h.Set("Content-Type", "application/json")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		switch {
		case r.Header.Get("If-Match") == `"7"`:
			w.WriteHeader(http.StatusNoContent)
		case r.Header.Get("If-None-Match") == `"7"`:
			w.WriteHeader(http.StatusNotModified)
		case r.URL.Path == "/large":
			_, _ = fmt.Fprint(w, script)
		default:
			h.Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = fmt.Fprint(z, script)
			_ = z.Close() // or the client is gone
		}
	})
	for name, url := range both(t, w) {
		t.Run(name, func(t *testing.T) {
			for path, want := range map[string]string{"/api/large": script, "/api/events": zipped(t, script)} {
				got := ask(t, http.MethodGet, url+path, "Accept-Encoding", "gzip, br")
				if got.header.Get("ETag") != `"7"` || got.body != want {
					t.Errorf("%s: the tag is %s, %d bytes: %q", path, got.header.Get("ETag"), len(got.body), got.body[:10])
				}
				for _, name := range []string{"Content-Security-Policy", "Cache-Control", "X-Content-Type-Options", "Content-Type"} {
					if values := got.header.Values(name); len(values) != 1 {
						t.Errorf("%s: %s is %q", path, name, values)
					}
				}
			}
			if got := ask(t, http.MethodPut, url+"/api/events", "If-Match", `"7"`); got.status != http.StatusNoContent {
				t.Errorf("a change of the version that was read is answered with %d", got.status)
			}
			if got := ask(t, http.MethodGet, url+"/api/events", "If-None-Match", `"7"`); got.status != http.StatusNotModified {
				t.Errorf("what is known already is answered with %d", got.status)
			}
		})
	}
}

// TestStream reads a stream bit by bit: the service sends no more before the client has what was sent.
func TestStream(t *testing.T) {
	received := make(chan struct{}, 1)
	ended := make(chan struct{}, 2)
	w := services()
	w.bookings = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 3 {
			_, _ = fmt.Fprintf(w, "data: %d\n\n", n)
			_ = http.NewResponseController(w).Flush() // or the client is gone
			select {
			case <-received:
			case <-r.Context().Done():
			}
		}
		<-r.Context().Done()
		ended <- struct{}{}
	})
	for name, url := range both(t, w) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/availability/stream?event=1", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept-Encoding", "gzip, br")
			response, err := client(t).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close() //nolint:errcheck // it was only read
			lines := bufio.NewScanner(response.Body)
			for n := range 3 {
				if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", n) || !lines.Scan() {
					t.Fatalf("the stream has %q, %v", lines.Text(), lines.Err())
				}
				received <- struct{}{}
			}
			cancel() // the visitor leaves
			select {
			case <-ended:
			case <-t.Context().Done():
			}
		})
	}
}

// TestPathsThatClimb asks for files outside of the build, as no browser would.
func TestPathsThatClimb(t *testing.T) {
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{
				"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt",
				"//secret.txt", "/./../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/../dist/../secret.txt",
			} {
				c, err := new(net.Dialer).DialContext(t.Context(), "tcp", url[len("http://"):])
				if err != nil {
					t.Fatal(err)
				}
				_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path) // reading shows a failure
				response, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err != nil {
					t.Fatal(err)
				}
				if response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusBadRequest {
					t.Errorf("%s is answered with %s", path, response.Status)
				}
				_ = response.Body.Close() // it was only read
				_ = c.Close()             // it was only read
			}
		})
	}
}
