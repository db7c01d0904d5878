package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"myevents/lib/configuration"
)

// notBuilt is shown where there is no app. It needs no style of its own: who sees it is about to build the app.
const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MyEvents: not built yet</title>
<h1>The web app is not built yet</h1>
<p>Install Node.js 20.19 or newer and start <code>make run</code> again, which builds it. Meanwhile the APIs are there:
<a href="/api/events">/api/events</a>.</p>
</html>
`

// App serves the web app's production build from a folder. It opens the folder anew with every request, so that a build
// shows at once, and nothing outside of it can be reached, by symbolic links neither.
type App struct {
	folder string
	// config is config.json, which tells the app where the APIs are.
	config []byte
	policy string
}

// Config is what the app is told by config.json.
type Config struct {
	// Events and Bookings are the origins of the two APIs, https://host:port as browsers send it, where the app is to call
	// the services themselves; empty is the gateway's own /api.
	Events   string `json:"events"`
	Bookings string `json:"bookings"`
	// Auth is the services' setting of this name: where it is open, the app lets everybody organise.
	Auth string `json:"auth"`
}

// NewApp makes the app of a folder.
func NewApp(folder string, c Config) (*App, error) {
	sources := []string{"connect-src 'self'"}
	for _, origin := range []string{c.Events, c.Bookings} {
		if origin == "" {
			continue
		}
		if err := configuration.ValidOrigin(origin); err != nil {
			return nil, fmt.Errorf("%q: %w", origin, err)
		}
		sources = append(sources, origin)
	}
	config, err := json.Marshal(c)
	return &App{folder: folder, config: config, policy: contentPolicy(strings.Join(sources, " "))}, err
}

// contentPolicy lets the app have nothing but what comes with it and from the APIs.
func contentPolicy(connect string) string {
	return "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; " + connect +
		"; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
}

// ServeHTTP implements http.Handler. The app has pages under paths of its own making, so that any path without an
// extension is the app; config.json comes first, since a build may have one, too.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header(), a.policy)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the app can only be read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "config.json" {
		a.serveConfig(w, r)
		return
	}
	page := path.Ext(name) == "" && !isAsset(name)
	if page {
		name = "index.html"
	}
	switch found := a.serveFile(w, r, name); {
	case found:
	case page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, notBuilt) // or the visitor is gone
	default:
		http.NotFound(w, r)
	}
}

func setHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer") // a ticket's address is its secret
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cache-Control", "no-cache")
}

// isAsset says whether a file has its content's hash in its name.
func isAsset(name string) bool { return strings.HasPrefix(name, "assets/") }

func (a *App) serveConfig(w http.ResponseWriter, r *http.Request) {
	digest := sha256.Sum256(a.config)
	w.Header().Set("Content-Type", contentType(r.URL.Path))
	w.Header().Set("ETag", `"`+hex.EncodeToString(digest[:8])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.config))
}

// serveFile answers with a file, compressed where the client takes what the build has. It answers nothing where there
// is no such file.
func (a *App) serveFile(w http.ResponseWriter, r *http.Request, name string) (found bool) {
	root, err := os.OpenRoot(a.folder)
	if err != nil {
		return false
	}
	defer root.Close() //nolint:errcheck // it was only read
	if isCompressed(name) || !isFile(root, name) {
		return false
	}
	variant, encoding := choose(root, name, r.Header.Get("Accept-Encoding"))
	file, err := root.Open(variant)
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if isAsset(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", info.ModTime(), file)
	return true
}

func isFile(root *os.Root, name string) bool {
	info, err := root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// contentType is that of a file by its extension. The machine's own table, which package mime asks, may have others.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}
