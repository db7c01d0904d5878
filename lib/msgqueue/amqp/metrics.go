package amqp

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
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
			Name: "myevents_amqp_connected", Help: "Whether the broker can be used: 1 or 0.",
		}, []string{"role"}),
		connects: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_amqp_connects_total", Help: "Connections that were made, the first one among them.",
		}, []string{"role"}),
		published: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_amqp_published_total",
			Help: "Messages by what came of them: confirmed, returned as no queue takes them, refused, or lost on their way.",
		}, []string{"result"}),
		deliveries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_amqp_deliveries_total",
			Help: "Envelopes by what came of them: handled, failed, dead, or skipped as nobody asked for the name.",
		}, []string{"group", "result"}),
		dead: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_amqp_dead_letters", Help: "Dead letters of a group, counted every ten seconds.",
		}, []string{"group"}),
	}
	m.confirmed = m.published.WithLabelValues("confirmed")
	return m
}

// state shows whether the broker can be used in a role, and logs every change once. It is safe for concurrent use.
type state struct {
	role    string
	log     *slog.Logger
	metrics *metrics
	now     atomic.Int32
}

const (
	unknown int32 = iota
	up
	down
)

func (b *Broker) state(role string) *state {
	return &state{role: role, log: b.config.Logger, metrics: b.metrics}
}

func (s *state) connected(ctx context.Context) {
	s.metrics.connects.WithLabelValues(s.role).Inc()
	s.up(ctx)
}

func (s *state) up(ctx context.Context) {
	if s.now.Load() == up || s.now.Swap(up) == up {
		return
	}
	s.metrics.connected.WithLabelValues(s.role).Set(1)
	s.log.InfoContext(ctx, "the message broker can be used", "role", s.role)
}

func (s *state) down(ctx context.Context, err error) {
	if s.now.Swap(down) == down {
		return
	}
	s.metrics.connected.WithLabelValues(s.role).Set(0)
	s.log.WarnContext(ctx, "the message broker cannot be used", "role", s.role, "error", err)
}
