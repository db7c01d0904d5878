package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimiter has each key do so much at once, and again when the time has come that the refusal named.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter[string](10, time.Minute)
		for n := range 10 {
			if err := l.Take("anna"); err != nil {
				t.Fatalf("number %d: %v", n, err)
			}
		}
		var refusal *Error
		for range 3 { // who is refused does not wait the longer for having asked
			if err := l.Take("anna"); !errors.As(err, &refusal) || refusal.Status != 429 || refusal.retryAfter != 6 {
				t.Fatalf("number 11: %+v", refusal)
			}
		}
		if err := l.Take("ben"); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		time.Sleep(time.Duration(refusal.retryAfter) * time.Second)
		if err := l.Take("anna"); err != nil {
			t.Errorf("when it was said to be possible again: %v", err)
		}
		if err := l.Take("anna"); err == nil {
			t.Error("at once it is possible twice")
		}
		for range 4 { // half of it all is free each time, however often the generations turn
			time.Sleep(30 * time.Second)
			for n := range 6 {
				if err := l.Take("anna"); (err == nil) != (n < 5) {
					t.Errorf("half a minute later, number %d: %v", n, err)
				}
			}
		}
	})
}

// TestLimiterForgets has the memory bounded, by time and by number.
func TestLimiterForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter[int](1, time.Second)
		for n := range 3 * maxKeys {
			if err := l.Take(n); err != nil {
				t.Fatal(err)
			}
			if have := len(l.now) + len(l.before); have > 2*maxKeys {
				t.Fatalf("%d keys are remembered", have)
			}
		}
		for n := range 2 {
			time.Sleep(2 * time.Second)
			if err := l.Take(-1 - n); err != nil {
				t.Fatal(err)
			}
		}
		if have := len(l.now) + len(l.before); have > 2 {
			t.Errorf("long after, %d keys are remembered", have)
		}
	})
}

func TestNoLimit(t *testing.T) {
	l := NewLimiter[string](0, time.Second)
	for range 1000 {
		if err := l.Take("anna"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClientAddress has the header believed as far as trusted proxies wrote it, and no farther.
func TestClientAddress(t *testing.T) {
	const peer, proxy, inner = "198.51.100.9:40000", "10.0.0.1:40000", "192.168.1.1"
	p := Proxies{
		Trusted: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fd00::/8"),
		},
		Header: "X-Forwarded-For",
	}
	for name, c := range map[string]struct {
		peer   string
		header []string
		want   string
	}{
		"the peer":                      {peer, nil, "198.51.100.9"},
		"forged by the peer":            {peer, []string{"203.0.113.5"}, "198.51.100.9"},
		"behind a proxy":                {proxy, []string{"203.0.113.5"}, "203.0.113.5"},
		"forged by the client":          {proxy, []string{"1.1.1.1, 203.0.113.5"}, "203.0.113.5"},
		"forged as if a proxy's":        {proxy, []string{"10.9.9.9, 203.0.113.5"}, "203.0.113.5"},
		"in another line":               {proxy, []string{"1.1.1.1", "203.0.113.5"}, "203.0.113.5"},
		"behind two proxies":            {proxy, []string{"1.1.1.1, 203.0.113.5, " + inner}, "203.0.113.5"},
		"the proxy itself":              {proxy, nil, "10.0.0.1"},
		"an empty header":               {proxy, []string{""}, "10.0.0.1"},
		"nothing but proxies":           {proxy, []string{"10.2.2.2, " + inner}, "10.2.2.2"},
		"no address":                    {proxy, []string{"203.0.113.5, unknown"}, "10.0.0.1"},
		"no address, before an address": {proxy, []string{"unknown, 203.0.113.5"}, "203.0.113.5"},
		"with a port":                   {proxy, []string{"203.0.113.5:1234"}, "203.0.113.5"},
		"IPv6":                          {proxy, []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv6 in brackets":              {proxy, []string{"[2001:db8::5]"}, "2001:db8::5"},
		"IPv6 with a port":              {proxy, []string{"[2001:db8::5]:1234"}, "2001:db8::5"},
		"IPv6 of a link":                {"[fe80::1%eth0]:99", nil, "fe80::1"},
		"IPv4 in IPv6":                  {"[::ffff:10.0.0.1]:99", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		"a socket of another kind":      {"@", []string{"203.0.113.5"}, "invalid IP"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.header
		if got := p.client(r).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// TestSite has the addresses count as one that one subscriber has.
func TestSite(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.5": "203.0.113.5/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
	} {
		if got := site(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s counts as %s", address, got)
		}
	}
}
