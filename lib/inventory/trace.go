package inventory

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

func (w *waiter) recorded() bool { return trace.SpanFromContext(w.ctx).IsRecording() }

func (i *Inventory) load(ctx context.Context, event persistence.ID, waiters []*waiter) (persistence.Snapshot, error) {
	ctx, span := tracing.Start(ctx, "load")
	snapshot, err := i.store.Load(ctx, event, bookings(waiters)...)
	tracing.End(span, err)
	return snapshot, err
}

// commit is one for all requests of a round: their spans and its own name one another.
func (i *Inventory) commit(
	ctx context.Context, s persistence.Snapshot, changes []persistence.Change, waiters []*waiter,
) error {
	ctx, span := tracing.Start(ctx, "commit")
	for _, w := range waiters {
		tracing.Link(span, trace.SpanFromContext(w.ctx))
	}
	err := i.store.Commit(ctx, s, changes)
	tracing.End(span, err)
	return err
}

// origins are the contexts of the requests that made the changes, in the order of the changes: each request makes at
// most one.
func origins(waiters []*waiter, answers []Answer) []context.Context {
	made := make([]context.Context, 0, len(answers))
	for n, a := range answers {
		if a.New {
			made = append(made, waiters[n].ctx)
		}
	}
	return made
}
