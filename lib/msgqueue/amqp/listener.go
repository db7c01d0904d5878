package amqp

import (
	"context"
	"slices"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// prefetch is how many envelopes a listener holds that are not acknowledged; those that wait for another try are
	// among them. When all of them wait, it is not the envelopes that are wrong.
	prefetch = 100
	// countEvery is how often a listener counts the dead letters of its group.
	countEvery = 10 * time.Second
	// parkTimeout bounds bringing a dead letter away. What does not succeed is tried again later.
	parkTimeout = 2 * time.Second
)

// Listen implements msgqueue.EventListener. Besides the context's error it answers msgqueue.ErrClosed when the broker
// is closed.
func (b *Broker) Listen(ctx context.Context, group string, names []string, h msgqueue.Handler) error {
	inner, leave, err := b.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	h = delivery.Guard(h)
	l := &listener{
		broker: b, group: group, names: names, state: b.state("listener " + group),
		handle: func(e msgqueue.Envelope) error { return h(ctx, e) },
	}
	for failures := 0; ; failures++ {
		connected, err := l.listen(inner)
		if inner.Err() != nil {
			return context.Cause(inner)
		}
		l.state.Down(inner, err)
		if connected {
			failures = 0
		}
		reach.Sleep(inner, reach.Pause(failures))
	}
}

// retry is a delivery that may have to wait for its next try. It stays unacknowledged, so that it is not lost with the
// process.
type retry struct {
	delivery streadway.Delivery
	tries    int
	failure  error
}

// listener is a call of Listen. All of it belongs to the caller's goroutine.
type listener struct {
	broker *Broker
	group  string
	names  []string
	state  *state
	handle func(msgqueue.Envelope) error
}

// listen connects and handles what comes until the link breaks or the context ends. It says whether it was connected.
func (l *listener) listen(ctx context.Context) (bool, error) {
	k, err := l.broker.connect(ctx)
	if err != nil {
		return false, err
	}
	defer k.close()
	var deliveries <-chan streadway.Delivery
	err = k.within(ctx, func() error {
		if err := declareGroup(k.Channel, l.group, l.names); err != nil {
			return err
		}
		if err := k.Qos(prefetch, 0, false); err != nil {
			return err
		}
		deliveries, err = k.Consume(l.group, "", false, false, false, false, nil)
		return err
	})
	if err != nil {
		return false, err
	}
	l.state.connected(ctx)
	return true, l.consume(ctx, k, deliveries)
}

// consume hands out envelopes, new ones and those whose next try is due.
func (l *listener) consume(ctx context.Context, k *link, deliveries <-chan streadway.Delivery) error {
	var waiting delivery.Retries[*retry]
	count := time.NewTimer(0)
	defer count.Stop()
	for ctx.Err() == nil {
		due, stop := waiting.Due()
		var err error
		select {
		case d, ok := <-deliveries:
			if !ok {
				return k.reason(streadway.ErrClosed)
			}
			err = l.try(ctx, &waiting, &retry{delivery: d})
		case <-due:
			err = l.try(ctx, &waiting, waiting.Take())
		case <-count.C:
			err = l.count(ctx, k)
			count.Reset(countEvery)
		case <-ctx.Done():
		}
		stop()
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// try hands an envelope to the handler and acknowledges it, or has it wait. The error is one of the link.
func (l *listener) try(ctx context.Context, waiting *delivery.Retries[*retry], r *retry) error {
	e := envelope(&r.delivery)
	if !slices.Contains(l.names, e.Name) {
		return l.done(r, "skipped")
	}
	if r.tries < l.broker.config.Tries {
		failure := l.handle(e)
		if failure == nil {
			return l.done(r, "handled")
		}
		if ctx.Err() != nil {
			return ctx.Err() // it was interrupted, which is no fault of the envelope's
		}
		l.broker.metrics.deliveries.WithLabelValues(l.group, "failed").Inc()
		r.tries, r.failure = r.tries+1, failure
	}
	if r.tries >= l.broker.config.Tries && l.park(ctx, r, e) {
		return l.done(r, "dead")
	}
	waiting.Add(r, delivery.Backoff(l.broker.config.Backoff, r.tries))
	return nil
}

func (l *listener) done(r *retry, result string) error {
	l.broker.metrics.deliveries.WithLabelValues(l.group, result).Inc()
	return r.delivery.Ack(false)
}

// park puts an envelope among the dead letters, and says whether the broker has it there. Only then it may be
// acknowledged. That the listener does it, and not the broker, keeps the reason.
func (l *listener) park(ctx context.Context, r *retry, e msgqueue.Envelope) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parkTimeout)
	defer cancel()
	err := l.broker.sendOne(ctx, toDead(l.group, &r.delivery, r.tries, r.failure))
	log := l.broker.config.Logger.With("group", l.group, "message", e.ID, "event", e.Name, "tries", r.tries)
	if err != nil {
		log.WarnContext(ctx, "a message that cannot be handled waits to be put among the dead letters", "error", err)
		return false
	}
	log.ErrorContext(ctx, "a message that cannot be handled is now a dead letter", "error", r.failure)
	return true
}

// count shows how many dead letters the group has.
func (l *listener) count(ctx context.Context, k *link) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return k.within(ctx, func() error {
		q, err := k.QueueInspect(deadQueue(l.group))
		if err == nil { // else the last figure stays, since that nobody knows them does not make them fewer
			l.broker.metrics.dead.WithLabelValues(l.group).Set(float64(q.Messages))
		}
		return err
	})
}
