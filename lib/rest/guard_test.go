package rest_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"myevents/lib/auth"
	"myevents/lib/configuration"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

func nothing(http.ResponseWriter, *http.Request) error { return nil }

// asked makes requests from an address, and counts how many of them are answered with 429.
func asked(t *testing.T, api http.Handler, times int, address, method, path string, header ...string) (refused int) {
	t.Helper()
	for range times {
		r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
		r.RemoteAddr = address + ":40000"
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code == 429 {
			refused++
			problemOf(t, w)
			if w.Header().Get("Retry-After") == "" {
				t.Error("a refusal does not say when to try again")
			}
		}
	}
	return refused
}

// TestLimits has each limit count what it is about, whatever the path, and nothing in the open mode. That time goes on
// meanwhile gives back a few.
func TestLimits(t *testing.T) {
	const one, other, enough = "203.0.113.5", "203.0.113.6", 50
	byID := func(r *http.Request) (auth.Caller, bool, error) {
		return auth.Caller{ID: persistence.ID{r.Header.Get("X-Test")[0]}}, true, nil
	}
	for _, open := range []bool{false, true} {
		api, _ := newAPI(rest.Options{Open: open, Caller: byID, Limits: rest.Limits{PerAddress: 10 * enough, PerUser: enough}})
		api.Handle("GET", "/mine", auth.Session, nothing)
		api.Handle("POST", "/events/{eventID}/bookings", auth.Public, nothing, rest.PerPart("eventID", enough, time.Hour))
		for _, c := range []struct {
			what, address, method, path, user string
			refused                           bool
		}{
			{"a user", one, "GET", "/mine", "a", true},
			{"the user elsewhere", other, "GET", "/mine", "a", true},
			{"another user", one, "GET", "/mine", "b", true}, // for itself, as its first requests were not
			{"an event", one, "POST", "/events/0123456789abcdef01234567/bookings", "", true},
			{"the event, spelt otherwise", other, "POST", "/events/0123456789ABCDEF01234567/bookings", "", true},
			{"another event", one, "POST", "/events/0123456789abcdef01234568/bookings", "", false},
		} {
			times := enough
			if c.refused {
				times = 2 * enough
			}
			refused := asked(t, api, times, c.address, c.method, c.path, "X-Test", c.user)
			if (refused > 0) != (c.refused && !open) || refused > times {
				t.Errorf("open: %t, %s: %d of %d were refused", open, c.what, refused, times)
			}
		}
	}
}

// TestAddresses has the limit by address count all that an address asks for, also what is not there and what is refused.
func TestAddresses(t *testing.T) {
	const one, other, enough = "203.0.113.5", "203.0.113.6", 50
	api, _ := newAPI(rest.Options{
		Limits:  rest.Limits{PerAddress: enough},
		Proxies: rest.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Header: "X-Real-Ip"},
	})
	api.Handle("POST", "/bookings", auth.Public, nothing)
	if asked(t, api, 3*enough, "10.0.0.1", "GET", "/nothing", "X-Real-IP", one) == 0 {
		t.Error("what comes through a proxy, and is not there, is not counted")
	}
	if asked(t, api, 3*enough, one, "DELETE", "/bookings") == 0 {
		t.Error("what is not allowed is not counted")
	}
	if refused := asked(t, api, enough, "10.0.0.1", "POST", "/bookings", "X-Real-IP", other); refused > 0 {
		t.Errorf("%d of another client of the proxy were refused", refused)
	}
}

// TestDefaultsLetACrowdIn has one address make 1,000 bookings of an event within a second, as all customers behind one
// proxy do when a sale begins.
func TestDefaultsLetACrowdIn(t *testing.T) {
	s, err := configuration.Load(configuration.BookingService, "", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	api, _ := newAPI(rest.Options{Limits: rest.Limits{PerAddress: s.LimitAddress, PerUser: s.LimitUser}})
	api.Handle("POST", "/events/{eventID}", auth.Public, nothing, rest.PerPart("eventID", s.LimitEvent, time.Second))
	if refused := asked(t, api, 1000, "203.0.113.5", "POST", "/events/0123456789abcdef01234567"); refused > 0 {
		t.Errorf("%d were refused", refused)
	}
}

// TestStreams has so many streams open for an address, and another one when one has ended.
func TestStreams(t *testing.T) {
	api, _ := newAPI(rest.Options{Limits: rest.Limits{Streams: 2}})
	inside := make(chan struct{})
	api.Handle("GET", "/stream", auth.Public, func(_ http.ResponseWriter, r *http.Request) error {
		inside <- struct{}{}
		<-r.Context().Done()
		return nil
	}, rest.Streaming())
	server := httptest.NewServer(api)
	defer server.Close()
	open := func() (end func()) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/stream", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if response, err := server.Client().Do(r); err == nil {
				_ = response.Body.Close()
			}
		}()
		return func() {
			cancel()
			<-done
		}
	}
	first := open()
	<-inside
	second := open()
	<-inside
	defer second()
	if refused := asked(t, api, 1, "127.0.0.1", "GET", "/stream"); refused != 1 {
		t.Error("a third stream is open")
	}
	first()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		third := open()
		select {
		case <-inside:
			third()
			return
		case <-time.After(20 * time.Millisecond):
			third()
		}
		if time.Now().After(deadline) {
			t.Fatal("in vain waited for a stream in place of one that ended")
		}
	}
}

