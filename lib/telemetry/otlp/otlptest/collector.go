// Package otlptest has a collector for tests: it takes spans as any collector does, and keeps them.
package otlptest

import (
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span that has arrived.
type Span struct {
	Trace, ID, Parent string
	// Service is who made it.
	Service, Name string
	Kind          tracepb.Span_SpanKind
	Failed        bool
	Attributes    map[string]string
	// Links are the traces that it names.
	Links []string
}

// Collector is a server that takes spans. It is safe for concurrent use.
type Collector struct {
	// URL is what OTEL_EXPORTER_OTLP_ENDPOINT is to be.
	URL string

	mu       sync.Mutex
	spans    []Span
	requests []*http.Request
	answer   func(http.ResponseWriter) bool
}

// Start starts a collector that lives as long as the test.
func Start(t *testing.T) *Collector {
	t.Helper()
	c := new(Collector)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// Answer has f answer requests, until it says that they may be taken.
func (c *Collector) Answer(f func(http.ResponseWriter) (taken bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = f
}

// ServeHTTP implements http.Handler.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	spans, err := decode(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, r)
	switch {
	case c.answer != nil && !c.answer(w):
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		c.spans = append(c.spans, spans...)
		w.Header().Set("Content-Type", "application/x-protobuf") // an empty answer: all were taken
	}
}

// Requests are those that came.
func (c *Collector) Requests() []*http.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.requests)
}

// Spans are those that have arrived, of one trace or of all.
func (c *Collector) Spans(trace string) []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.spans), func(s Span) bool { return trace != "" && s.Trace != trace })
}

// Find gives the span of a trace with a name, once it has arrived.
func (c *Collector) Find(t *testing.T, trace, name string) Span {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		for _, s := range c.Spans(trace) {
			if s.Name == name {
				return s
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the trace %s has no span %q, but\n%s", trace, name, Describe(c.Spans(trace)))
		}
	}
}

// Describe lists spans, for people.
func Describe(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&b, "%s %s %s <- %s: %s %v\n", s.Trace, s.Service, s.ID, s.Parent, s.Name, s.Attributes)
	}
	return b.String()
}

func decode(r *http.Request) ([]Span, error) {
	if r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return nil, fmt.Errorf("%s %s is not asked for traces", r.Method, r.URL.Path)
	}
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var data tracepb.TracesData
	if err := proto.Unmarshal(content, &data); err != nil {
		return nil, err
	}
	return spansOf(&data), nil
}

func spansOf(data *tracepb.TracesData) []Span {
	var spans []Span
	for _, resource := range data.GetResourceSpans() {
		who := texts(resource.GetResource().GetAttributes())
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				spans = append(spans, spanOf(s, who))
			}
		}
	}
	return spans
}

// spanOf gives a span also the attributes of who made it.
func spanOf(s *tracepb.Span, who map[string]string) Span {
	span := Span{
		Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()),
		Parent: hex.EncodeToString(s.GetParentSpanId()), Service: who["service.name"], Name: s.GetName(),
		Kind: s.GetKind(), Failed: s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR,
		Attributes: texts(s.GetAttributes()),
	}
	maps.Copy(span.Attributes, who)
	for _, l := range s.GetLinks() {
		span.Links = append(span.Links, hex.EncodeToString(l.GetTraceId()))
	}
	return span
}

func texts(attributes []*commonpb.KeyValue) map[string]string {
	all := make(map[string]string, len(attributes))
	for _, a := range attributes {
		switch v := a.GetValue().GetValue().(type) {
		case *commonpb.AnyValue_StringValue:
			all[a.GetKey()] = v.StringValue
		default:
			all[a.GetKey()] = a.GetValue().String()
		}
	}
	return all
}
