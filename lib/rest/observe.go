package rest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"myevents/lib/auth"
)

const requestIDHeader = "X-Request-Id"

// metrics count and time the requests by route template, never by path.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	inFlight  prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "myevents_http_request_duration_seconds", Help: "Time to answer a request.",
			// A quarter of a second is the objective, see deploy/prometheus/rules.
			Buckets: []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "myevents_http_requests_in_flight", Help: "Requests being answered.",
		}),
	}
	r.MustRegister(m.requests, m.durations, m.inFlight)
	return m
}

// recorder notes what becomes of a request: who makes it, and what a handler answers.
type recorder struct {
	http.ResponseWriter
	method string
	route  string
	status int
	bytes  int64
	caller auth.Caller
	known  bool // whether there is a caller
	span   trace.Span
	// streams says that the answer is sent bit by bit: its span ends where the answer begins.
	streams bool

	proxies *Proxies
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	w.began(status)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.began(http.StatusOK)
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// began notes the status of an answer.
func (w *recorder) began(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if w.streams {
		w.endSpan()
	}
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type recorderKey struct{}

func recorderOf(r *http.Request) *recorder {
	rec, _ := r.Context().Value(recorderKey{}).(*recorder)
	return rec
}

// observe gives every request its ID and the headers that all answers have, and notes what became of it.
func (a *API) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := requestID(r)
		a.setHeaders(w.Header(), r, id)
		rec := &recorder{ResponseWriter: w, route: "preflight", method: knownMethod(r.Method), proxies: &a.options.Proxies}
		ctx := context.WithValue(r.Context(), recorderKey{}, rec)
		ctx, rec.span = a.options.Tracer.Request(ctx, r.Header, rec.method)
		a.metrics.inFlight.Inc()
		defer a.note(ctx, rec, id, began)
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

func (a *API) note(ctx context.Context, rec *recorder, id string, began time.Time) {
	a.metrics.inFlight.Dec()
	took := time.Since(began)
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	a.metrics.requests.WithLabelValues(rec.method, rec.route, strconv.Itoa(rec.status)).Inc()
	a.metrics.durations.WithLabelValues(rec.method, rec.route).Observe(took.Seconds())
	a.options.Logger.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("method", rec.method), slog.String("route", rec.route), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.Duration("took", took), slog.String("request_id", id))
	rec.endSpan()
}

// endSpan ends the span of a request, which shows the route, and neither the path nor the query: they may have what
// nobody else is to know, such as the code of a ticket.
func (w *recorder) endSpan() {
	if !w.span.IsRecording() {
		return
	}
	w.span.SetName(w.method + " " + w.route)
	w.span.SetAttributes(semconv.HTTPRoute(w.route), semconv.HTTPResponseStatusCode(w.status),
		attribute.StringSlice("http.response.header.x-request-id", w.Header()[requestIDHeader]))
	if w.status >= http.StatusInternalServerError {
		w.span.SetStatus(codes.Error, "")
	}
	w.span.End()
}

// knownMethod keeps clients from making up labels.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// route makes an http.Handler of a Handler: it notes the template, calls the handler if the guard lets the request
// pass, and answers errors and panics.
func (a *API) route(template string, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := recorderOf(r)
		rec.route = template
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault)
			default:
				a.panicked(rec, w, r, fault)
			}
		}()
		err := a.guard.check(r)
		if err == nil {
			err = h(w, r)
		}
		if err != nil {
			a.fail(rec, w, r, err)
		}
	})
}

// panicked logs a panic, once, under the request's ID, and answers it if that is still possible.
func (a *API) panicked(rec *recorder, w http.ResponseWriter, r *http.Request, fault any) {
	a.options.Logger.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("request_id", w.Header().Get(requestIDHeader)), slog.String("route", rec.route),
		slog.Any("fault", fault), slog.String("stack", string(debug.Stack())))
	if rec.status != 0 {
		panic(http.ErrAbortHandler) // too late for an answer: the client must not take half of one for all
	}
	writeProblem(w, &Error{Status: http.StatusInternalServerError, Detail: unexpected})
}

// requestID takes over the ID that a client or a proxy gave, if it can be logged as it is.
func requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); id != "" && len(id) <= 64 && isToken(id) {
		return id
	}
	const digits = "0123456789abcdef"
	var id [16]byte
	for i, n := 0, rand.Uint64(); i < len(id); i, n = i+1, n>>4 { //nolint:gosec // it names a request, no more
		id[i] = digits[n&15]
	}
	return string(id[:])
}

func isToken(s string) bool {
	for _, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// setHeaders sets what every answer has. Handlers replace Cache-Control where an answer may be kept.
func (a *API) setHeaders(h http.Header, r *http.Request, requestID string) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set(requestIDHeader, requestID)
	if !a.options.Open {
		h.Set("Cross-Origin-Resource-Policy", "same-origin") // whom CORS lets in asks by CORS
	}
	if a.hsts != "" && (r.TLS != nil || strings.HasPrefix(a.options.PublicURL, "https:")) {
		h.Set("Strict-Transport-Security", a.hsts)
	}
}
