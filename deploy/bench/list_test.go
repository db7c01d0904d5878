package bench

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/eventservice/announce"
	"myevents/eventservice/catalogue"
	"myevents/eventservice/rest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	librest "myevents/lib/rest"
)

// readers is how many clients read at the same time.
const readers = 4

// discard takes a log line and keeps nothing.
type discard struct{}

// Write implements io.Writer.
func (discard) Write(line []byte) (int, error) { return len(line), nil }

type silent struct{}

// Offer implements rest.Publisher.
func (silent) Offer(...persistence.Message) {}

// serveEvents serves an event service with so many events, all middleware on, its log written but kept nowhere.
func serveEvents(b *testing.B, events int) *httptest.Server {
	b.Helper()
	store, err := boltlayer.OpenEvents(filepath.Join(b.TempDir(), "events.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	place := persistence.Location{
		ID: persistence.NewID(), Name: "Old Harbour Hall", Address: "Quay 7, Hamburg", Country: "Germany",
		TimeZone: "Europe/Berlin", Version: 1, Halls: []persistence.Hall{{Name: "Great Hall", Capacity: 400}},
	}
	for n := range events {
		e := persistence.Event{
			ID: persistence.NewID(), Name: fmt.Sprintf("Concert number %d", n), StartDate: 1_900_000_000 + int64(n)*3600,
			EndDate: 1_900_007_200 + int64(n)*3600, Duration: 120, Location: place, Version: 1,
		}
		if err := store.AddEvent(b.Context(), e, announce.EventCreated(e, place)); err != nil {
			b.Fatal(err)
		}
	}
	c := catalogue.New(store)
	if err := c.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	logger := slog.New(slog.NewJSONHandler(discard{}, nil)) // slog leaves out what goes to io.Discard itself
	api := rest.New(librest.Options{
		Logger: logger, Registerer: prometheus.NewRegistry(), Open: true,
		Timeout: 10 * time.Second,
	}, store, c, silent{}, "UTC")
	server := httptest.NewServer(api)
	b.Cleanup(server.Close)
	return server
}

func serve(b *testing.B, h http.HandlerFunc) *httptest.Server {
	b.Helper()
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	return server
}

// read is the list as it is answered.
func read(b *testing.B, url string) (body []byte, tag string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	response, err := client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err = io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return body, response.Header.Get("ETag")
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }

// BenchmarkList: target 80 % of a bare handler that writes the same bytes.
func BenchmarkList(b *testing.B) {
	ours := serveEvents(b, 100)
	body, _ := read(b, ours.URL+"/events")
	bare := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	against(b, bare.URL, ours.URL+"/events", http.StatusOK)
}

// BenchmarkListNotModified: target 60 % of a bare handler that says hello.
func BenchmarkListNotModified(b *testing.B) {
	ours := serveEvents(b, 100)
	_, tag := read(b, ours.URL+"/events")
	against(b, serve(b, hello).URL, ours.URL+"/events", http.StatusNotModified, "If-None-Match", tag)
}

// BenchmarkListCompressed: target 60 % of a bare handler that says hello.
func BenchmarkListCompressed(b *testing.B) {
	ours := serveEvents(b, 100)
	against(b, serve(b, hello).URL, ours.URL+"/events", http.StatusOK, "Accept-Encoding", "gzip")
}

func against(b *testing.B, bareURL, url string, status int, header ...string) {
	b.Helper()
	c := client()
	compare(b, 4000, func(operations int) {
		inParallel(readers, operations, func(int) func() { return get(b, c, bareURL, http.StatusOK, header...) })
	}, func(operations int) {
		inParallel(readers, operations, func(int) func() { return get(b, c, url, status, header...) })
	})
}