// TestCrossSite has nothing changed by a browser that a page of another site sent, but for the sites that are allowed;
// programs, which are no browsers, send none of these headers.
func TestCrossSite(t *testing.T) {
	const host, shop, public, foreign = "http://example.com", "https://shop.example", "https://my.example", "https://evil.example"
	for name, c := range map[string]struct {
		method, site, origin string
		want                 int // with accounts; in the open mode it is 200
	}{
		"a program":                 {"POST", "", "", 200},
		"our own page":              {"POST", "same-origin", host, 200},
		"our own page, old browser": {"POST", "", host, 200},
		"our own page, by a proxy":  {"DELETE", "", public, 200},
		"typed in":                  {"POST", "none", "", 200},
		"an allowed site":           {"POST", "cross-site", shop, 200},
		"another site":              {"POST", "cross-site", foreign, 403},
		"another site, by PUT":      {"PUT", "cross-site", foreign, 403},
		"another site deletes":      {"DELETE", "cross-site", foreign, 403},
		"another site, old browser": {"POST", "", foreign, 403},
		"a sibling":                 {"POST", "same-site", "https://other.example.com", 403},
		"a page in a sandbox":       {"POST", "cross-site", "null", 403},
		"another site reads":        {"GET", "cross-site", foreign, 200}, // which CORS keeps from its scripts
	} {
		for _, open := range []bool{false, true} {
			api, _ := newAPI(rest.Options{Open: open, Origins: []string{shop}, PublicURL: public})
			called := false
			handler := func(http.ResponseWriter, *http.Request) error { called = true; return nil }
			for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
				api.Handle(method, "/", auth.Public, handler)
			}
			header := []string{}
			if c.site != "" {
				header = append(header, "Sec-Fetch-Site", c.site)
			}
			if c.origin != "" {
				header = append(header, "Origin", c.origin)
			}
			want := c.want
			if open {
				want = 200
			}
			w := call(t, api, c.method, "/", "", header...)
			if w.Code != want || called != (want == 200) {
				t.Errorf("open: %t, %s: %d", open, name, w.Code)
			}
			if readable := w.Header().Get("Access-Control-Allow-Origin"); (readable == c.origin) != (c.origin == shop) && c.origin != "" {
				t.Errorf("open: %t, %s: the answer may be read by %q", open, name, readable)
			}
		}
	}
}

// TestHSTS has browsers told to use HTTPS only where that is wanted and they did.
func TestHSTS(t *testing.T) {
	for name, c := range map[string]struct {
		options rest.Options
		secure  bool
		want    string
	}{
		"not wanted":      {rest.Options{}, true, ""},
		"HTTPS":           {rest.Options{HSTS: time.Hour}, true, "max-age=3600"},
		"HTTP":            {rest.Options{HSTS: time.Hour}, false, ""},
		"behind a proxy":  {rest.Options{HSTS: time.Hour, PublicURL: "https://shop.example"}, false, "max-age=3600"},
		"HTTP by a proxy": {rest.Options{HSTS: time.Hour, PublicURL: "http://shop.example"}, false, ""},
	} {
		api, _ := newAPI(c.options)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", http.NoBody)
		if c.secure {
			r.TLS = new(tls.ConnectionState)
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security"); got != c.want {
			t.Errorf("%s: got %q", name, got)
		}
		if got := w.Header().Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
			t.Errorf("%s: others may embed it: %q", name, got)
		}
		for field := range w.Header() {
			if field == "Server" || strings.HasPrefix(field, "X-Powered") {
				t.Errorf("the answer tells what made it: %s", field)
			}
		}
	}
}
