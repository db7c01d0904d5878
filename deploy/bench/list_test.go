package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
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

// counted counts how often a store is read.
type counted struct {
	persistence.DatabaseHandler
	reads atomic.Int64
}

// FindEvent implements persistence.DatabaseHandler.
func (c *counted) FindEvent(ctx context.Context, id persistence.ID) (persistence.Event, error) {
	c.reads.Add(1)
	return c.DatabaseHandler.FindEvent(ctx, id)
}

// EventsSince implements persistence.DatabaseHandler.
func (c *counted) EventsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Event, persistence.Mark, error) {
	c.reads.Add(1)
	return c.DatabaseHandler.EventsSince(ctx, after)
}

// FindLocation implements persistence.DatabaseHandler.
func (c *counted) FindLocation(ctx context.Context, id persistence.ID) (persistence.Location, error) {
	c.reads.Add(1)
	return c.DatabaseHandler.FindLocation(ctx, id)
}

// LocationsSince implements persistence.DatabaseHandler.
func (c *counted) LocationsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Location, persistence.Mark, error) {
	c.reads.Add(1)
	return c.DatabaseHandler.LocationsSince(ctx, after)
}

// serveEvents serves an event service with so many events, all middleware on, its log written but kept nowhere. It
// answers with the store, too, whose background polls do not run.
func serveEvents(b *testing.B, events int) (*httptest.Server, *counted) {
	b.Helper()
	file, err := boltlayer.OpenEvents(filepath.Join(b.TempDir(), "events.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	store := &counted{DatabaseHandler: file}
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
		Logger: logger, Registerer: prometheus.NewRegistry(), Timeout: 10 * time.Second,
		Limits: librest.Limits{PerAddress: plenty},
	}, store, c, silent{}, "UTC")
	store.reads.Store(0)
	server := httptest.NewServer(api)
	b.Cleanup(server.Close)
	return server, store
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

// BenchmarkList: target 80 % of a bare handler that writes the same bytes, without reading the store.
func BenchmarkList(b *testing.B) {
	ours, store := serveEvents(b, 100)
	body, _ := read(b, ours.URL+"/events")
	bare := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	g := goal{"`GET /events` with 100 events, against a bare handler that writes the same bytes", 80}
	against(b, g, bare.URL, ours.URL+"/events", http.StatusOK)
	limit(b, "`GET /events`: how often the store was read meanwhile", float64(store.reads.Load()), 1, "times")
}

// BenchmarkListNotModified: target 60 % of a bare handler that says hello.
func BenchmarkListNotModified(b *testing.B) {
	ours, _ := serveEvents(b, 100)
	_, tag := read(b, ours.URL+"/events")
	g := goal{"`GET /events` with `If-None-Match`, against a bare hello", 60}
	against(b, g, serve(b, hello).URL, ours.URL+"/events", http.StatusNotModified, "If-None-Match", tag)
}

// BenchmarkListCompressed: target 60 % of a bare handler that says hello.
func BenchmarkListCompressed(b *testing.B) {
	ours, _ := serveEvents(b, 100)
	g := goal{"`GET /events` with gzip, against a bare hello", 60}
	against(b, g, serve(b, hello).URL, ours.URL+"/events", http.StatusOK, "Accept-Encoding", "gzip")
}

func against(b *testing.B, g goal, bareURL, url string, status int, header ...string) {
	b.Helper()
	c := client()
	compare(b, g, 4000, func(operations int) {
		inParallel(readers, operations, func(int) func() { return get(b, c, bareURL, http.StatusOK, header...) })
	}, func(operations int) {
		inParallel(readers, operations, func(int) func() { return get(b, c, url, status, header...) })
	})
}
