package amqp

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"myevents/lib/msgqueue/internal/reach"
)

type metrics struct {
	connected  *prometheus.GaugeVec
	connects   *prometheus.CounterVec
	published  *prometheus.CounterVec
	confirmed  prometheus.Counter
	deliveries *prometheus.CounterVec
	dead       *prometheus.GaugeVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	m := &metrics{
		connected: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_connected", Help: "Whether the broker can be used: 1 or 0.",
		}, []string{"role"}),
		connects: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_connects_total", Help: "Connections that were made, the first one among them.",
		}, []string{"role"}),
		published: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_published_total",
			Help: "Messages by what came of them: confirmed, returned as no queue takes them, refused, or lost on their way.",
		}, []string{"result"}),
		deliveries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_deliveries_total",
			Help: "Envelopes by what came of them: handled, failed, dead, or skipped as nobody asked for the name.",
		}, []string{"group", "result"}),
		dead: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_dead_letters", Help: "Dead letters of a group, counted every ten seconds.",
		}, []string{"group"}),
	}
	m.confirmed = m.published.WithLabelValues("confirmed")
	return m
}

// state is a role's, which counts its connections, too.
type state struct {
	*reach.State
	connects prometheus.Counter
}

func (b *Broker) state(role string) *state {
	return &state{
		State:    reach.NewState(role, b.config.Logger, b.metrics.connected.WithLabelValues(role)),
		connects: b.metrics.connects.WithLabelValues(role),
	}
}

func (s *state) connected(ctx context.Context) {
	s.connects.Inc()
	s.Up(ctx)
}
