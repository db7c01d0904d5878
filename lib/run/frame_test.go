package run_test

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"myevents/lib/configuration"
	"myevents/lib/run"
)

// settings are those of a service on free ports, with HTTPS if it finds a certificate in a directory.
func settings(dir string) configuration.Settings {
	return configuration.Settings{
		Endpoint: "localhost:0", MetricsEndpoint: "localhost:0", TLSEndpoint: "localhost:0",
		TLSCert: filepath.Join(dir, "cert.pem"), TLSKey: filepath.Join(dir, "key.pem"),
		RequestTimeout: time.Second, ShutdownTimeout: 5 * time.Second, LogFormat: "text",
	}
}

// TestBusyPorts has each of the ports be taken: the service says at once which setting it is, and gives back the others.
func TestBusyPorts(t *testing.T) {
	busy, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close() //nolint:errcheck // nothing was sent
	dir := t.TempDir()
	writePair(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), 1, time.Now().Add(time.Hour))
	for name, set := range map[string]func(*configuration.Settings){
		"restfulapi_endpoint":    func(s *configuration.Settings) { s.Endpoint = busy.Addr().String() },
		"restfulapi_tlsendpoint": func(s *configuration.Settings) { s.TLSEndpoint = busy.Addr().String() },
		"metrics_endpoint":       func(s *configuration.Settings) { s.MetricsEndpoint = busy.Addr().String() },
	} {
		s := settings(dir)
		set(&s)
		f := run.NewFrame(s, "events", nil, "store")
		err := f.Listen(http.NotFoundHandler(), func() {})
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("%s: got %v", name, err)
		}
		if err := f.Stop(); err != nil {
			t.Error(err)
		}
		if f.Address != nil {
			if _, err := get(t, http.DefaultTransport, "http://"+f.Address.String()); err == nil {
				t.Errorf("%s: the API is served though the service did not start", name)
			}
		}
	}
}

// TestReadinessGoesFirst stops a service while a stream runs, which ends only when it is told to: by then the service is
// not ready any more, and it is alive still.
func TestReadinessGoesFirst(t *testing.T) {
	f := run.NewFrame(settings(t.TempDir()), "events", nil, "store")
	ask := func(path string) string {
		body, err := get(t, http.DefaultTransport, "http://"+f.MetricsAddress.String()+path)
		if err != nil {
			return err.Error()
		}
		return body
	}
	began, end := make(chan struct{}), make(chan struct{})
	var stopping, alive string
	err := f.Listen(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-end
		stopping, alive = ask("/readyz"), ask("/healthz")
		_, _ = w.Write([]byte("finished"))
	}), func() { close(end) })
	if err != nil {
		t.Fatal(err)
	}
	if got := ask("/readyz"); !strings.Contains(got, "starting") {
		t.Errorf("before the store works /readyz says %s", got)
	}
	f.Health.Set("store", nil)
	if got := ask("/readyz"); !strings.Contains(got, `"ready"`) {
		t.Errorf("when the store works /readyz says %s", got)
	}
	answer := make(chan string, 1)
	go func() {
		body, _ := get(t, http.DefaultTransport, "http://"+f.Address.String())
		answer <- body
	}()
	<-began
	if err := f.Stop(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "finished" {
		t.Errorf("the stream was answered with %q", got)
	}
	if !strings.Contains(stopping, "stopping") || !strings.Contains(alive, "alive") {
		t.Errorf("while it stops /readyz says %s and /healthz %s", stopping, alive)
	}
}

// TestMetricsOfSomebodyElse gives a frame the metrics of another: then it does not serve them.
func TestMetricsOfSomebodyElse(t *testing.T) {
	metrics := prometheus.NewRegistry()
	f := run.NewFrame(settings(t.TempDir()), "events", metrics, "store")
	if err := f.Listen(http.NotFoundHandler(), func() {}); err != nil {
		t.Fatal(err)
	}
	if f.MetricsAddress != nil || f.Metrics != prometheus.Registerer(metrics) || f.Address == nil {
		t.Errorf("the addresses are %v and %v", f.Address, f.MetricsAddress)
	}
	if err := f.Stop(); err != nil {
		t.Error(err)
	}
}

// TestMetricsOfTheFrame shows when the certificate expires, also when it was renewed, and which parts work.
func TestMetricsOfTheFrame(t *testing.T) {
	dir, metrics := t.TempDir(), prometheus.NewPedanticRegistry()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first, second := time.Now().Add(time.Hour), time.Now().Add(48*time.Hour)
	writePair(t, certFile, keyFile, 1, first)
	f := run.NewFrame(settings(dir), "events", metrics, "store", "keys")
	if err := f.Listen(http.NotFoundHandler(), func() {}); err != nil {
		t.Fatal(err)
	}
	f.Health.Set("store", nil)
	want := func(expires time.Time, parts string) {
		t.Helper()
		err := testutil.GatherAndCompare(metrics, strings.NewReader(fmt.Sprintf(`
# HELP myevents_ready Whether a part of the service works: 1 or 0.
# TYPE myevents_ready gauge
%s
# HELP myevents_tls_certificate_expiry_timestamp_seconds When the certificate expires, in Unix seconds.
# TYPE myevents_tls_certificate_expiry_timestamp_seconds gauge
myevents_tls_certificate_expiry_timestamp_seconds %d
`, parts, expires.Unix())))
		if err != nil {
			t.Error(err)
		}
	}
	want(first, `myevents_ready{part="keys"} 0
myevents_ready{part="store"} 1`)
	writePair(t, certFile, keyFile, 2, second)
	if err := f.Stop(); err != nil {
		t.Error(err)
	}
	want(second, `myevents_ready{part="keys"} 0
myevents_ready{part="service"} 0
myevents_ready{part="store"} 1`)
}
