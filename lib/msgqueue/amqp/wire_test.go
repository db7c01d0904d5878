package amqp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

// TestWire reads with the bare library what was emitted: whoever else listens relies on all of it.
func TestWire(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	e := envelope(7)
	e.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	emit(t, b, e)
	c := raw(t, r.url)
	var d streadway.Delivery
	eventually(t, "the queue", func() (err error) {
		var ok bool
		if d, ok, err = c.Get(group, true); err == nil && !ok {
			err = errors.New("it is empty")
		}
		return err
	})
	delete(d.Headers, "x-delivery-count") // the broker's own
	got := map[string]any{
		"exchange": d.Exchange, "key": d.RoutingKey, "headers": d.Headers, "type": d.ContentType,
		"mode": d.DeliveryMode, "id": d.MessageId, "time": d.Timestamp.UTC(), "body": string(d.Body),
	}
	want := map[string]any{
		"exchange": "events", "key": name, "type": "application/json", "mode": uint8(2), "id": "000007",
		"headers": streadway.Table{"x-event-name": name, "x-partition-key": "k", "traceparent": e.Trace},
		"time":    envelope(7).Time, "body": `{"n":7}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestForeign receives what others send to the exchange, with more or with less on it than what we send.
func TestForeign(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	got := make(chan msgqueue.Envelope, 10)
	listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		got <- e
		return nil
	})
	emit(t, b, envelope(0))
	<-got
	c := raw(t, r.url)
	for _, m := range []streadway.Publishing{
		{Body: []byte("a")},
		{Body: []byte("b"), Headers: streadway.Table{"x-event-name": name, "x-partition-key": int32(5), "x-other": true}},
		{Body: []byte("c"), Headers: streadway.Table{"x-event-name": "nobody.asked"}},
		{Body: []byte("d")},
	} {
		if err := c.Publish("events", name, false, false, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{"a", "b", "d"} {
		want := msgqueue.Envelope{Name: name, Body: []byte(body)}
		if diff := cmp.Diff(want, <-got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestUnroutable takes away every queue that a message could go to: it is an error, never a success, and the topology
// is declared again.
func TestUnroutable(t *testing.T) {
	r := server(t)
	c := config(r.url)
	registry := prometheus.NewRegistry()
	c.Registerer = registry
	b := open(t, c)
	emit(t, b, envelope(0))
	channel := raw(t, r.url)
	for _, queue := range []string{group, "events.log"} {
		if _, err := channel.QueueDelete(queue, false, false, false); err != nil {
			t.Fatal(err)
		}
	}
	errs := b.Emit(within(t, limit), envelopes(1, 2))
	wantUnavailable(t, errs)
	if !strings.Contains(errors.Join(errs...).Error(), "no queue takes it") {
		t.Errorf("Emit answered %v", errs)
	}
	a := listen(t, b, nil)
	emitSoon(t, b, envelope(5))
	a.wait(t, envelope(5))
	for _, m := range []struct {
		name, label string
		want        float64
	}{
		{"myevents_broker_connects_total", "publisher", 2},
		{"myevents_broker_connects_total", "listener tickets", 1},
		{"myevents_broker_connected", "publisher", 1},
		{"myevents_broker_published_total", "returned", 1},
		{"myevents_broker_published_total", "confirmed", 2},
	} {
		if got := metric(t, registry, m.name, m.label); got != m.want {
			t.Errorf("%s{%s} is %g, want %g", m.name, m.label, got, m.want)
		}
	}
}

// metric is the value of the metric that has this label.
func metric(t *testing.T, registry *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labelled := slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetValue() == label })
			if f.GetName() == name && labelled {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// TestExchangeGone takes the exchange away, at which the broker closes the channel.
func TestExchangeGone(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	if err := raw(t, r.url).ExchangeDelete("events", false, false); err != nil {
		t.Fatal(err)
	}
	wantUnavailable(t, b.Emit(within(t, limit), envelopes(1, 4)))
	emitSoon(t, b, envelope(5))
	a.wait(t, envelope(5))
}

// TestQueueGone takes the queue away from under its listener.
func TestQueueGone(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	a.wait(t, envelope(0))
	if _, err := raw(t, r.url).QueueDelete(group, false, false, false); err != nil {
		t.Fatal(err)
	}
	n := 0
	eventually(t, "the queue", func() error { // it misses what is emitted while it is away
		n++
		emit(t, b, envelope(n))
		if missing := a.missing(envelopes(n-1, n+1)); len(missing) > 0 {
			return errors.New(missing[0] + " is missing")
		}
		return nil
	})
}

// TestLongName shows that what AMQP has no room for is refused before it breaks the connection for all others.
func TestLongName(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	long := envelope(1)
	long.Name = strings.Repeat("n", 300)
	longID := envelope(2)
	longID.ID = strings.Repeat("i", 300)
	errs := b.Emit(within(t, limit), []msgqueue.Envelope{envelope(0), long, longID, envelope(3)})
	if errs[0] != nil || errs[3] != nil {
		t.Errorf("the others are answered with %v and %v", errs[0], errs[3])
	}
	for _, err := range errs[1:3] {
		if err == nil || errors.Is(err, msgqueue.ErrUnavailable) {
			t.Errorf("what can never be sent is answered with %v", err)
		}
	}
}

// TestTLS signs in over TLS, with the certificate that is trusted and with another one.
func TestTLS(t *testing.T) {
	r := server(t)
	if r.TLSURL == "" {
		t.Skip("NOT RUN: TLS (TEST_AMQP_URL names no address for it)")
	}
	c := config(r.tlsURL)
	c.CAFile = r.CAFile
	b := open(t, c)
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	a.wait(t, envelope(0))

	c.CAFile = ""
	stranger := open(t, c)
	errs := stranger.Emit(within(t, limit), envelopes(1, 2))
	var untrusted x509.UnknownAuthorityError
	if !errors.Is(errs[0], msgqueue.ErrUnavailable) || !errors.As(errs[0], &untrusted) {
		t.Errorf("with a certificate that nobody trusts, Emit answered %v", errs[0])
	}
}

// TestTLSVersion shows what the broker of the test speaks, so that TestTLS means something.
func TestTLSVersion(t *testing.T) {
	r := server(t)
	if r.TLSURL == "" {
		t.Skip("NOT RUN: TLS (TEST_AMQP_URL names no address for it)")
	}
	pem, err := os.ReadFile(r.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	connection, err := streadway.DialTLS(r.tlsURL, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	if v := connection.ConnectionState().Version; v != tls.VersionTLS13 {
		t.Errorf("TLS of version %x", v)
	}
	if err := connection.Close(); err != nil {
		t.Error(err)
	}
}

// TestValidate has several faults at once, and none of the messages tells the password.
func TestValidate(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.pem")
	if err := os.WriteFile(bad, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		config amqp.Config
		says   []string
	}{
		{"no URL", amqp.Config{}, []string{"amqp://"}},
		{"another scheme", amqp.Config{URL: "http://user:pa55word@localhost/"}, []string{"amqp://"}},
		{"a bad port", amqp.Config{URL: "amqp://user:pa55word@localhost:port/"}, []string{"amqp://"}},
		{"all of it", amqp.Config{URL: "amqp://user:pa55word@localhost/%zz", CAFile: bad, CertFile: "none", KeyFile: "none"},
			[]string{"amqp://", "bad.pem has no certificate", "open none"}},
		{"no TLS", amqp.Config{URL: "amqp://localhost/", CAFile: bad}, []string{"amqps://", "bad.pem"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := amqp.Open(c.config)
			if err == nil || b != nil {
				t.Fatalf("Open answered %v, %v", b, err)
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "pa55word") {
				t.Errorf("%q tells the password", err)
			}
		})
	}
}

// TestLogThroughCuts reads the log over a connection that breaks again and again: nothing is left out, nothing comes
// twice.
func TestLogThroughCuts(t *testing.T) {
	r := server(t)
	p := newProxy(t, r.url)
	p.open(t)
	const n = 3000
	emit(t, open(t, config(r.url)), envelopes(0, n)...)
	b := open(t, config(p.url))
	next := 0
	err := b.ReadLog(within(t, limit), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		if e.ID != envelope(next).ID {
			t.Errorf("%s comes where %s belongs", e.ID, envelope(next).ID)
		}
		next++
		if next%500 == 0 {
			p.cut()
		}
		return nil
	})
	if err != nil || next != n {
		t.Errorf("%d of %d were read (%v)", next, n, err)
	}
}

// TestLogWithoutBroker ends with its context.
func TestLogWithoutBroker(t *testing.T) {
	b := open(t, config("amqp://127.0.0.1:1/"))
	err := b.ReadLog(within(t, 300*time.Millisecond), "", nil)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, msgqueue.ErrUnavailable) {
		t.Errorf("ReadLog answered %v", err)
	}
	if err := b.ReadLog(t.Context(), "yesterday", nil); err == nil {
		t.Error("a position that is none is taken")
	}
}
