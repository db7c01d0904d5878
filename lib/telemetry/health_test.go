package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"myevents/lib/telemetry"
)

func ask(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w.Code, w.Body.String()
}

func TestHealth(t *testing.T) {
	log := new(bytes.Buffer)
	health := telemetry.NewHealth(slog.New(slog.NewTextHandler(log, nil)), "store", "broker")
	h := telemetry.Handler(telemetry.NewRegistry(), health)
	ready := func(want int, text string) {
		t.Helper()
		if status, body := ask(t, h, "/readyz"); status != want || !strings.Contains(body, text) {
			t.Errorf("/readyz: %d %s, want %d with %q", status, body, want, text)
		}
		if status, _ := ask(t, h, "/healthz"); status != http.StatusOK {
			t.Errorf("/healthz: %d", status)
		}
	}
	ready(503, "starting")
	health.Set("store", nil)
	ready(503, `"broker":"starting"`)
	health.Set("broker", nil)
	ready(200, "ready")
	for range 5 {
		health.Set("store", errors.New("disk on fire"))
	}
	ready(503, "disk on fire")
	if n := strings.Count(log.String(), "disk on fire"); n != 1 {
		t.Errorf("a fault that stays is logged %d times", n)
	}
	health.Set("store", nil)
	ready(200, "ready")
	health.Stopping()
	ready(503, "stopping")
	if status, body := ask(t, h, "/metrics"); status != 200 || !strings.Contains(body, "go_goroutines") {
		t.Errorf("/metrics: %d", status)
	}
}

func TestCheckReady(t *testing.T) {
	health := telemetry.NewHealth(slog.New(slog.DiscardHandler), "store")
	server := httptest.NewServer(telemetry.Handler(telemetry.NewRegistry(), health))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	if err := telemetry.CheckReady(t.Context(), address); err == nil || !strings.Contains(err.Error(), `"store":"starting"`) {
		t.Errorf("of a service that starts it says %v", err)
	}
	health.Set("store", nil)
	if err := telemetry.CheckReady(t.Context(), address); err != nil {
		t.Error(err)
	}
}

// TestCheckReadyWithoutProxy has a machine's proxy, which cannot reach the service, not asked. Loopback addresses would
// never be asked of it; a service in a container listens on 0.0.0.0. Go looks for a proxy once in the life of a process,
// so that another one has to ask.
func TestCheckReadyWithoutProxy(t *testing.T) {
	const variable = "TEST_READY_ADDRESS"
	if address := os.Getenv(variable); address != "" {
		if err := telemetry.CheckReady(t.Context(), address); err != nil {
			t.Error(err)
		}
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(telemetry.Handler(telemetry.NewRegistry()))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCheckReadyWithoutProxy$")
	other.Env = append(os.Environ(), variable+"=0.0.0.0:"+port, "HTTP_PROXY=http://localhost:1", "http_proxy=", "NO_PROXY=", "no_proxy=")
	if output, err := other.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

// TestWatch follows a part that goes away and comes back.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		health := telemetry.NewHealth(slog.New(slog.DiscardHandler), "store")
		h := telemetry.Handler(telemetry.NewRegistry(), health)
		var away atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- health.Watch(ctx, "store", time.Second, func(context.Context) error {
				if away.Load() {
					return errors.New("away")
				}
				return nil
			})
		}()
		for _, want := range []int{200, 503, 200} {
			synctest.Wait()
			away.Store(want == 503)
			time.Sleep(1100 * time.Millisecond)
			synctest.Wait()
			if status, body := ask(t, h, "/readyz"); status != want {
				t.Errorf("%d %s, want %d", status, body, want)
			}
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}
