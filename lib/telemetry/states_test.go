package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/lib/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines is a log without its times.
func lines(level slog.Level) (*slog.Logger, func() []string) {
	b := new(bytes.Buffer)
	h := slog.NewTextHandler(b, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	return slog.New(h), func() []string { return strings.Split(strings.TrimSpace(b.String()), "\n") }
}

// TestOnlyChangesAreLogged reports every state several times: each change is logged once.
func TestOnlyChangesAreLogged(t *testing.T) {
	logger, logged := lines(slog.LevelInfo)
	health := telemetry.NewHealth(logger, "store")
	for _, err := range []error{errors.New("away"), nil, errors.New("full"), nil} {
		for range 3 {
			health.Set("store", err)
		}
	}
	want := []string{
		`level=WARN msg="not ready" part=store cause=away`, `level=INFO msg=ready part=store`,
		`level=WARN msg="not ready" part=store cause=full`, `level=INFO msg=ready part=store`,
	}
	if diff := cmp.Diff(want, logged()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReadyz asks about two services: both have to work, all faults are told, and stopping cannot be taken back.
func TestReadyz(t *testing.T) {
	type document struct {
		Status string
		Faults map[string]string
	}
	logger := slog.New(slog.DiscardHandler)
	one, two := telemetry.NewHealth(logger, "events store"), telemetry.NewHealth(logger, "bookings store", "broker")
	h := telemetry.Handler(telemetry.NewRegistry(), one, two)
	for _, step := range []struct {
		name   string
		do     func()
		faults map[string]string
	}{
		{"start", func() {}, map[string]string{
			"events store": "starting", "bookings store": "starting", "broker": "starting",
		}},
		{"one works", func() { one.Set("events store", nil) }, map[string]string{
			"bookings store": "starting", "broker": "starting",
		}},
		{"two does not", func() {
			two.Set("bookings store", nil)
			two.Set("broker", errors.New("refused"))
		}, map[string]string{"broker": "refused"}},
		{"another cause", func() { two.Set("broker", errors.New("lost")) }, map[string]string{"broker": "lost"}},
		{"both work", func() { two.Set("broker", nil) }, nil},
		{"one stops", one.Stopping, map[string]string{"service": "stopping"}},
		{"what works does not undo it", func() { one.Set("events store", nil) }, map[string]string{"service": "stopping"}},
	} {
		step.do()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody))
		var got document
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		want, status := document{"not ready", step.faults}, http.StatusServiceUnavailable
		if len(step.faults) == 0 {
			want, status = document{Status: "ready"}, http.StatusOK
		}
		if diff := cmp.Diff(want, got); diff != "" || w.Code != status || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s (-want +got):\n%s", step.name, w.Code, w.Header().Get("Content-Type"), diff)
		}
		if code, body := ask(t, h, "/healthz"); code != http.StatusOK || strings.TrimSpace(body) != `{"status":"alive"}` {
			t.Errorf("%s: /healthz %d %s", step.name, code, body)
		}
	}
}

// TestOnlyReading has operators' paths answer nothing but GET, and no others.
func TestOnlyReading(t *testing.T) {
	h := telemetry.Handler(telemetry.NewRegistry())
	for request, want := range map[string]int{
		"POST /readyz": 405, "DELETE /metrics": 405, "GET /": 404, "GET /debug/pprof/": 404, "HEAD /healthz": 200,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", request, w.Code, want)
		}
	}
}

// TestWatchedPartHangs watches a part that does not answer: each question is bounded, and the part is not ready.
func TestWatchedPartHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		health := telemetry.NewHealth(slog.New(slog.DiscardHandler), "store")
		h := telemetry.Handler(telemetry.NewRegistry(), health)
		ctx, cancel := context.WithCancel(t.Context())
		asked := 0
		done := make(chan error, 1)
		go func() {
			done <- health.Watch(ctx, "store", time.Second, func(ctx context.Context) error {
				asked++
				<-ctx.Done()
				return ctx.Err()
			})
		}()
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if status, body := ask(t, h, "/readyz"); status != 503 || !strings.Contains(body, "deadline exceeded") {
			t.Errorf("%d %s", status, body)
		}
		began := time.Now()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || time.Since(began) != 0 {
			t.Errorf("it ended with %v after %v", err, time.Since(began))
		}
		if asked < 9 || asked > 11 {
			t.Errorf("in ten seconds it was asked %d times", asked)
		}
		if _, body := ask(t, h, "/readyz"); strings.Contains(body, "canceled") {
			t.Errorf("the end of watching was taken for a fault: %s", body)
		}
	})
}

// TestCheckReadyOfNobody asks where nobody listens, and where somebody never answers.
func TestCheckReadyOfNobody(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := telemetry.CheckReady(ctx, listener.Addr().String()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("somebody who does not answer: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := telemetry.CheckReady(t.Context(), listener.Addr().String()); err == nil {
		t.Error("nobody is ready")
	}
	if err := telemetry.CheckReady(t.Context(), "not an address"); err == nil {
		t.Error("what is no address is ready")
	}
}

// TestStoreObserver counts what the store did, and what it did not.
func TestStoreObserver(t *testing.T) {
	registry := prometheus.NewRegistry()
	observe := telemetry.StoreObserver(registry)
	observe("find", time.Millisecond, nil)
	observe("find", 2*time.Second, errors.New("away"))
	observe("commit", time.Millisecond, nil)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			operation := m.GetLabel()[0].GetValue()
			if m.GetHistogram() == nil {
				got[f.GetName()+" "+operation] = m.GetCounter().GetValue()
				continue
			}
			got[f.GetName()+" "+operation] = float64(m.GetHistogram().GetSampleCount())
		}
	}
	want := map[string]float64{
		"myevents_store_operation_duration_seconds find": 2, "myevents_store_operation_duration_seconds commit": 1,
		"myevents_store_failures_total find": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
