package outbox

import (
	"context"
	"errors"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/telemetry/tracing"
)

// publish emits what is queued until the context ends.
func (r *Relay) publish(ctx context.Context) {
	for ctx.Err() == nil {
		if items := r.hand.take(); len(items) > 0 {
			// A call that has begun is brought to its end: what it sends would otherwise be sent again.
			r.emit(context.WithoutCancel(ctx), items)
			continue
		}
		wait(ctx, r.hand.publish, 0)
	}
}

// emit sends messages and sorts them by what has become of them.
func (r *Relay) emit(ctx context.Context, items []*item) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	envelopes := make([]msgqueue.Envelope, len(items))
	for n, i := range items {
		envelopes[n] = r.envelope(ctx, i)
	}
	var kept, left []*item
	var away error
	for n, err := range r.emitter.Emit(ctx, envelopes) {
		tracing.End(items[n].span, err)
		switch {
		case err == nil:
			items[n].Body = nil // only the name is needed from here on
			kept = append(kept, items[n])
		case isAway(err):
			away = err
			left = append(left, items[n])
		case r.hand.refused(items[n]):
			r.log.ErrorContext(ctx, "the broker refuses a message", "message", items[n].ID, "error", err)
		}
	}
	r.metrics.published.Add(float64(len(kept)))
	r.metrics.failed.Add(float64(len(items) - len(kept)))
	r.hand.confirm(kept...)
	if away != nil {
		r.hand.broken(left)
	} else if len(kept) > 0 {
		r.hand.works()
	}
	if away != nil || len(kept) > 0 {
		r.sending.set(ctx, away)
	}
}

// envelope begins the sending of a message. What the message belongs to was stored with it, so that it still does where
// it is sent hours later, by another process.
func (r *Relay) envelope(ctx context.Context, i *item) msgqueue.Envelope {
	e := msgqueue.Envelope{ID: i.ID, Name: i.Name, Key: i.Key, Body: i.Body, Time: i.Time}
	e.Trace, i.span = r.tracer.Send(ctx, tracing.Message{ID: i.ID, Name: i.Name, Parent: i.Trace})
	return e
}

// isAway tells a broker that takes nothing at the moment from one that does not take this message.
func isAway(err error) bool {
	return errors.Is(err, msgqueue.ErrUnavailable) || errors.Is(err, msgqueue.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// remove takes what the broker has out of the store until the context ends.
func (r *Relay) remove(ctx context.Context) {
	var p pause
	for ctx.Err() == nil {
		items := r.hand.confirmations(removal)
		if len(items) == 0 {
			wait(ctx, r.hand.remove, 0)
			continue
		}
		err := r.done(context.WithoutCancel(ctx), items)
		if err == nil {
			p = pause{}
			continue
		}
		p.extend(time.Now())
		wait(ctx, nil, time.Until(p.until))
	}
}

// done removes messages from the store. They stay in hand until that has succeeded, so that they are not sent again.
func (r *Relay) done(ctx context.Context, items []*item) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ids := make([]string, len(items))
	for n, i := range items {
		ids[n] = i.ID
	}
	err := r.store.Done(ctx, ids...)
	r.removing.set(ctx, err)
	if err != nil {
		r.hand.confirm(items...)
		return err
	}
	r.hand.finish(items)
	return nil
}

// wait waits for a signal, for the time to pass, unless it is 0, and for the context to end. It says whether the signal
// came.
func wait(ctx context.Context, signal <-chan struct{}, d time.Duration) bool {
	var timeout <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-signal:
		return true
	case <-timeout:
	case <-ctx.Done():
	}
	return false
}
