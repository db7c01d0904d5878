package gateway

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What both gateways have in common is tested in deploy/test/gateway.

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w
}

func newApp(t *testing.T, folder string) *App {
	t.Helper()
	a, err := NewApp(folder, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBuiltLater starts without a build, which comes, and comes anew, while the app is served.
func TestBuiltLater(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dist")
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("API")) })
	g := New(api, api, newApp(t, folder))
	defer g.EndStreams()
	for _, path := range []string{"/", "/bookings"} {
		w := get(t, g, path)
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make run") ||
			w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("without a build, %s is answered with %d %s", path, w.Code, w.Body)
		}
	}
	if w := get(t, g, "/assets/app.js"); w.Code != http.StatusNotFound {
		t.Errorf("without a build, a script is answered with %d", w.Code)
	}
	if w := get(t, g, "/api/events"); w.Body.String() != "API" {
		t.Errorf("without a build, the API answers %s", w.Body)
	}
	for _, content := range []string{"the first build", "the second"} {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, "index.html"), content)
		if w := get(t, g, "/"); w.Code != http.StatusOK || w.Body.String() != content {
			t.Errorf("%s shows as %d %s", content, w.Code, w.Body)
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "secret.txt"), "secret")
	write(t, filepath.Join(folder, "dist", "index.html"), "index")
	write(t, filepath.Join(folder, "dist", "robots.txt"), "robots")
	for link, target := range map[string]string{
		"dist/out.txt": "../secret.txt", "dist/assets": "..", "dist/in.txt": "robots.txt", "current": "dist",
	} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	a := newApp(t, filepath.Join(folder, "current")) // the folder itself may be a link
	for path, status := range map[string]int{"/": 200, "/in.txt": 200, "/out.txt": 404, "/assets/secret.txt": 404} {
		if w := get(t, a, path); w.Code != status {
			t.Errorf("%s is answered with %d %s", path, w.Code, w.Body)
		}
	}
}

func TestWhatIsNoOrigin(t *testing.T) {
	for _, origin := range []string{"localhost:8181", "https://api.example/", "https://api.example; script-src *", "HTTPS://A"} {
		if _, err := NewApp("dist", Config{Bookings: origin}); err == nil || !strings.Contains(err.Error(), origin) {
			t.Errorf("%q is taken: %v", origin, err)
		}
	}
}
