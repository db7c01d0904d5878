package amqp

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
)

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
	if diff := cmp.Diff(want, b.Leave(nil), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
