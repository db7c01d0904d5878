package sqs

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"myevents/lib/msgqueue/internal/reach"
)

type metrics struct {
	connected  *prometheus.GaugeVec
	published  *prometheus.CounterVec
	confirmed  prometheus.Counter
	deliveries *prometheus.CounterVec
	dead       *prometheus.GaugeVec
	waiting    *prometheus.GaugeVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	m := &metrics{
		connected: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_connected", Help: "Whether the broker can be used: 1 or 0.",
		}, []string{"role"}),
		published: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_published_total",
			Help: "Messages to queues or a topic, by what came of them: confirmed, refused, or lost on their way.",
		}, []string{"result"}),
		deliveries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_deliveries_total",
			Help: "Envelopes by what came of them: handled, failed, dead, or skipped as nobody asked for the name.",
		}, []string{"group", "result"}),
		dead: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_dead_letters", Help: "Dead letters of a group, counted every minute.",
		}, []string{"group"}),
		waiting: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_waiting_messages",
			Help: "Messages that a group has not handled yet, counted every minute.",
		}, []string{"group"}),
	}
	m.confirmed = m.published.WithLabelValues("confirmed")
	return m
}

func (b *Broker) state(role string) *reach.State {
	return reach.NewState(role, b.config.Logger, b.metrics.connected.WithLabelValues(role))
}
