package amqp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"myevents/lib/msgqueue"
)

// publisher sends messages over a connection of its own, which belongs to one goroutine.
type publisher struct {
	broker *Broker
	// batches is received from while the broker can be reached, or is known not to be. Whoever calls while a connection
	// is being made waits for what comes of it.
	batches chan *batch
	// done is closed when the goroutine has ended.
	done  chan struct{}
	state *state
}

// send sends the messages whose error is nil, in their order, and answers with an error for each: nil means that the
// broker has it for good.
func (p *publisher) send(ctx context.Context, messages []outgoing, errs []error) []error {
	if p.broker.isClosed() {
		return newBatch(messages, errs).leave(msgqueue.ErrClosed)
	}
	b := newBatch(messages, errs)
	if b.remaining() == 0 {
		return b.leave(nil)
	}
	patience := time.NewTicker(p.broker.config.Patience)
	defer patience.Stop()
	select {
	case p.batches <- b:
	case <-patience.C:
		return b.leave(p.blocked(ctx))
	case <-ctx.Done():
		return b.leave(unavailable(ctx.Err()))
	case <-p.done:
		return b.leave(msgqueue.ErrClosed)
	}
	return b.leave(p.wait(ctx, b, patience.C))
}

// wait waits until everything has its answer. The error is for what has none.
func (p *publisher) wait(ctx context.Context, b *batch, patience <-chan time.Time) error {
	remaining := b.remaining()
	for {
		select {
		case <-b.done:
			return nil
		case <-ctx.Done():
			return unavailable(ctx.Err())
		case <-p.done:
			return msgqueue.ErrClosed
		case <-patience:
			now := b.remaining()
			if now == remaining {
				return p.blocked(ctx)
			}
			remaining = now
		}
	}
}

// blocked is for a broker that keeps the connection but takes nothing, as it does when its memory or its disk is full.
func (p *publisher) blocked(ctx context.Context) error {
	err := fmt.Errorf("%w: it confirms nothing at the moment", msgqueue.ErrUnavailable)
	p.state.down(ctx, err)
	return err
}

// run keeps the publisher connected until the broker is closed.
func (p *publisher) run(ctx context.Context) {
	defer close(p.done)
	for failures := 0; ; failures++ {
		s, err := p.connect(ctx)
		if err == nil {
			failures = 0
			p.state.connected(ctx)
			err = s.serve(ctx, p.batches)
			s.close()
		}
		if ctx.Err() != nil {
			return
		}
		p.state.down(ctx, err)
		if !p.refuse(ctx, pause(failures), unavailable(err)) {
			return
		}
	}
}

func (p *publisher) connect(ctx context.Context) (*session, error) {
	l, err := p.broker.connect(ctx)
	if err != nil {
		return nil, err
	}
	return newSession(ctx, l, p.broker.config.Window, p.broker.metrics, p.state)
}

// refuse answers everybody with an error for a time. It is false when the broker is closed.
func (p *publisher) refuse(ctx context.Context, d time.Duration, err error) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case b := <-p.batches:
			b.fail(0, err)
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

var errUnroutable = errors.New("no queue takes it; the topology is declared again")
