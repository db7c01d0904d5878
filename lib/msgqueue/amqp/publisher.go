package amqp

import (
	"context"
	"errors"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
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
		return newBatch(messages, errs).Leave(msgqueue.ErrClosed)
	}
	b := newBatch(messages, errs)
	if b.Remaining() == 0 {
		return b.Leave(nil)
	}
	patience := time.NewTicker(p.broker.config.Patience)
	defer patience.Stop()
	select {
	case p.batches <- b:
	case <-patience.C:
		p.state.Down(ctx, reach.ErrSilent)
		return b.Leave(reach.ErrSilent)
	case <-ctx.Done():
		return b.Leave(reach.Unavailable(ctx.Err()))
	case <-p.done:
		return b.Leave(msgqueue.ErrClosed)
	}
	return b.Leave(b.Wait(ctx, patience.C, p.done, p.state.State))
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
		p.state.Down(ctx, err)
		if !p.refuse(ctx, reach.Pause(failures), reach.Unavailable(err)) {
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
			b.Fail(0, err)
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

var errUnroutable = errors.New("no queue takes it; the topology is declared again")
