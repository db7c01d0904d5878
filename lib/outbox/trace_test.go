package outbox_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"myevents/lib/msgqueue"
	"myevents/lib/outbox"
	"myevents/lib/telemetry/tracing"
)

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	spanID  = "b7ad6b7169203331"
	parent  = "00-" + traceID + "-" + spanID + "-01"
)

// sendLater has a message wait in the store until another relay finds it, an hour later, and the broker refuse it once.
func sendLater(t *testing.T, tracer *tracing.Tracer) msgqueue.Envelope {
	t.Helper()
	w := &world{store: newStore(), emitter: newEmitter()}
	synctest.Test(t, func(t *testing.T) {
		w.T = t
		w.store.add(document(1), 1)
		w.store.outbox[document(1)][0].Trace = parent
		time.Sleep(time.Hour)
		w.emitter.away()
		_, stop := start(w, outbox.Options{Tracer: tracer})
		defer stop()
		time.Sleep(50 * time.Millisecond)
		w.emitter.here()
		w.wantEmpty(time.Minute)
	})
	return w.emitter.last
}

// TestSentLater has a message that was stored belong to the same trace whenever it is sent, and by whom: each attempt is
// a span, and who receives the message goes on from the last.
func TestSentLater(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	sent := sendLater(t, tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)), "amqp"))
	ended := spans.Ended()
	if len(ended) < 2 {
		t.Fatalf("there are %d spans of two attempts", len(ended))
	}
	for n, s := range ended {
		failed := s.Status().Code.String() == "Error"
		if s.Name() != "send event.booked" || s.Parent().SpanID().String() != spanID ||
			s.SpanContext().TraceID().String() != traceID || failed != (n < len(ended)-1) {
			t.Errorf("a span is %+v", s)
		}
	}
	last := ended[len(ended)-1].SpanContext().SpanID().String()
	if want := "00-" + traceID + "-" + last; !strings.HasPrefix(sent.Trace, want) {
		t.Errorf("it was sent with %q, want %s", sent.Trace, want)
	}
}

// TestSentUntraced has what a message belongs to passed on by a process that records nothing.
func TestSentUntraced(t *testing.T) {
	if sent := sendLater(t, nil); sent.Trace != parent {
		t.Errorf("it was sent with %q", sent.Trace)
	}
}
