// Package telemetry lets an operator look into a running service: its metrics, whether it lives, and whether it is
// ready.
package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	errStarting = errors.New("starting")
	errStopping = errors.New("stopping")
)

// NewRegistry makes a registry with the metrics of the Go runtime and of the process.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Health gathers which parts of a service work. It is safe for concurrent use.
type Health struct {
	logger *slog.Logger

	mu    sync.Mutex
	parts map[string]error
}

// NewHealth makes a Health of parts that are all still starting.
func NewHealth(logger *slog.Logger, parts ...string) *Health {
	h := &Health{logger: logger, parts: make(map[string]error)}
	for _, p := range parts {
		h.parts[p] = errStarting
	}
	return h
}

// Set notes that a part works, or why not. Only changes are logged.
func (h *Health) Set(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.parts[part]
	h.parts[part] = err
	switch {
	case err != nil && (was == nil || errors.Is(was, errStarting)):
		h.logger.Warn("not ready", "part", part, "cause", err)
	case err == nil && was != nil:
		h.logger.Info("ready", "part", part)
	}
}

// Stopping makes the service unready for good.
func (h *Health) Stopping() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.parts["service"] = errStopping
}

// Watch asks every so often whether a part works, until the context ends.
func (h *Health) Watch(ctx context.Context, part string, every time.Duration, ping func(context.Context) error) error {
	for ticker := time.NewTicker(every); ; {
		bounded, cancel := context.WithTimeout(ctx, every)
		err := ping(bounded)
		cancel()
		if ctx.Err() != nil {
			ticker.Stop()
			return ctx.Err()
		}
		h.Set(part, err)
		select {
		case <-ctx.Done():
			ticker.Stop()
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// faults says, by part, what does not work.
func (h *Health) faults() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	faults := make(map[string]string)
	for part, err := range h.parts {
		if err != nil {
			faults[part] = err.Error()
		}
	}
	return faults
}

// Handler answers on the port that only operators reach: /metrics, /healthz (the process lives; it asks nobody) and
// /readyz (all parts of all services work, else 503 with what does not).
func Handler(g prometheus.Gatherer, services ...*Health) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		faults := make(map[string]string)
		for _, h := range services {
			for part, fault := range h.faults() {
				faults[part] = fault
			}
		}
		if len(faults) > 0 {
			answer(w, http.StatusServiceUnavailable, map[string]any{"status": "not ready", "faults": faults})
			return
		}
		answer(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	return mux
}

func answer(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(document) // whether the client still listens makes no difference
}

// maxReport is how many bytes are read of what is not ready.
const maxReport = 4 << 10

// CheckReady asks the service whose metrics and health are at the address whether it is ready. The error says what is
// not.
func CheckReady(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy: the service is on this machine
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	if response.StatusCode == http.StatusOK {
		return nil
	}
	what, err := io.ReadAll(io.LimitReader(response.Body, maxReport))
	if err != nil {
		return fmt.Errorf("not ready: %s: %w", response.Status, err)
	}
	return fmt.Errorf("not ready: %s: %s", response.Status, bytes.TrimSpace(what))
}
