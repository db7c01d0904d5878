package otlp_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"myevents/lib/telemetry/otlp"
	"myevents/lib/telemetry/otlp/otlptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memo is a log that can be read while it is written.
type memo struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (m *memo) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.b.Write(p)
}

// String gives what was written.
func (m *memo) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.b.String()
}

// open opens a provider with these settings.
func open(t *testing.T, settings map[string]string) (*otlp.Provider, *memo) {
	t.Helper()
	for name, value := range settings {
		t.Setenv(name, value)
	}
	log := new(memo)
	return otlp.Open("events", slog.New(slog.NewTextHandler(log, nil))), log
}

func span(p *otlp.Provider, name string) trace.SpanContext {
	_, s := p.Tracer("test").Start(context.Background(), name)
	s.End()
	return s.SpanContext()
}

// TestAskedFor has traces sent where the environment asks for them, and otherwise not, with a word where it makes no
// sense.
func TestAskedFor(t *testing.T) {
	const endpoint, all = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
	for name, c := range map[string]struct {
		settings map[string]string
		on       bool
		says     string
	}{
		"nothing":              {nil, false, ""},
		"an endpoint":          {map[string]string{all: "http://localhost:1"}, true, ""},
		"one of traces":        {map[string]string{endpoint: "https://localhost:1/x"}, true, ""},
		"the exporter":         {map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, "localhost:4318/v1/traces"},
		"none":                 {map[string]string{all: "http://localhost:1", "OTEL_TRACES_EXPORTER": "none"}, false, ""},
		"disabled":             {map[string]string{all: "http://localhost:1", "OTEL_SDK_DISABLED": "true"}, false, ""},
		"not disabled":         {map[string]string{all: "http://localhost:1", "OTEL_SDK_DISABLED": "false"}, true, ""},
		"another exporter":     {map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, false, "zipkin"},
		"gRPC":                 {map[string]string{all: "http://h", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "http/protobuf"},
		"HTTP":                 {map[string]string{all: "http://h", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, true, ""},
		"no URL":               {map[string]string{all: "collector:4318"}, false, "http://"},
		"no number":            {map[string]string{all: "http://h", "OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, false, "milliseconds"},
		"no headers":           {map[string]string{all: "http://h", "OTEL_EXPORTER_OTLP_HEADERS": "secret"}, false, "name=value"},
		"no authorities":       {map[string]string{all: "https://h", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/none"}, false, "CERTIFICATE"},
		"no certificate":       {map[string]string{all: "https://h", "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/none"}, false, "CERTIFICATE"},
		"a password":           {map[string]string{all: "http://u:hidden@h"}, true, "http://u:"},
		"an unknown sampler":   {map[string]string{all: "http://h", "OTEL_TRACES_SAMPLER": "dice"}, true, "dice"},
		"a password in a list": {map[string]string{all: "http://h", "OTEL_EXPORTER_OTLP_HEADERS": "hidden"}, false, "HEADERS"},
	} {
		t.Run(name, func(t *testing.T) {
			p, log := open(t, c.settings)
			if p != nil {
				defer p.Close(t.Context()) //nolint:errcheck // never fails
			}
			if (p != nil) != c.on || !strings.Contains(log.String(), c.says) || strings.Contains(log.String(), "hidden") {
				t.Errorf("on: %t, the log: %s", p != nil, log)
			}
			if !c.on && c.says == "" && log.String() != "" {
				t.Errorf("where nothing was asked for, the log has %s", log)
			}
		})
	}
}

// TestSent sends spans as the settings say, with who made them.
func TestSent(t *testing.T) {
	collector := otlptest.Start(t)
	p, _ := open(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL + "/", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
		"OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x-tenant=7",
		"OTEL_RESOURCE_ATTRIBUTES":   "deployment.environment.name=test,service.namespace=mine",
	})
	sent := span(p, "a name")
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	got := collector.Find(t, sent.TraceID().String(), "a name")
	attributes := got.Attributes
	for name, want := range map[string]string{
		"service.name": "events", "service.namespace": "mine", "deployment.environment.name": "test",
		"telemetry.sdk.language": "go",
	} {
		if attributes[name] != want {
			t.Errorf("%s is %q, want %q", name, attributes[name], want)
		}
	}
	if attributes["service.instance.id"] == "" {
		t.Error("replicas cannot be told from one another")
	}
	headers := collector.Requests()[0].Header
	if diff := cmp.Diff([]string{"a b", "7"}, []string{headers.Get("Api-Key"), headers.Get("X-Tenant")}); diff != "" {
		t.Errorf("the headers (-want +got):\n%s", diff)
	}
}

// TestStandardVariables has the SDK honour those that this package knows nothing of.
func TestStandardVariables(t *testing.T) {
	collector := otlptest.Start(t)
	p, _ := open(t, map[string]string{
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.URL + "/v1/traces", "OTEL_TRACES_SAMPLER": "parentbased_always_off",
		"OTEL_SERVICE_NAME": "renamed",
	})
	if span(p, "left out").IsSampled() {
		t.Error("the sampler is ignored")
	}
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled})
	_, s := p.Tracer("test").Start(trace.ContextWithRemoteSpanContext(t.Context(), parent), "sampled by its parent")
	s.End()
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	spans := collector.Spans("")
	if len(spans) != 1 || spans[0].Service != "renamed" || spans[0].Parent != parent.SpanID().String() {
		t.Errorf("there arrived\n%s", otlptest.Describe(spans))
	}
}

// TestTriedAgain has a collector that takes nothing for a moment, and one that refuses.
func TestTriedAgain(t *testing.T) {
	for status, tries := range map[int]int{503: 2, 429: 2, 400: 1, 500: 1} {
		collector := otlptest.Start(t)
		answered := 0
		collector.Answer(func(w http.ResponseWriter) bool {
			answered++
			if answered > 1 {
				return true
			}
			w.WriteHeader(status)
			return false
		})
		p, log := open(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_BSP_SCHEDULE_DELAY": "1"})
		span(p, "of "+http.StatusText(status))
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if len(collector.Requests()) == tries && (tries == 2 || strings.Contains(log.String(), "lost")) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d: it came %d times, log: %s", status, len(collector.Requests()), log)
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if lost := strings.Contains(log.String(), "lost"); lost != (tries == 1) || len(collector.Requests()) != tries {
			t.Errorf("%d: it came %d times, log: %s", status, len(collector.Requests()), log)
		}
	}
}

// TestCollectorAway has collectors that are not there, and that never answer: nobody waits for them, the memory has a
// bound, the log says it once, and the end is not held up.
func TestCollectorAway(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // nobody ever came
	for name, address := range map[string]string{"not there": "http://localhost:1", "silent": "http://" + listener.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			p, log := open(t, map[string]string{
				"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "1", "OTEL_EXPORTER_OTLP_TIMEOUT": "100",
			})
			for deadline := time.Now().Add(time.Minute); strings.Count(log.String(), "WARN") < 1; {
				if time.Now().After(deadline) {
					t.Fatalf("the log is %s", log)
				}
				span(p, "lost")
			}
			for range 10 * 2048 {
				span(p, "lost")
			}
			began := time.Now()
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("the end took %v", took)
			}
			if n := strings.Count(log.String(), "cannot be sent"); n != 1 {
				t.Errorf("the log says it %d times: %s", n, log)
			}
		})
	}
}

// TestEndIsNotHeldUp ends while a collector that never answers has spans, and would have a minute for it.
func TestEndIsNotHeldUp(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // nobody ever came
	p, _ := open(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://" + listener.Addr().String(), "OTEL_EXPORTER_OTLP_TIMEOUT": "60000",
		"OTEL_BSP_EXPORT_TIMEOUT": "60000",
	})
	span(p, "lost")
	began := time.Now()
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the end took %v", took)
	}
}
