package amqp

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
)

var errFirst, errLast = errors.New("first"), errors.New("last")

// TestBatch leaves a batch half way: what was answered stays, and what comes later changes nothing.
func TestBatch(t *testing.T) {
	b := newBatch(make([]outgoing, 4), []error{nil, errFirst, nil, nil})
	b.answer(0, nil)
	b.answer(0, errLast)
	if b.open(0) || b.open(1) || !b.open(2) || b.remaining() != 2 {
		t.Errorf("%d are open", b.remaining())
	}
	got := b.leave(errLast)
	b.fail(0, errFirst)
	if diff := cmp.Diff([]error{nil, errFirst, errLast, errLast}, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	select {
	case <-b.gone:
	default:
		t.Error("nobody is told that the caller has left")
	}
}

func TestBatchDone(t *testing.T) {
	b := newBatch(make([]outgoing, 3), nil)
	b.answer(1, nil)
	b.fail(0, errFirst)
	select {
	case <-b.done:
	default:
		t.Error("the batch has all answers and is not done")
	}
}

// TestReturned has messages returned among those that are confirmed: the returns come first, and each is held against
// the confirm of its own message.
func TestReturned(t *testing.T) {
	all := make([]outgoing, 3)
	for n, id := range []string{"a", "b", "a"} {
		all[n].MessageId = id
	}
	b := newBatch(all, nil)
	s := &session{
		metrics: newMetrics(nil), returned: make(map[string]int), returns: make(chan streadway.Return, 3),
		sent: []sent{{b, 0}, {b, 1}, {b, 2}},
	}
	s.returns <- streadway.Return{MessageId: "b"}
	if err := s.confirm(streadway.Confirmation{DeliveryTag: 1, Ack: true}, true); err != nil {
		t.Error(err)
	}
	if err := s.confirm(streadway.Confirmation{DeliveryTag: 2, Ack: true}, true); !errors.Is(err, errUnroutable) {
		t.Errorf("the session goes on with %v", err)
	}
	if err := s.confirm(streadway.Confirmation{DeliveryTag: 3, Ack: false}, true); err != nil {
		t.Error(err)
	}
	want := []error{nil, errUnroutable, msgqueue.ErrUnavailable}
	if diff := cmp.Diff(want, b.leave(nil), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRetries come out in the order in which they are due.
func TestRetries(t *testing.T) {
	var r retries
	if due, stop := r.due(); due != nil || stop() {
		t.Error("something is due where nothing waits")
	}
	for _, tries := range []int{3, 1, 2} {
		r.add(&retry{tries: tries}, time.Duration(tries)*time.Millisecond)
	}
	for want := 1; want <= 3; want++ {
		due, stop := r.due()
		<-due
		stop()
		if got := r.take().tries; got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}

func TestPause(t *testing.T) {
	for failures := range 100 {
		if d := pause(failures); d < firstPause/2 || d > longPause {
			t.Errorf("after %d failures it waits %s", failures, d)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("é", maxReason), strings.Repeat("\xff", 2*maxReason)} {
		got := shorten(s)
		if len(got) > maxReason+len("…") || utf8.ValidString(got) != utf8.ValidString(s) {
			t.Errorf("%d bytes become %q", len(s), got)
		}
	}
}
