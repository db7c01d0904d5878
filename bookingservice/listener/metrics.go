package listener

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics show how far the copies are behind. They are safe for concurrent use.
type metrics struct {
	handled *prometheus.CounterVec
	delay   prometheus.Histogram

	mu     sync.Mutex
	number int
	inHand map[int]time.Time // when the messages were sent that are being applied
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		handled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_listener_messages_total", Help: "Messages received, by what became of them.",
		}, []string{"result"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "myevents_listener_delay_seconds", Help: "How old messages were when they were applied.",
			Buckets: []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600},
		}),
		inHand: make(map[int]time.Time),
	}
	lag := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_listener_lag_seconds", Help: "How old the oldest message is that is being applied now.",
	}, m.lag)
	r.MustRegister(m.handled, m.delay, lag)
	return m
}

// begin notes that a message is being applied, until end is told what became of it.
func (m *metrics) begin(sent time.Time) (end func(result string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.number++
	number := m.number
	m.inHand[number] = sent
	return func(result string) {
		m.handled.WithLabelValues(result).Inc()
		if result == "applied" {
			m.delay.Observe(time.Since(sent).Seconds())
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.inHand, number)
	}
}

// lag is 0 where none is being applied.
func (m *metrics) lag() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	oldest := time.Duration(0)
	for _, sent := range m.inHand {
		oldest = max(oldest, time.Since(sent))
	}
	return oldest.Seconds()
}
