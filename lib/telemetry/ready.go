package telemetry

import "github.com/prometheus/client_golang/prometheus"

// ready describes the metric of what /readyz says.
func ready() *prometheus.Desc {
	return prometheus.NewDesc("myevents_ready", "Whether a part of the service works: 1 or 0.", []string{"part"}, nil)
}

// Describe implements prometheus.Collector.
func (h *Health) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- ready() }

// Collect implements prometheus.Collector.
func (h *Health) Collect(metrics chan<- prometheus.Metric) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for part, err := range h.parts {
		works := 0.0
		if err == nil {
			works = 1
		}
		metrics <- prometheus.MustNewConstMetric(ready(), prometheus.GaugeValue, works, part)
	}
}
