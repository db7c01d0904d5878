package tracing_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"myevents/lib/telemetry/tracing"
)

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	spanID  = "b7ad6b7169203331"
	parent  = "00-" + traceID + "-" + spanID + "-01"
)

func from(parent string) http.Header { return http.Header{"Traceparent": {parent}} }

func recording() (*tracing.Tracer, *tracetest.SpanRecorder) {
	spans := tracetest.NewSpanRecorder()
	return tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)), "amqp"), spans
}

// TestParent gives on what came from outside, and nothing else.
func TestParent(t *testing.T) {
	for given, want := range map[string]string{
		parent: parent, "00-" + traceID + "-" + spanID + "-00": "00-" + traceID + "-" + spanID + "-00",
		"": "", "00": "", strings.ToUpper(parent): "", "00-" + strings.Repeat("0", 32) + "-" + spanID + "-01": "",
		parent + "-more": "", "01" + parent[2:] + "-more": parent, strings.Repeat("0", 1<<16): "",
	} {
		if got := tracing.Parent(tracing.With(t.Context(), given)); got != want {
			t.Errorf("of %.80q there comes %q, want %q", given, got, want)
		}
	}
}

// TestChain follows a request into a message and out of it: each span is the child of the one before.
func TestChain(t *testing.T) {
	tracer, recorder := recording()
	ctx, request := tracer.Request(t.Context(), from(parent), "POST")
	within, inner := tracing.Start(ctx, "decide")
	m := tracing.Message{ID: "7", Name: "event.booked", Parent: tracing.Parent(within)}
	tracing.End(inner, nil)
	tracing.End(request, nil)
	header, send := tracer.Send(context.Background(), m)
	tracing.End(send, errors.New("away"))
	m.Parent = header
	_, process := tracer.Process(context.Background(), m, "bookings")
	tracing.End(process, nil)

	var got []string
	before := spanID
	byName := make(map[string]sdk.ReadOnlySpan)
	for _, s := range recorder.Ended() {
		byName[s.Name()] = s
	}
	for _, name := range []string{"POST", "decide", "send event.booked", "process event.booked"} {
		s := byName[name]
		if s == nil || s.SpanContext().TraceID().String() != traceID || s.Parent().SpanID().String() != before {
			t.Fatalf("%s is %+v, want a child of %s", name, s, before)
		}
		before = s.SpanContext().SpanID().String()
		got = append(got, s.SpanKind().String()+" "+s.Status().Code.String())
	}
	if diff := cmp.Diff([]string{"server Unset", "internal Unset", "producer Error", "consumer Unset"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	attributes := make(map[string]string)
	for _, a := range byName["process event.booked"].Attributes() {
		attributes[string(a.Key)] = a.Value.String()
	}
	want := map[string]string{
		"messaging.system": "rabbitmq", "messaging.operation.type": "process", "messaging.operation.name": "process",
		"messaging.destination.name": "event.booked", "messaging.message.id": "7", "messaging.consumer.group.name": "bookings",
	}
	if diff := cmp.Diff(want, attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// TestUnsampled keeps the decision that somebody made before: nothing is recorded, and everybody behind knows it.
func TestUnsampled(t *testing.T) {
	tracer, recorder := recording()
	ctx, request := tracer.Request(t.Context(), from(strings.TrimSuffix(parent, "1")+"0"), "POST")
	ctx, inner := tracing.Start(ctx, "decide")
	tracing.End(inner, nil)
	tracing.End(request, nil)
	header, send := tracer.Send(context.Background(), tracing.Message{Parent: tracing.Parent(ctx)})
	tracing.End(send, nil)
	if !strings.HasPrefix(header, "00-"+traceID) || !strings.HasSuffix(header, "-00") || len(recorder.Ended()) > 0 {
		t.Errorf("it sends on %s, and recorded %d spans", header, len(recorder.Ended()))
	}
}

// TestOff begins nothing, and passes on what came.
func TestOff(t *testing.T) {
	var off *tracing.Tracer
	ctx, _ := off.Request(t.Context(), from(parent), "POST")
	if got := tracing.Parent(ctx); got != parent {
		t.Errorf("of a request there comes %q", got)
	}
	if got, _ := off.Send(t.Context(), tracing.Message{Parent: parent}); got != parent {
		t.Errorf("a message is sent with %q", got)
	}
	ctx, _ = off.Process(t.Context(), tracing.Message{Parent: parent}, "g")
	if got := tracing.Parent(ctx); got != parent {
		t.Errorf("of a message there comes %q", got)
	}
}

// TestOffCostsNothing counts what is allocated by all that a request and its message go through, where no traces are
// asked for.
func TestOffCostsNothing(t *testing.T) {
	var off *tracing.Tracer
	logger := slog.New(tracing.Log(slog.DiscardHandler))
	ctx, headers := t.Context(), http.Header{"Accept": {"*/*"}}
	if n := testing.AllocsPerRun(100, func() {
		ctx, request := off.Request(ctx, headers, "GET")
		within, span := tracing.Start(ctx, "decide")
		tracing.Link(span, trace.SpanFromContext(within))
		m := tracing.Message{ID: "7", Name: "event.booked", Parent: tracing.Parent(within)}
		tracing.End(span, nil)
		logger.LogAttrs(within, slog.LevelInfo, "request")
		tracing.End(request, nil)
		_, send := off.Send(ctx, m)
		tracing.End(send, nil)
		_, process := off.Process(ctx, m, "bookings")
		tracing.End(process, nil)
	}); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

// TestLink has spans of two traces name one another, once.
func TestLink(t *testing.T) {
	tracer, recorder := recording()
	ctx, one := tracer.Request(t.Context(), nil, "POST")
	_, inner := tracing.Start(ctx, "commit")
	_, other := tracer.Request(t.Context(), nil, "PATCH")
	tracing.Link(inner, one)
	tracing.Link(inner, other)
	for _, s := range []trace.Span{inner, one, other} {
		tracing.End(s, nil)
	}
	want := map[string][]trace.SpanID{"commit": {other.SpanContext().SpanID()}, "PATCH": {inner.SpanContext().SpanID()}, "POST": nil}
	for _, s := range recorder.Ended() {
		var linked []trace.SpanID
		for _, l := range s.Links() {
			linked = append(linked, l.SpanContext.SpanID())
		}
		if diff := cmp.Diff(want[s.Name()], linked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.Name(), diff)
		}
	}
}

// TestLog has lines that belong to a trace say so, also behind other attributes, and others not.
func TestLog(t *testing.T) {
	var b bytes.Buffer
	logger := slog.New(tracing.Log(slog.NewTextHandler(&b, nil))).With("service", "events")
	logger.InfoContext(t.Context(), "outside")
	logger.InfoContext(tracing.With(t.Context(), parent), "inside")
	lines := strings.Split(b.String(), "\n")
	if strings.Contains(lines[0], "trace_id") {
		t.Errorf("%s", lines[0])
	}
	if want := "service=events trace_id=" + traceID + " span_id=" + spanID; !strings.Contains(lines[1], want) {
		t.Errorf("%s, want %s", lines[1], want)
	}
}
