package kafka_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/msgqueue"
)

// TestWaitingIsCounted has a listener hang: what it has not handled is counted all the same, until it has.
func TestWaitingIsCounted(t *testing.T) {
	k := server(t)
	registry := prometheus.NewRegistry()
	c := config(k)
	c.Registerer = registry
	b := open(t, c)
	hang := make(chan struct{})
	release := sync.OnceFunc(func() { close(hang) })
	defer release()
	a := listen(t, b, func(context.Context, msgqueue.Envelope) error {
		<-hang
		return nil
	})
	emit(t, b, envelopes(0, 20)...)
	wait := func(what string, enough func(n float64) bool) {
		t.Helper()
		eventually(t, what, func() error {
			n := waiting(t, registry)
			if enough(n) {
				return nil
			}
			return fmt.Errorf("it is %g", n)
		})
	}
	// Kafka counts what the broker itself once put into the topic of requeued envelopes, too.
	wait("the number that waits", func(n float64) bool { return n >= 20 })
	release()
	a.wait(t, envelopes(0, 20)...)
	wait("the number that waits in the end", func(n float64) bool { return n == 0 })
}

// waiting is the metric, -1 where there is none.
func waiting(t *testing.T, registry *prometheus.Registry) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "myevents_broker_waiting_messages" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return -1
}
