package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// StoreObserver makes the metrics of a service's store, and what tells them; see persistence.Observer.
func StoreObserver(r prometheus.Registerer) func(operation string, took time.Duration, err error) {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "myevents_store_operation_duration_seconds", Help: "Time that the store took for an operation.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 11),
	}, []string{"operation"})
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "myevents_store_failures_total", Help: "Operations that the store did not do.",
	}, []string{"operation"})
	r.MustRegister(durations, failures)
	return func(operation string, took time.Duration, err error) {
		durations.WithLabelValues(operation).Observe(took.Seconds())
		if err != nil {
			failures.WithLabelValues(operation).Inc()
		}
	}
}
