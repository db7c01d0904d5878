package kafka

import (
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue/internal/reach"
)

type metrics struct {
	connected  *prometheus.GaugeVec
	connects   *prometheus.CounterVec
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
		connects: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_connects_total", Help: "Connections that were made, several to each broker.",
		}, []string{"role"}),
		published: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_published_total",
			Help: "Messages by what came of them: confirmed, refused, or lost on their way.",
		}, []string{"result"}),
		deliveries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_broker_deliveries_total",
			Help: "Envelopes by what came of them: handled, failed, dead, or skipped as nobody asked for the name.",
		}, []string{"group", "result"}),
		dead: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_dead_letters", Help: "Dead letters of a group, counted every ten seconds.",
		}, []string{"group"}),
		waiting: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_broker_waiting_messages",
			Help: "Messages that a group has not handled yet, counted every ten seconds.",
		}, []string{"group"}),
	}
	m.confirmed = m.published.WithLabelValues("confirmed")
	return m
}

// counts are the deliveries to a group, by what came of them.
type counts struct{ handled, skipped, failed, dead prometheus.Counter }

func (m *metrics) counts(group string) counts {
	return counts{
		handled: m.deliveries.WithLabelValues(group, "handled"), skipped: m.deliveries.WithLabelValues(group, "skipped"),
		failed: m.deliveries.WithLabelValues(group, "failed"), dead: m.deliveries.WithLabelValues(group, "dead"),
	}
}

func (b *Broker) newState(role string) *reach.State {
	return reach.NewState(role, b.config.Logger, b.metrics.connected.WithLabelValues(role))
}

// connects counts a client's connections.
type connects struct{ prometheus.Counter }

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (c connects) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err == nil {
		c.Inc()
	}
}
