package inproc

import (
	"context"
	"fmt"
	"time"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

// Listen implements msgqueue.EventListener. Besides the context's error it answers msgqueue.ErrClosed when the broker
// is closed, and a fault of the file.
func (b *Broker) Listen(ctx context.Context, group string, names []string, h msgqueue.Handler) error {
	if !b.enter() {
		return msgqueue.ErrClosed
	}
	defer b.listeners.Done()
	g, err := b.declare(ctx, group)
	if err != nil {
		return fmt.Errorf("declaring the group %s: %w", group, err)
	}
	asked := make(map[string]bool, len(names))
	for _, name := range names {
		asked[name] = true
	}
	for {
		if err := b.ended(ctx); err != nil {
			return err
		}
		d, e, pause, err := g.take(ctx, asked)
		switch {
		case err != nil && ctx.Err() == nil:
			return fmt.Errorf("reading the queue of %s: %w", group, err)
		case err != nil:
		case d == nil:
			b.wait(ctx, pause)
		default:
			if err := b.handle(ctx, g, d, e, h); err != nil {
				return fmt.Errorf("keeping the queue of %s: %w", group, err)
			}
		}
	}
}

// enter counts a listener, unless the broker is closed.
func (b *Broker) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.listeners.Add(1)
	return true
}

func (b *Broker) ended(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-b.closing:
		return msgqueue.ErrClosed
	default:
		return nil
	}
}

func (b *Broker) wait(ctx context.Context, i idle) {
	var due <-chan time.Time
	if !i.due.IsZero() {
		timer := time.NewTimer(time.Until(i.due))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-i.changed:
	case <-due:
	case <-ctx.Done():
	case <-b.closing:
	}
}

// handle hands an envelope to the handler and keeps what has become of it. The error is one of the file; the envelope
// then comes again.
func (b *Broker) handle(ctx context.Context, g *group, d *delivery, e msgqueue.Envelope, h msgqueue.Handler) error {
	failure := h(ctx, e)
	var err error
	switch {
	case failure == nil:
		err = g.done(ctx, d)
	case ctx.Err() != nil: // it was interrupted, which is no fault of the envelope's
		g.again(d, time.Now())
	case d.tries+1 >= b.tries:
		err = g.bury(ctx, d, failure)
	default:
		err = g.retry(ctx, d, failure, min(b.backoff<<min(d.tries, 20), maxBackoff))
	}
	if err != nil {
		g.again(d, time.Now())
	}
	return err
}

// done keeps that an envelope was handled. Of one that never failed, the progress tells.
func (g *group) done(ctx context.Context, d *delivery) error {
	if d.kept {
		err := g.write(ctx, func(tx *boltfile.Tx) { tx.Delete(failedBucket, groupKey(g.name, d.position)) })
		if err != nil {
			return err
		}
	}
	g.remove(d)
	return nil
}

// bury puts an envelope among the dead letters.
func (g *group) bury(ctx context.Context, d *delivery, failure error) error {
	err := g.write(ctx, func(tx *boltfile.Tx) {
		key := groupKey(g.name, d.position)
		tx.Put(deadBucket, key, newAttempts(d.tries+1, failure).encode())
		tx.Delete(failedBucket, key)
	})
	if err != nil {
		return err
	}
	g.remove(d)
	return nil
}

// retry keeps that an envelope failed and has it come again.
func (g *group) retry(ctx context.Context, d *delivery, failure error, after time.Duration) error {
	err := g.write(ctx, func(tx *boltfile.Tx) {
		tx.Put(failedBucket, groupKey(g.name, d.position), newAttempts(d.tries+1, failure).encode())
	})
	if err != nil {
		return err
	}
	d.tries++
	g.keep(d)
	g.again(d, time.Now().Add(after))
	return nil
}

// write changes the file, also when the listener ends meanwhile.
func (g *group) write(ctx context.Context, change func(*boltfile.Tx)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	return g.file.Update(ctx, func(tx *boltfile.Tx) error {
		change(tx)
		return nil
	})
}
