package outbox

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"myevents/lib/persistence"
)

// metrics shows how the relay is doing. Depth and age are those of the whole store, whoever publishes what is in it.
type metrics struct {
	messages  prometheus.Gauge
	oldest    atomic.Int64 // Unix milliseconds, 0 where none waits
	published prometheus.Counter
	failed    prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	m := &metrics{
		messages: factory.NewGauge(prometheus.GaugeOpts{
			Name: "myevents_outbox_messages", Help: "Messages in the store that the broker does not have yet.",
		}),
		published: factory.NewCounter(prometheus.CounterOpts{
			Name: "myevents_outbox_published_total", Help: "Messages that the broker has confirmed.",
		}),
		failed: factory.NewCounter(prometheus.CounterOpts{
			Name: "myevents_outbox_failed_total", Help: "Attempts at publishing a message that failed.",
		}),
	}
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_outbox_oldest_seconds", Help: "Age of the oldest message that the broker does not have yet.",
	}, m.age)
	return m
}

func (m *metrics) age() float64 {
	oldest := m.oldest.Load()
	if oldest == 0 {
		return 0
	}
	return max(0, time.Since(time.UnixMilli(oldest)).Seconds())
}

func (m *metrics) backlog(b persistence.Backlog) {
	m.messages.Set(float64(b.Messages))
	if b.Oldest.IsZero() {
		m.oldest.Store(0)
		return
	}
	m.oldest.Store(b.Oldest.UnixMilli())
}
