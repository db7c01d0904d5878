package rest_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"myevents/lib/auth"
	"myevents/lib/rest"
	"myevents/lib/telemetry/tracing"
)

// nowhere is an http.ResponseWriter that keeps nothing.
type nowhere struct{ header http.Header }

func (w nowhere) Header() http.Header         { return w.header }
func (w nowhere) WriteHeader(int)             {}
func (w nowhere) Write(p []byte) (int, error) { return len(p), nil }

// unread takes the log and keeps nothing; unlike a handler that discards, it has every line made.
type unread struct{}

func (unread) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkStack measures what the stack adds to a handler that writes 40 KB: routing, limits, log, metrics, headers; and
// what it adds where requests are recorded, and sent to nobody.
func BenchmarkStack(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 40<<10)
	stack := func(tracer *tracing.Tracer) http.Handler {
		api := rest.New(rest.Options{
			Logger: slog.New(tracing.Log(slog.NewJSONHandler(unread{}, nil))), Registerer: prometheus.NewRegistry(),
			Tracer: tracer, Open: true, Timeout: time.Minute,
		})
		api.Handle("GET", "/events", auth.Public, func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.Write(body)
			return err
		})
		return api
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	for _, c := range []struct {
		name string
		h    http.Handler
	}{{"bare", bare}, {"all", stack(nil)}, {"traced", stack(tracing.New(sdk.NewTracerProvider(), "amqp"))}} {
		b.Run(c.name, func(b *testing.B) {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost/events", http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			w := nowhere{header: make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				c.h.ServeHTTP(w, r)
			}
		})
	}
}
