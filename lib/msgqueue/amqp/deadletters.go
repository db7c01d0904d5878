package amqp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
)

// CountDeadLetters implements msgqueue.DeadLetters.
func (b *Broker) CountDeadLetters(ctx context.Context, group string) (int, error) {
	n := 0
	err := b.withDead(ctx, group, func(_ *link, count int) error {
		n = count
		return nil
	})
	return n, err
}

// DeadLetters implements msgqueue.DeadLetters. While it looks at them, nobody else sees them.
func (b *Broker) DeadLetters(ctx context.Context, group string, limit int) ([]msgqueue.DeadLetter, error) {
	var dead []msgqueue.DeadLetter
	err := b.withDead(ctx, group, func(k *link, count int) error {
		return each(k, group, min(count, limit), func(d *streadway.Delivery) (bool, error) {
			dead = append(dead, deadLetter(d))
			return false, nil
		})
	})
	return dead, err
}

// Requeue implements msgqueue.DeadLetters. A dead letter is taken away only when the broker has confirmed that it has
// it in the group's queue, so that none is lost; one may be given back twice.
func (b *Broker) Requeue(ctx context.Context, group string, ids ...string) (int, error) {
	n := 0
	err := b.withDead(ctx, group, func(k *link, count int) error {
		return each(k, group, count, func(d *streadway.Delivery) (bool, error) {
			if len(ids) > 0 && !slices.Contains(ids, d.MessageId) {
				return false, nil
			}
			if err := b.sendOne(ctx, toGroup(group, d)); err != nil {
				return false, err
			}
			n++
			return true, nil
		})
	})
	return n, err
}

// withDead runs f on a link of its own, with the number of the group's dead letters.
func (b *Broker) withDead(ctx context.Context, group string, f func(k *link, count int) error) error {
	inner, leave, err := b.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	k, err := b.connect(inner)
	if err != nil {
		return fmt.Errorf("dead letters of %s: %w", group, err)
	}
	defer k.close()
	err = k.within(inner, func() error {
		q, err := k.QueueInspect(deadQueue(group))
		if err != nil {
			return err
		}
		return f(k, q.Messages)
	})
	if err != nil {
		return fmt.Errorf("dead letters of %s: %w", group, err)
	}
	return nil
}

// each gets up to n dead letters, one after another. Those that f does not take go back in their order; left to the
// broker, they would go back in another. It waits until they are back: whoever came in between would mix them up.
func each(k *link, group string, n int, f func(*streadway.Delivery) (taken bool, err error)) error {
	var back []streadway.Delivery
	var err error
	for range n {
		d, ok, failure := k.Get(deadQueue(group), false)
		if err = failure; err != nil || !ok {
			break
		}
		taken, failure := f(&d)
		if !taken {
			back = append(back, d)
		} else {
			failure = d.Ack(false)
		}
		if err = failure; err != nil {
			break
		}
	}
	for _, d := range back {
		err = errors.Join(err, d.Reject(true))
	}
	if len(back) > 0 {
		_, failure := k.QueueInspect(deadQueue(group)) // the broker answers when it has done what was asked before
		err = errors.Join(err, failure)
	}
	return err
}
