package sqs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// countEvery is how often a listener counts the messages of its group: the broker's own figure is as old.
	countEvery = time.Minute
	// endTimeout bounds what a listener still does when it ends. What it does not manage comes again.
	endTimeout = 2 * time.Second
)

var (
	errGone        = errors.New("the queue does not exist any more")
	errInterrupted = errors.New("the handler was interrupted")
	errNothing     = errors.New("there is nothing to remove")
)

// Listen implements msgqueue.EventListener. Besides the context's error it answers msgqueue.ErrClosed when the broker
// is closed. To end takes it up to Config.Wait: what the broker sends to somebody who has gone would be nobody's until
// its time is over.
func (b *Broker) Listen(ctx context.Context, group string, names []string, h msgqueue.Handler) error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	inner, cancel := b.untilClosed(ctx)
	defer cancel()
	h = delivery.Guard(h)
	state := b.state("listener " + group)
	for failures := 0; ; failures++ {
		q, err := b.topology.group(inner, group, names)
		if err == nil {
			failures = 0
			l := &listener{
				broker: b, group: group, names: names, queues: q, state: state, hand: newHand(b.config.FIFO),
				handle: func(e msgqueue.Envelope) error {
					err := h(ctx, e)
					if err != nil && ctx.Err() != nil {
						return errInterrupted
					}
					return err
				},
			}
			err = l.listen(inner)
		}
		if inner.Err() != nil {
			return context.Cause(inner)
		}
		state.Down(inner, err)
		reach.Sleep(inner, reach.Pause(failures))
	}
}

// listener listens to one queue. What is handled belongs to the caller's goroutine; others receive, keep and remove.
type listener struct {
	broker *Broker
	group  string
	names  []string
	queues queues
	state  *reach.State
	hand   *hand
	// handle answers errInterrupted when the caller's context has ended meanwhile, of which the listener's own, which
	// hangs on it, may not know yet.
	handle func(msgqueue.Envelope) error
}

// listen hands out envelopes until the context ends, or the queue is gone.
func (l *listener) listen(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var parts sync.WaitGroup
	for _, part := range []func(context.Context) error{l.receive, l.keep, l.remove, l.count} {
		parts.Go(func() {
			if err := part(ctx); err != nil {
				stop(err)
			}
		})
	}
	l.work(ctx)
	parts.Wait()
	l.end(context.WithoutCancel(ctx))
	return context.Cause(ctx)
}

// work handles one envelope after another.
func (l *listener) work(ctx context.Context) {
	for ctx.Err() == nil {
		d, wait := l.hand.next(time.Now())
		if d != nil {
			l.try(ctx, d)
			continue
		}
		pause(ctx, l.hand.came, wait)
	}
}

// pause waits for a signal, for the time to pass, unless it is 0, and for the context to end.
func pause(ctx context.Context, signal <-chan struct{}, d time.Duration) {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-signal:
	case <-over:
	case <-ctx.Done():
	}
}

// try hands an envelope to the handler, and has it removed from the queue, or wait.
func (l *listener) try(ctx context.Context, d *arrival) {
	e := d.envelope()
	if !slices.Contains(l.names, e.Name) {
		l.finish(d, "skipped")
		return
	}
	if d.tries < l.broker.config.Tries {
		failure := l.handle(e)
		if failure == nil {
			l.finish(d, "handled")
			return
		}
		if errors.Is(failure, errInterrupted) { // which is no fault of the envelope's
			<-ctx.Done()
			return
		}
		l.broker.metrics.deliveries.WithLabelValues(l.group, "failed").Inc()
		l.hand.failed(d, failure)
	}
	if d.tries >= l.broker.config.Tries && l.park(ctx, d, e) {
		l.finish(d, "dead")
		return
	}
	l.hand.again(d, delivery.Backoff(l.broker.config.Backoff, d.tries))
}

