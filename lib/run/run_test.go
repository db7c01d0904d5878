package run_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"myevents/lib/configuration"
	"myevents/lib/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestLastInFirstOut(t *testing.T) {
	g := run.New(quiet(), time.Second)
	var order []string
	stop := func(name string) func(context.Context) error {
		return func(context.Context) error {
			order = append(order, name)
			return nil
		}
	}
	g.OnStop("store", stop("store"))
	g.Go("worker", func(ctx context.Context) error {
		<-ctx.Done()
		order = append(order, "worker")
		return ctx.Err()
	})
	g.OnStop("server", stop("server"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(order, []string{"server", "worker", "store"}) {
		t.Errorf("it was stopped in the order %v", order)
	}
}

// TestFailingPart has one part fail: everything stops, and the failure is what comes back.
func TestFailingPart(t *testing.T) {
	g := run.New(quiet(), time.Second)
	failure, stopping := errors.New("no more"), errors.New("cannot close")
	g.OnStop("store", func(context.Context) error { return stopping })
	g.Go("worker", func(context.Context) error { return failure })
	err := g.Run(t.Context())
	if !errors.Is(err, failure) || !errors.Is(err, stopping) || !strings.Contains(err.Error(), "worker") {
		t.Errorf("got %v", err)
	}
}

// TestBound has a part that does not stop left behind in time.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := run.New(quiet(), 5*time.Second)
		closed := false
		g.OnStop("store", func(context.Context) error {
			closed = true
			return nil
		})
		release := make(chan struct{})
		g.Go("stubborn", func(context.Context) error {
			<-release
			return nil
		})
		began := time.Now()
		err := g.Stop()
		if took := time.Since(began); took != 5*time.Second || !errors.Is(err, context.DeadlineExceeded) || !closed {
			t.Errorf("after %v: %v, the store was closed: %t", took, err, closed)
		}
		close(release)
	})
}

func TestServe(t *testing.T) {
	g := run.New(quiet(), 5*time.Second)
	began, release := make(chan struct{}), make(chan struct{})
	address, err := g.Serve("the API", "localhost:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-release
		_, _ = w.Write([]byte("finished"))
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Serve("the other", address.String(), http.NotFoundHandler()); err == nil ||
		!strings.Contains(err.Error(), "the other") || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("a busy port: %v", err)
	}
	answer := make(chan string, 1)
	go func() {
		body, err := get(t, http.DefaultTransport, "http://"+address.String())
		if err != nil {
			body = err.Error()
		}
		answer <- body
	}()
	<-began
	time.AfterFunc(50*time.Millisecond, func() { close(release) })
	if err := g.Stop(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "finished" {
		t.Errorf("what ran when it stopped was answered with %q", got)
	}
	if _, err := get(t, http.DefaultTransport, "http://"+address.String()); err == nil {
		t.Error("it serves after it was stopped")
	}
}

func get(t *testing.T, transport http.RoundTripper, url string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	r.Close = true
	response, err := transport.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	var b bytes.Buffer
	_, err = b.ReadFrom(response.Body)
	return b.String(), err
}

// writePair makes a certificate of its own with a serial number.
func writePair(t *testing.T, certFile, keyFile string, serial int64, until time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		keyFile: {Type: "EC PRIVATE KEY", Bytes: encoded}, certFile: {Type: "CERTIFICATE", Bytes: der},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	modified := time.Now().Add(time.Duration(serial) * time.Second) // files renewed within a tick of the clock
	if err := os.Chtimes(certFile, modified, modified); err != nil {
		t.Fatal(err)
	}
}

func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	log := new(bytes.Buffer)
	g := run.New(slog.New(slog.NewTextHandler(log, nil)), 5*time.Second)
	hello := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	if address, err := g.ServeTLS("tls", "localhost:0", certFile, keyFile, hello); address != nil || err != nil {
		t.Fatalf("without a certificate: %v, %v", address, err)
	}
	writePair(t, certFile, keyFile, 1, time.Now().Add(-time.Minute))
	address, err := g.ServeTLS("tls", "localhost:0", certFile, keyFile, hello)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "expired") {
		t.Errorf("of an expired certificate the log has %q", log)
	}
	serial := func() int64 {
		t.Helper()
		d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		conn, err := d.DialContext(t.Context(), "tcp", address.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // nothing was sent
		secure, _ := conn.(*tls.Conn)
		return secure.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("it shows certificate %d", got)
	}
	writePair(t, certFile, keyFile, 2, time.Now().Add(time.Hour))
	if got := serial(); got != 2 {
		t.Errorf("after the renewal it shows certificate %d", got)
	}
	if err := os.WriteFile(certFile, []byte("half of a"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := serial(); got != 2 {
			t.Errorf("with a broken file it shows certificate %d", got)
		}
	}
	if err := g.Stop(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "the old one stays"); n != 1 {
		t.Errorf("a broken file that stays is logged %d times", n)
	}
}

// TestHalfPair tells the operator why there is no HTTPS.
func TestHalfPair(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, certFile, keyFile, 1, time.Now().Add(time.Hour))
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	g := run.New(slog.New(slog.NewTextHandler(log, nil)), time.Second)
	address, err := g.ServeTLS("tls", "localhost:0", certFile, keyFile, http.NotFoundHandler())
	if address != nil || err != nil || !strings.Contains(log.String(), "no HTTPS") {
		t.Errorf("got %v, %v, the log has %q", address, err, log)
	}
}

func TestProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	served := ""
	program := run.Program(configuration.EventService, map[string]run.Command{
		"": {Usage: "serve", Run: func(_ context.Context, s configuration.Settings, _ []string) error {
			served = s.DefaultTimeZone
			return nil
		}},
	})
	file := filepath.Join(t.TempDir(), "own.json")
	if err := os.WriteFile(file, []byte(`{"default_timezone":"Asia/Tokyo"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := program(t.Context(), []string{"-conf", file}); err != nil || served != "Asia/Tokyo" {
		t.Errorf("it serves in the zone %q, %v", served, err)
	}
	for _, args := range [][]string{{"dance"}, {"-unknown"}, {"healthcheck", "more"}, {"-conf", "missing.json"}} {
		if err := program(t.Context(), args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
	t.Setenv("METRICS_URL", "localhost:1")
	if err := program(t.Context(), []string{"healthcheck"}); err == nil {
		t.Error("a service that does not run is healthy")
	}
}
