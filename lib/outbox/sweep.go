package outbox

import (
	"context"
	"fmt"
	"time"

	"myevents/lib/persistence"
)

const (
	// sweepEvery is how often the sweeper looks into the store without being told to.
	sweepEvery = time.Second
	// page is how many messages it reads at once.
	page = 2 * batch
	// leaseFor is how long the sweeper keeps others from sweeping, and so how long it takes until another one goes on
	// where a process has died. It is renewed when half of it is over.
	leaseFor = 10 * time.Second
	// measureEvery is how often the backlog is counted.
	measureEvery = 5 * time.Second
)

// sweep works off what was left in the store: at the start, every second, when told that there is something, and when
// the broker is to be tried again.
func (r *Relay) sweep(ctx context.Context) {
	prompted := false
	for ctx.Err() == nil {
		r.workOff(ctx, prompted)
		if pause := r.hand.pausing(); pause > 0 {
			wait(ctx, nil, pause)
			prompted = true
			continue
		}
		prompted = wait(ctx, r.hand.sweep, sweepEvery)
	}
}

// workOff takes page after page out of the store, as far as there is room for them, until it has come by everything.
// What it took calls for it again when it is published.
func (r *Relay) workOff(ctx context.Context, prompted bool) {
	for skipped, others := 0, 0; skipped <= others && r.hand.mayAsk(); {
		messages, err := r.read(ctx)
		var taken int
		taken, others = r.hand.adopt(messages, prompted)
		if ctx.Err() != nil {
			return
		}
		r.reading.set(ctx, err)
		if len(messages) < page {
			return
		}
		skipped += len(messages)
		if taken > 0 {
			skipped = 0
		}
	}
}

// read answers with a page of the outbox, or with nothing if another relay has the lease.
func (r *Relay) read(ctx context.Context) ([]persistence.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	mine, err := r.lease.take(ctx, r)
	if err != nil || !mine {
		return nil, err
	}
	messages, err := r.store.Pending(ctx, page)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return messages, nil
}

// lease remembers what the store last said about who sweeps. Only the sweeper uses it.
type lease struct {
	mine bool
	ask  time.Time // when the store is to be asked again
}

func (l *lease) take(ctx context.Context, r *Relay) (bool, error) {
	now := time.Now()
	if now.Before(l.ask) {
		return l.mine, nil
	}
	mine, err := r.store.Lease(ctx, r.holder, leaseFor)
	if err != nil {
		return false, fmt.Errorf("taking the lease: %w", err)
	}
	l.mine, l.ask = mine, now.Add(sweepEvery)
	if mine {
		l.ask = now.Add(leaseFor / 2)
	}
	return mine, nil
}

// measure counts the backlog from time to time.
func (r *Relay) measure(ctx context.Context) {
	for ctx.Err() == nil {
		r.measureOnce(ctx)
		wait(ctx, nil, measureEvery)
	}
}

func (r *Relay) measureOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// If the store is away, the last count stays, and the age grows. The sweeper tells of it.
	if backlog, err := r.store.Backlog(ctx); err == nil {
		r.metrics.backlog(backlog)
	}
}
