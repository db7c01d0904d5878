// Package gateway holds the two gateways, that of deploy/local and the production's nginx, to the same.
package gateway

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"myevents/deploy/local/gateway"
	backends "myevents/deploy/test"
)

const templates = "../../../frontend/nginx/templates"

// patience is how long an answer may take.
const patience = 20 * time.Second

// script is long enough to be worth compressing.
var script = strings.Repeat("console.log('MyEvents');\n", 100)

// The two variants need not be what they say: nobody reads them here, but for their first bytes.
var build = map[string]string{
	"index.html":           "<!doctype html><title>MyEvents</title>",
	"index.html.br":        "brotli of index.html",
	"config.json":          `{"events": "of the build", "bookings": "of the build"}`,
	"favicon.svg":          "<svg/>",
	"robots.txt":           "User-agent: *",
	"site.webmanifest":     "{}",
	"assets/app-1a2b.js":   script,
	"assets/app-1a2b.css":  "body {}",
	"assets/face-1a.woff2": "wOF2",
	"assets/only-gzip.js":  script,
}

// writeBuild makes a folder with a production build, as small as can be, and a file beside it that is nobody's business.
func writeBuild(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "dist")
	files := map[string]string{"../secret.txt": "secret", "assets/app-1a2b.js.br": "brotli of app.js"}
	for name, content := range build {
		files[name] = content
	}
	files["assets/app-1a2b.js.gz"], files["assets/only-gzip.js.gz"] = zipped(t, script), zipped(t, script)
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// auth is what both gateways tell the app of accounts.
const auth = "open"

// world is what a gateway stands in front of.
type world struct {
	events, bookings       http.Handler
	eventsAPI, bookingsAPI string // the app's two origins, if it has them
}

// both starts both gateways, and gives their addresses by their names.
func both(t *testing.T, w world) map[string]string {
	t.Helper()
	folder := writeBuild(t)
	app, err := gateway.NewApp(folder, gateway.Config{Events: w.eventsAPI, Bookings: w.bookingsAPI, Auth: auth})
	if err != nil {
		t.Fatal(err)
	}
	g := gateway.New(w.events, w.bookings, app)
	local := httptest.NewServer(g)
	t.Cleanup(local.Close)
	t.Cleanup(g.EndStreams)
	return map[string]string{"local": local.URL, "nginx": startNginx(t, folder, w).URL}
}

func startNginx(t *testing.T, folder string, w world) *backends.Nginx {
	t.Helper()
	events, bookings := httptest.NewServer(w.events), httptest.NewServer(w.bookings)
	t.Cleanup(events.Close)
	t.Cleanup(bookings.Close)
	return backends.StartNginx(t, templates, map[string]string{
		"APP": folder, "EVENTS_URL": events.URL, "BOOKINGS_URL": bookings.URL,
		"EVENTS_API": w.eventsAPI, "BOOKINGS_API": w.bookingsAPI, "AUTH": auth,
		"NGINX_LOCAL_RESOLVERS": "127.0.0.1:9",
	})
}

// client takes answers as they are: compressed ones are not unpacked, and redirections not followed.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport: transport, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask makes a request; headers are names and values in turn, the host's among them.
func ask(t *testing.T, method, url string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	request.Host = request.Header.Get("Host") // empty: the address's
	response, err := client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}