func (l *listener) finish(d *arrival, result string) {
	l.broker.metrics.deliveries.WithLabelValues(l.group, result).Inc()
	l.hand.finish(d)
}

// park puts an envelope among the dead letters, and says whether the broker has it there. Only then it may be removed.
// That the listener does it, and not the broker, keeps the reason.
func (l *listener) park(ctx context.Context, d *arrival, e msgqueue.Envelope) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	err := l.broker.sendOne(ctx, l.queues.dead, toDead(d, l.broker.config.FIFO))
	log := l.broker.config.Logger.With("group", l.group, "message", e.ID, "event", e.Name, "tries", d.tries)
	if err != nil {
		log.WarnContext(ctx, "a message that cannot be handled waits to be put among the dead letters", "error", err)
		return false
	}
	log.ErrorContext(ctx, "a message that cannot be handled is now a dead letter", "error", d.failure)
	return true
}

// receive asks for more as long as there is room. A question under way is not broken off.
func (l *listener) receive(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		room := l.hand.room()
		if room == 0 {
			pause(ctx, l.hand.went, 0)
			continue
		}
		received, err := l.broker.receive(context.WithoutCancel(ctx), l.queues.main, l.broker.ask(room))
		if isMissing(err) {
			l.broker.topology.forget()
			return errGone
		}
		if err != nil {
			l.state.Down(ctx, err)
			reach.Sleep(ctx, reach.Pause(failures))
			failures++
			continue
		}
		failures = 0
		l.state.Up(ctx)
		l.hand.add(received)
	}
	return nil
}

// keep asks for more time for what is in hand, before it is over.
func (l *listener) keep(ctx context.Context) error {
	visibility := l.broker.config.Visibility
	for ctx.Err() == nil {
		pause(ctx, nil, visibility/3)
		open := l.hand.unhandled()
		until := time.Now().Add(visibility)
		kept, lost := l.broker.changeVisibility(ctx, l.queues.main, open, visibility)
		l.hand.extend(kept, until)
		l.hand.lose(lost)
	}
	return nil
}

// remove removes what is handled from the queue.
func (l *listener) remove(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		err := l.removeSome(ctx)
		if err == nil {
			failures = 0
			continue
		}
		if errors.Is(err, errNothing) {
			pause(ctx, l.hand.finished, 0)
			continue
		}
		reach.Sleep(ctx, reach.Pause(failures))
		failures++
	}
	return nil
}

func (l *listener) removeSome(ctx context.Context) error {
	handled := l.hand.removable()
	if len(handled.deliveries) == 0 {
		return errNothing
	}
	gone, err := l.broker.delete(ctx, l.queues.main, handled)
	l.hand.lose(gone)
	return err
}

// end removes what was handled at the last, and gives back the rest, so that others get it at once.
func (l *listener) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	for err := error(nil); err == nil; {
		err = l.removeSome(ctx)
	}
	l.broker.changeVisibility(ctx, l.queues.main, l.hand.unhandled(), 0)
}

// count shows how many messages wait for the group, and how many dead letters it has.
func (l *listener) count(ctx context.Context) error {
	for ctx.Err() == nil {
		for queue, shown := range map[string]*prometheus.GaugeVec{
			l.queues.dead: l.broker.metrics.dead, l.queues.main: l.broker.metrics.waiting,
		} {
			if n, err := l.broker.countMessages(ctx, queue); err == nil { // else the last figure stays; who receives tells of it
				shown.WithLabelValues(l.group).Set(float64(n))
			}
		}
		pause(ctx, nil, countEvery)
	}
	return nil
}

// sendOne sends a single message.
func (b *Broker) sendOne(ctx context.Context, url string, m outgoing) error {
	var err error
	m.answer = &err
	_ = b.sendBatch(ctx, queue{b.clients.sqs, url}, []outgoing{m}) // it is in the answer
	if err != nil {
		return fmt.Errorf("sending %s: %w", m.attributes[idAttribute], err)
	}
	return nil
}
