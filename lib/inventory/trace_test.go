package inventory_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

// offered keeps what is handed on.
type offered struct {
	mu  sync.Mutex
	all map[string]persistence.Message
}

func (o *offered) Offer(messages ...persistence.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range messages {
		o.all[m.ID] = m
	}
}

func encodeBooking(c persistence.Change) persistence.Message {
	if c.Booking == nil {
		return persistence.Message{}
	}
	return persistence.Message{ID: c.Booking.ID.String()}
}

// TestSharedCommit has three requests decided together, one of them refused: each message belongs to its own request,
// and the commit, which belongs to one of them, and the other requests name one another.
func TestSharedCommit(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)), "inproc")
	messages := &offered{all: make(map[string]persistence.Message)}
	want := make(map[string]string) // booking -> trace
	synctest.Test(t, func(t *testing.T) {
		store := &slow{memory: newMemory(true)}
		i := inventory.New(store, encodeBooking, messages, nil)
		defer i.Close()
		event := persistence.NewID()
		adopted := i.Do(t.Context(), event, inventory.Adopt{Event: persistence.EventCopy{ID: event, Version: 1, EndDate: 10, Capacity: 9}})
		if adopted.Err != nil {
			t.Fatal(adopted.Err)
		}
		store.delay = time.Second
		var requests sync.WaitGroup
		book := func(seats int64) {
			id := persistence.NewID()
			ctx, span := tracer.Request(context.Background(), nil, "POST")
			if seats < 9 {
				want[id.String()] = span.SpanContext().TraceID().String()
			}
			requests.Go(func() {
				i.Do(ctx, event, inventory.Book{ID: id, Seats: seats})
				span.End()
			})
			time.Sleep(time.Millisecond)
		}
		book(1) // the others wait for it
		for _, seats := range []int64{1, 9, 2} {
			book(seats)
		}
		requests.Wait()
	})
	for id, traceID := range want {
		if got := messages.all[id].Trace; !strings.HasPrefix(got, "00-"+traceID+"-") {
			t.Errorf("a message belongs to %q, want %s", got, traceID)
		}
	}
	checkShared(t, recorder.Ended())
}

// checkShared checks the last commit, which is the one of three requests.
func checkShared(t *testing.T, spans []sdk.ReadOnlySpan) {
	t.Helper()
	var commit sdk.ReadOnlySpan
	decide := make(map[trace.SpanID]sdk.ReadOnlySpan)
	for _, s := range spans {
		switch s.Name() {
		case "commit":
			commit = s
		case "decide":
			decide[s.SpanContext().SpanID()] = s
		}
	}
	if commit == nil || decide[commit.Parent().SpanID()] == nil || len(commit.Links()) != 2 {
		t.Fatalf("the commit is %+v", commit)
	}
	for _, l := range commit.Links() {
		other := decide[l.SpanContext.SpanID()]
		if other == nil || len(other.Links()) != 1 || !other.Links()[0].SpanContext.Equal(commit.SpanContext()) {
			t.Errorf("the commit names %+v, which is %+v", l, other)
		}
	}
}
