package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
)

const (
	immutable = "public, max-age=31536000, immutable"
	fresh     = "no-cache"
	html      = "text/html; charset=utf-8"
	js        = "text/javascript; charset=utf-8"
)

// TestFiles asks for all that a build has, by clients that take various encodings.
func TestFiles(t *testing.T) {
	index := build["index.html"]
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct{ path, accepts, kind, encoding, caching, body string }{
				{"/", "", html, "", fresh, index},
				{"/index.html", "", html, "", fresh, index},
				{"/", "gzip, deflate, br, zstd", html, "br", fresh, "brotli of index.html"},
				{"/", "gzip", html, "", fresh, index},
				{"/bookings", "", html, "", fresh, index},
				{"/events/0123456789abcdef01234567?from=x", "", html, "", fresh, index},
				{"/tickets/0123456789abcdef01234567/AbC-_d", "br", html, "br", fresh, "brotli of index.html"},
				{"/apiary", "", html, "", fresh, index},
				{"/assets/app-1a2b.js", "", js, "", immutable, script},
				{"/assets/app-1a2b.js", "gzip", js, "gzip", immutable, zipped(t, script)},
				{"/assets/app-1a2b.js", "gzip, br", js, "br", immutable, "brotli of app.js"},
				{"/assets/app-1a2b.js", "br;q=0.1", js, "br", immutable, "brotli of app.js"},
				{"/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", js, "gzip", immutable, zipped(t, script)},
				{"/assets/app-1a2b.js", "brotli, identity, gzip;q=0", js, "", immutable, script},
				{"/assets/only-gzip.js", "gzip, br", js, "gzip", immutable, zipped(t, script)},
				{"/assets/app-1a2b.css", "br", "text/css; charset=utf-8", "", immutable, "body {}"},
				{"/assets/face-1a.woff2", "br", "font/woff2", "", immutable, "wOF2"},
				{"/favicon.svg", "br", "image/svg+xml", "", fresh, "<svg/>"},
				{"/robots.txt", "", "text/plain; charset=utf-8", "", fresh, "User-agent: *"},
				{"/site.webmanifest", "", "application/manifest+json", "", fresh, "{}"},
			} {
				got := ask(t, http.MethodGet, url+c.path, "Accept-Encoding", c.accepts)
				h := got.header
				if got.status != http.StatusOK || got.body != c.body {
					t.Errorf("%s (%s): %d %.40q", c.path, c.accepts, got.status, got.body)
				}
				if h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.encoding || h.Get("Vary") != "Accept-Encoding" {
					t.Errorf("%s (%s): %q, %q, %q", c.path, c.accepts, h.Get("Content-Type"), h.Get("Content-Encoding"), h.Get("Vary"))
				}
				if h.Get("Cache-Control") != c.caching || h.Get("ETag") == "" {
					t.Errorf("%s (%s): may be kept %q, tag %q", c.path, c.accepts, h.Get("Cache-Control"), h.Get("ETag"))
				}
				again := ask(t, http.MethodGet, url+c.path, "Accept-Encoding", c.accepts, "If-None-Match", h.Get("ETag"))
				if again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != h.Get("ETag") {
					t.Errorf("%s (%s): what is known already is answered with %d", c.path, c.accepts, again.status)
				}
				head := ask(t, http.MethodHead, url+c.path, "Accept-Encoding", c.accepts)
				if head.status != http.StatusOK || head.body != "" || head.header.Get("ETag") != h.Get("ETag") {
					t.Errorf("%s (%s): HEAD is answered with %d %v", c.path, c.accepts, head.status, head.header)
				}
			}
		})
	}
}

// TestVariantsHaveTagsOfTheirOwn has a cache not take one encoding for another.
func TestVariantsHaveTagsOfTheirOwn(t *testing.T) {
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			seen := make(map[string]string)
			for _, accepts := range []string{"", "gzip", "br"} {
				tag := ask(t, http.MethodGet, url+"/assets/app-1a2b.js", "Accept-Encoding", accepts).header.Get("ETag")
				if other, ok := seen[tag]; ok {
					t.Errorf("%q and %q have the tag %s", accepts, other, tag)
				}
				seen[tag] = accepts
			}
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{
				"/assets/old-0000.js", "/assets/", "/assets/app", "/favicon.ico", "/pages/app.css", "/assets/app-1a2b.js/",
				"/assets/app-1a2b.js.br", "/assets/app-1a2b.js.gz", "/index.html.br",
			} {
				got := ask(t, http.MethodGet, url+path, "Accept-Encoding", "br")
				if got.status != http.StatusNotFound || strings.Contains(got.header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s is answered with %d, to be kept %q", path, got.status, got.header.Get("Cache-Control"))
				}
			}
			for _, path := range []string{"/", "/bookings", "/assets/app-1a2b.js"} {
				if got := ask(t, http.MethodPost, url+path); got.status != http.StatusMethodNotAllowed {
					t.Errorf("POST %s is answered with %d", path, got.status)
				}
			}
		})
	}
}

func TestSecurityHeaders(t *testing.T) {
	const policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
		"frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
	for name, url := range both(t, services()) {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/", "/bookings", "/assets/app-1a2b.js", "/config.json", "/assets/old-0000.js", "/x.gz"} {
				h := ask(t, http.MethodGet, url+path).header
				for name, want := range map[string]string{
					"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
					"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
				} {
					if got := h.Values(name); len(got) != 1 || got[0] != want {
						t.Errorf("%s: %s is %q", path, name, got)
					}
				}
				if got := contentPolicy(h); got != policy {
					t.Errorf("%s: the policy is %q", path, got)
				}
				if got := h.Get("Server"); strings.ContainsAny(got, "0123456789") {
					t.Errorf("%s: the server says that it is %q", path, got)
				}
			}
		})
	}
}

// contentPolicy is the one of an answer, with single spaces.
func contentPolicy(h http.Header) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.Join(h.Values("Content-Security-Policy"), " & ")), " "), " ;", ";")
}

// TestOrigins tells the app where the APIs are, and lets it call them, without a new build.
func TestOrigins(t *testing.T) {
	w := services()
	for _, c := range []struct{ events, bookings, connect string }{
		{"", "", "connect-src 'self';"},
		{
			"https://events.example", "https://bookings.example:8443",
			"connect-src 'self' https://events.example https://bookings.example:8443;",
		},
	} {
		w.eventsAPI, w.bookingsAPI = c.events, c.bookings
		for name, url := range both(t, w) {
			t.Run(name, func(t *testing.T) {
				got := ask(t, http.MethodGet, url+"/config.json")
				var config map[string]string
				if err := json.Unmarshal([]byte(got.body), &config); err != nil {
					t.Fatal(err)
				}
				if want := map[string]string{"events": c.events, "bookings": c.bookings, "auth": auth}; !maps.Equal(config, want) {
					t.Errorf("the app is told %s", got.body)
				}
				if got.header.Get("Content-Type") != "application/json" || got.header.Get("Cache-Control") != fresh {
					t.Errorf("config.json has %v", got.header)
				}
				again := ask(t, http.MethodGet, url+"/config.json", "If-None-Match", got.header.Get("ETag"))
				if again.status != http.StatusNotModified {
					t.Errorf("what is known already is answered with %d", again.status)
				}
				if policy := contentPolicy(ask(t, http.MethodGet, url+"/").header); !strings.Contains(policy, c.connect) {
					t.Errorf("the policy is %q", policy)
				}
			})
		}
	}
}
