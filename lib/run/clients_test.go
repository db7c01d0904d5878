package run_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"myevents/lib/run"
)

// patience is how long something may take that must happen in the end.
const patience = 30 * time.Second

// hasty is a server that gives little of one kind of time, whose handler reads the body and answers, as much as one likes.
func hasty(t *testing.T, short string) (address string, ended chan error) {
	t.Helper()
	g := run.New(quiet(), 5*time.Second)
	g.Hasten(short)
	ended = make(chan error, 16)
	a, err := g.Serve("the API", "localhost:0", handler(ended))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Stop(); err != nil {
			t.Error(err)
		}
	})
	return a.String(), ended
}

// handler says what ended it: what it could not read or, under /endless, not write.
func handler(ended chan<- error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		for chunk := bytes.Repeat([]byte("x"), 1<<20); err == nil && r.URL.Path == "/endless"; {
			_, err = w.Write(chunk)
		}
		ended <- err
	})
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// drip sends a text that never comes to its end, and says whether the server had enough of it.
func drip(conn net.Conn, start, drop string) bool {
	_, err := io.WriteString(conn, start)
	for deadline := time.Now().Add(patience); err == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		_, err = io.WriteString(conn, drop)
	}
	return err != nil
}

// closed waits until the server has closed a connection on which nothing is sent.
func closed(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the server keeps the connection")
	}
}

// endedWith waits until a request's handler has ended, which must have failed.
func endedWith(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the handler was given what never came, or got rid of what nobody took")
		}
	case <-time.After(patience):
		t.Error("the handler waits for all time")
	}
}

// TestSlowHeader has clients that never come to the end of their header, as slowloris does it, lose their connection,
// and others be served meanwhile.
func TestSlowHeader(t *testing.T) {
	address, _ := hasty(t, "header")
	const many = 50
	conns := make([]net.Conn, many)
	for n := range conns {
		conns[n] = dial(t, address)
		if _, err := io.WriteString(conns[n], "GET / HTTP/1.1\r\nHost: localhost\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := get(t, http.DefaultTransport, "http://"+address); err != nil {
		t.Errorf("meanwhile nobody is served: %v", err)
	}
	if !drip(conns[0], "X-Slow: ", "a") {
		t.Error("the server waits for all time")
	}
	for _, conn := range append(conns[1:], dial(t, address)) { // the last one sends nothing at all
		closed(t, conn)
	}
}

// TestSlowBody has a handler not wait for ever for a body that never comes to its end.
func TestSlowBody(t *testing.T) {
	address, ended := hasty(t, "read")
	conn := dial(t, address)
	go drip(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", "a")
	endedWith(t, ended)
	closed(t, conn)
}

// TestSlowReader has a handler not wait for ever for a client that does not take its answer.
func TestSlowReader(t *testing.T) {
	address, ended := hasty(t, "write")
	conn := dial(t, address)
	if _, err := io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	endedWith(t, ended)
}

// TestSlowReaderOfHTTP2 is the same for a client whose connection goes on with other requests.
func TestSlowReaderOfHTTP2(t *testing.T) {
	address, ended := secure(t, "write")
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/endless", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it is not read
	if response.ProtoMajor != 2 {
		t.Errorf("the protocol is %s", response.Proto)
	}
	endedWith(t, ended)
}

// TestIdle has a connection that is kept for later be closed when nothing comes.
func TestIdle(t *testing.T) {
	address, _ := hasty(t, "idle")
	conn := dial(t, address)
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	closed(t, conn)
}

// TestLargeHeader has a header that is too large be refused, and not kept in memory. The answers tell nothing of the
// server.
func TestLargeHeader(t *testing.T) {
	address, _ := hasty(t, "")
	conn := dial(t, address)
	request := "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + strings.Repeat("a", 64<<10) + "\r\n\r\n"
	go func() { _, _ = io.WriteString(conn, request) }() // the server does not take all of it
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("it is answered with %s", response.Status)
	}
	if server := response.Header.Get("Server"); server != "" {
		t.Errorf("the server is said to be %q", server)
	}
}

// secure is hasty with HTTPS.
func secure(t *testing.T, short string) (address string, ended chan error) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, certFile, keyFile, 1, time.Now().Add(time.Hour))
	g := run.New(quiet(), 5*time.Second)
	g.Hasten(short)
	ended = make(chan error, 16)
	a, err := g.ServeTLS("tls", "localhost:0", certFile, keyFile, handler(ended))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Stop() }) // a connection that a client holds is cut
	return a.String(), ended
}

// TestTLSVersions has old versions of TLS, and ciphers without forward secrecy, refused.
func TestTLSVersions(t *testing.T) {
	address, _ := secure(t, "")
	for name, c := range map[string]struct {
		config *tls.Config
		ok     bool
	}{
		"TLS 1.0": {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, false},
		"TLS 1.1": {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"TLS 1.2": {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"TLS 1.3": {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"TLS 1.2 without forward secrecy": {&tls.Config{
			MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256},
		}, false},
		"TLS 1.2 with CBC": {&tls.Config{
			MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		}, false},
	} {
		c.config.InsecureSkipVerify = true
		conn, err := (&tls.Dialer{Config: c.config}).DialContext(t.Context(), "tcp", address)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}
