package sqs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// deadVisibility is how long a dead letter that is looked at is hidden from others, should nobody give it back.
	deadVisibility = 2 * time.Minute
	// deadWait is how long the broker looks for more where there seem to be none: without it, it asks only some of its
	// machines.
	deadWait = time.Second
)

// CountDeadLetters implements msgqueue.DeadLetters. The figure is the broker's, which may be a minute old.
func (b *Broker) CountDeadLetters(ctx context.Context, group string) (int, error) {
	n := 0
	err := b.withDead(ctx, group, func(_ context.Context, q queues) (err error) {
		n, err = b.countMessages(ctx, q.dead)
		return err
	})
	return n, err
}

// DeadLetters implements msgqueue.DeadLetters. While it looks at them, nobody else sees them. Those that are found are
// in order; where there are more than the limit, the broker chooses.
func (b *Broker) DeadLetters(ctx context.Context, group string, limit int) ([]msgqueue.DeadLetter, error) {
	var dead []msgqueue.DeadLetter
	err := b.withDead(ctx, group, func(ctx context.Context, q queues) error {
		return b.eachDead(ctx, q.dead, limit, func(d *arrival) (bool, error) {
			dead = append(dead, d.deadLetter())
			return false, nil
		})
	})
	slices.SortStableFunc(dead, func(x, y msgqueue.DeadLetter) int { return x.Since.Compare(y.Since) })
	return dead, err
}

// Requeue implements msgqueue.DeadLetters. A dead letter is removed only when it is in the group's queue, so that none
// is lost; one may be given back twice.
func (b *Broker) Requeue(ctx context.Context, group string, ids ...string) (int, error) {
	n := 0
	err := b.withDead(ctx, group, func(ctx context.Context, q queues) error {
		count, err := b.countMessages(ctx, q.dead)
		if err != nil {
			return err
		}
		return b.eachDead(ctx, q.dead, count, func(d *arrival) (bool, error) {
			if len(ids) > 0 && !slices.Contains(ids, d.envelope().ID) {
				return false, nil
			}
			if err := b.sendOne(ctx, q.main, again(d, b.config.FIFO)); err != nil {
				return false, err
			}
			n++
			return true, nil
		})
	})
	return n, err
}

// withDead calls f with the queues of a group, if there are any.
func (b *Broker) withDead(ctx context.Context, group string, f func(context.Context, queues) error) error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := b.untilClosed(ctx)
	defer cancel()
	q, err := b.existing(ctx, group)
	if err == nil {
		err = f(ctx, q)
	}
	if err != nil {
		return fmt.Errorf("dead letters of %s: %w", group, err)
	}
	return nil
}

// existing finds the queues of a group, and makes none.
func (b *Broker) existing(ctx context.Context, group string) (queues, error) {
	all, err := b.topology.all(ctx)
	if err != nil {
		return queues{}, err
	}
	if q, subscribed := all[group]; subscribed {
		return q, nil
	}
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	var urls []string
	for _, name := range []string{b.config.queueName(group), b.config.deadName(group)} {
		found, err := b.clients.sqs.GetQueueUrl(ctx, &awssqs.GetQueueUrlInput{QueueName: &name})
		if err != nil {
			return queues{}, reach.Unavailable(err)
		}
		urls = append(urls, aws.ToString(found.QueueUrl))
	}
	return queues{urls[0], urls[1]}, nil
}

// eachDead looks at up to n dead letters. What f does not take is given back at the end; until then it is hidden, so
// that the broker goes on to others.
func (b *Broker) eachDead(ctx context.Context, url string, n int, f func(*arrival) (taken bool, err error)) error {
	var back []*arrival
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
		defer cancel()
		b.changeVisibility(ctx, url, receiptsOf(back), 0)
	}()
	for n > 0 {
		found, err := b.receive(ctx, url, question{most: min(n, maxBatch), wait: deadWait, visibility: deadVisibility})
		if err != nil || len(found) == 0 {
			return err
		}
		n -= len(found)
		for i, d := range found {
			taken, err := f(d)
			if taken && err == nil {
				_, err = b.delete(ctx, url, receiptsOf([]*arrival{d}))
			} else {
				back = append(back, d)
			}
			if err != nil {
				back = append(back, found[i+1:]...)
				return err
			}
		}
	}
	return nil
}
