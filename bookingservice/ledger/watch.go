package ledger

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// watchEvery is how long a watch rests between two rounds.
	watchEvery = 10 * time.Second
	// watchAllEvery is how often it compares everything, and not only what is new.
	watchAllEvery = time.Hour
)

// Watch has an auditor work on and on, and makes metrics of what it finds.
type Watch struct {
	auditor *Auditor
	logger  *slog.Logger
	faults  *prometheus.GaugeVec

	messages, pending prometheus.Gauge
	// done is when the last round was done, in Unix nanoseconds.
	done atomic.Int64
}

// NewWatch makes a watch.
func NewWatch(a *Auditor, r prometheus.Registerer, logger *slog.Logger) *Watch {
	w := &Watch{
		auditor: a, logger: logger,
		faults: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_audit_faults", Help: "Faults found in log, bookings and inventories since the start, by kind.",
		}, []string{"kind"}),
		messages: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "myevents_audit_position", Help: "How many messages of the log have been audited.",
		}),
		pending: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "myevents_audit_pending_events", Help: "Events that could not be compared at the last round.",
		}),
	}
	w.done.Store(time.Now().UnixNano())
	age := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_audit_age_seconds", Help: "How long ago the last round was done, or the first one begun.",
	}, func() float64 { return time.Since(time.Unix(0, w.done.Load())).Seconds() })
	r.MustRegister(w.faults, w.messages, w.pending, age)
	for _, k := range Kinds() {
		w.faults.WithLabelValues(string(k))
	}
	return w
}

// Run audits until the context ends, and answers with its error. report is told how each round ended.
func (w *Watch) Run(ctx context.Context, report func(error)) error {
	var compared time.Time
	for {
		began := time.Now()
		all := began.Sub(compared) >= watchAllEvery
		err := w.auditor.Round(ctx, all)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report(err)
		if err == nil {
			w.done.Store(time.Now().UnixNano())
			if all {
				compared = began
			}
		}
		w.tell(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(watchEvery):
		}
	}
}

func (w *Watch) tell(ctx context.Context) {
	r := w.auditor.Report()
	w.messages.Set(float64(r.Messages))
	w.pending.Set(float64(r.Pending))
	for _, f := range r.Faults {
		w.faults.WithLabelValues(string(f.Kind)).Inc()
		w.logger.ErrorContext(ctx, "the audit found a fault", "kind", f.Kind, "event", f.Event, "fault", f.What)
	}
}
