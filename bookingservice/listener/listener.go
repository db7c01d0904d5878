// Package listener applies the event service's messages to the booking service's copies. Each carries the full state
// and is applied by its version, so that late, repeated and reordered ones do no harm.
package listener

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

const (
	// timeout bounds one attempt to apply a message.
	timeout = 10 * time.Second
	// pause is how long it waits while the store is away.
	pause = 500 * time.Millisecond
)

// Listener applies messages. It is safe for concurrent use.
type Listener struct {
	inventory *inventory.Inventory
	store     persistence.BookingHandler
	metrics   *metrics
	tracer    *tracing.Tracer
}

// New makes a listener. The tracer may be nil.
func New(
	i *inventory.Inventory, store persistence.BookingHandler, r prometheus.Registerer, tracer *tracing.Tracer,
) *Listener {
	return &Listener{inventory: i, store: store, metrics: newMetrics(r), tracer: tracer}
}

// Listen applies messages until the context ends.
func (l *Listener) Listen(ctx context.Context, from msgqueue.EventListener) error {
	mapper := msgqueue.NewMapper(contracts.New())
	names := contracts.Subscriptions()[contracts.BookingService]
	return from.Listen(ctx, contracts.BookingService, names, func(ctx context.Context, e msgqueue.Envelope) error {
		end := l.metrics.begin(e.Time)
		m := tracing.Message{ID: e.ID, Name: e.Name, Parent: e.Trace}
		ctx, span := l.tracer.Process(ctx, m, contracts.BookingService)
		result := "applied"
		unknown := func(string) { result = "unknown" }
		err := msgqueue.Mapped(mapper, unknown, l.apply)(ctx, e)
		tracing.End(span, err)
		if err != nil {
			result = "failed"
		}
		end(result)
		return err
	})
}

// apply applies a message. While the store is away it goes on trying: a message must not end among the dead letters for
// that.
func (l *Listener) apply(ctx context.Context, e msgqueue.Event) error {
	for {
		err := l.try(ctx, e)
		if !away(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func away(err error) bool {
	for _, passes := range []error{
		persistence.ErrUnavailable, persistence.ErrUnknown, persistence.ErrConflict, context.DeadlineExceeded,
	} {
		if errors.Is(err, passes) {
			return true
		}
	}
	return false
}

func (l *Listener) try(ctx context.Context, e msgqueue.Event) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	copied, err := Read(e)
	if err != nil {
		return err
	}
	if !copied.Location.ID.IsZero() {
		if err := l.store.SaveLocation(ctx, copied.Location); err != nil {
			return err
		}
	}
	if copied.Event.ID.IsZero() {
		return nil
	}
	adopt := inventory.Adopt{Event: copied.Event, Date: time.Now().Unix()}
	return l.inventory.Do(ctx, copied.Event.ID, adopt).Err
}
