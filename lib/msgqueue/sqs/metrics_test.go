package sqs_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
)

// TestWaitingIsCounted has a listener come late, and hang: what it has not handled is counted.
func TestWaitingIsCounted(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c, registry := config(t), prometheus.NewRegistry()
	c.Registerer = registry
	b := open(t, c)
	emit(t, b, envelopes(0, 20)...)
	hang := make(chan struct{})
	release := sync.OnceFunc(func() { close(hang) })
	defer release()
	a := listen(t, b, func(context.Context, msgqueue.Envelope) error {
		<-hang
		return nil
	})
	want := fmt.Sprintf(`
# HELP myevents_broker_dead_letters Dead letters of a group, counted every minute.
# TYPE myevents_broker_dead_letters gauge
myevents_broker_dead_letters{group=%[1]q} 0
# HELP myevents_broker_waiting_messages Messages that a group has not handled yet, counted every minute.
# TYPE myevents_broker_waiting_messages gauge
myevents_broker_waiting_messages{group=%[1]q} 20
`, group)
	eventually(t, "the count", func() error {
		return testutil.GatherAndCompare(registry, strings.NewReader(want),
			"myevents_broker_dead_letters", "myevents_broker_waiting_messages")
	})
	release()
	a.wait(t, envelopes(0, 20)...)
}
