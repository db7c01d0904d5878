package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answer is one whose body is still to be read; it is closed when the test ends.
type answer struct {
	request string
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    io.Reader
}

// send makes a request of a page of some origin. It takes the visitor's cookies along, and keeps new ones.
func send(t *testing.T, v visitor, method, address, origin string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(`{"seats": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", origin)
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	response, err := v.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return answer{method + " " + address, response.StatusCode, response.Header, response.Cookies(), response.Body}
}

func TestApp(t *testing.T) {
	app := t.TempDir()
	if err := os.WriteFile(filepath.Join(app, "index.html"), []byte("the app"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, t.TempDir(), "-demo=false", "-app", app)
	got := send(t, newVisitor(), http.MethodGet, p.gateway+"/my/page", p.gateway)
	body, err := io.ReadAll(got.body)
	if err != nil || got.status != http.StatusOK || string(body) != "the app" {
		t.Errorf("the app is answered with %d %s %v", got.status, body, err)
	}
	p.stop(t)
}

// TestTwoOrigins has the app call the two services themselves, as a browser does for a page of an allowed origin: it
// asks before it sends, and takes the cookies of the answer along the next time.
func TestTwoOrigins(t *testing.T) {
	app, events, bookings := freeOrigin(t), freeOrigin(t), freeOrigin(t)
	t.Setenv("ALLOWED_ORIGINS", app)
	p := start(t, t.TempDir(), "-demo=false", "-addr", host(app), "-events", host(events), "-bookings", host(bookings),
		"-events-api", events, "-bookings-api", bookings)
	v := newVisitor()
	var config map[string]string
	v.want(t, 200, "GET", app+"/config.json", nil, &config)
	if config["events"] != events || config["bookings"] != bookings {
		t.Errorf("the app is told %v", config)
	}
	var event eventDocument
	newOrganiser(t, bookings).want(t, 201, "POST", events+"/events", newEvent("Far", 5), &event)
	book := bookings + "/events/" + event.ID + "/bookings"
	eventually(t, "the booking service knows the event", func() bool {
		return send(t, newVisitor(), http.MethodGet, bookings+"/events/"+event.ID+"/availability", app).status == http.StatusOK
	})

	checkPreflight(t, http.MethodPost, book, app)
	checkPreflight(t, http.MethodPut, events+"/events/"+event.ID, app)
	booked := send(t, v, http.MethodPost, book, app, "Idempotency-Key", "a-key-of-at-least-128-bits-of-text")
	checkAllowed(t, booked, app)
	checkCookies(t, booked)
	mine := send(t, v, http.MethodGet, bookings+"/bookings", app)
	checkAllowed(t, mine, app)
	if body, err := io.ReadAll(mine.body); err != nil || !strings.Contains(string(body), event.ID) {
		t.Errorf("my bookings are %s, %v", body, err)
	}
	checkAllowed(t, send(t, v, http.MethodGet, events+"/events", app), app)
	checkAllowed(t, send(t, v, http.MethodGet, bookings+"/availability/stream?event="+event.ID, app), app)
	checkAllowed(t, send(t, v, http.MethodGet, bookings+"/bookings/"+event.ID, app), app) // 404, which it may read, too
	foreign := send(t, v, http.MethodGet, bookings+"/bookings", "https://foreign.example")
	if got := foreign.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a foreign page may read what the visitor %q may", got)
	}
	p.stop(t)
}

// checkPreflight asks, as browsers do, whether a page of an origin may send what the app sends. POST needs no mention.
func checkPreflight(t *testing.T, method, address, origin string) {
	t.Helper()
	asked := send(t, newVisitor(), http.MethodOptions, address, origin, "Access-Control-Request-Method", method,
		"Access-Control-Request-Headers", "content-type,idempotency-key,if-match")
	checkAllowed(t, asked, origin)
	if got := asked.header.Get("Access-Control-Allow-Methods"); method != http.MethodPost && got != method {
		t.Errorf("%s: %q may be used, not %s", address, got, method)
	}
	allowed := strings.ToLower(asked.header.Get("Access-Control-Allow-Headers"))
	for _, name := range []string{"content-type", "idempotency-key", "if-match"} {
		if !strings.Contains(allowed, name) {
			t.Errorf("%s: the header %s is not among %q", address, name, allowed)
		}
	}
}

// checkAllowed checks that a page of an origin may read an answer that was asked for with cookies.
func checkAllowed(t *testing.T, a answer, origin string) {
	t.Helper()
	allowed, cookies := a.header.Get("Access-Control-Allow-Origin"), a.header.Get("Access-Control-Allow-Credentials")
	if a.status >= 500 || allowed != origin || cookies != "true" {
		t.Errorf("%s: %d, may be read by %q, with cookies: %q", a.request, a.status, allowed, cookies)
	}
	if vary := strings.Join(a.header.Values("Vary"), ", "); !strings.Contains(vary, "Origin") {
		t.Errorf("%s: the answer may be shown to another origin: it varies by %q", a.request, vary)
	}
}

// checkCookies checks that browsers take the cookies along to the same site, whatever the port, and show them to no
// script. They belong to the host that gave them, which a domain would widen.
func checkCookies(t *testing.T, a answer) {
	t.Helper()
	cookies := a.cookies
	if a.status != http.StatusCreated || len(cookies) != 2 {
		t.Fatalf("%s: %d with the cookies %v", a.request, a.status, cookies)
	}
	if n := slices.IndexFunc(cookies, func(c *http.Cookie) bool {
		return c.SameSite != http.SameSiteLaxMode || !c.HttpOnly || c.Secure || c.Domain != "" || c.Path != "/"
	}); n >= 0 {
		t.Errorf("the cookie is %v", cookies[n])
	}
}

// freeOrigin is one that nobody listens at.
func freeOrigin(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing came in
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "http://localhost:" + port
}

func host(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err) // freeOrigin made it
	}
	return u.Host
}
