package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
)

// CountDeadLetters implements msgqueue.DeadLetters.
func (b *Broker) CountDeadLetters(ctx context.Context, group string) (int, error) {
	dead, err := b.dead(ctx, group)
	return len(dead), err
}

// DeadLetters implements msgqueue.DeadLetters.
func (b *Broker) DeadLetters(ctx context.Context, group string, limit int) ([]msgqueue.DeadLetter, error) {
	dead, err := b.dead(ctx, group)
	if err != nil {
		return nil, err
	}
	letters := make([]msgqueue.DeadLetter, 0, min(limit, len(dead)))
	for _, r := range dead[:min(limit, len(dead))] {
		letters = append(letters, deadLetter(r))
	}
	return letters, nil
}

// Requeue implements msgqueue.DeadLetters. A dead letter is taken away only when the broker has confirmed that it has
// it for the group, so that none is lost; one may be given back twice.
func (b *Broker) Requeue(ctx context.Context, group string, ids ...string) (int, error) {
	dead, err := b.dead(ctx, group)
	if err != nil {
		return 0, err
	}
	if len(ids) > 0 {
		dead = slices.DeleteFunc(dead, func(r *kgo.Record) bool { return !slices.Contains(ids, header(r, idHeader)) })
	}
	back := make([]*kgo.Record, len(dead))
	for n, r := range dead {
		back[n] = toGroup(group, r)
	}
	errs := b.send(ctx, back...)
	var tombstones []*kgo.Record
	for n, r := range dead {
		if errs[n] == nil {
			tombstones = append(tombstones, &kgo.Record{Topic: r.Topic, Key: r.Key})
		}
	}
	errs = append(errs, b.send(ctx, tombstones...)...)
	if err := errors.Join(errs...); err != nil {
		return len(tombstones), fmt.Errorf("giving dead letters back to %s: %w", group, err)
	}
	return len(tombstones), nil
}

// dead are the dead letters of a group, the oldest first: the last record of each key, unless that is a tombstone.
func (b *Broker) dead(ctx context.Context, group string) (dead []*kgo.Record, err error) {
	ctx, leave, err := b.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	name := deadTopic(group)
	to, err := b.ends(ctx, name)
	if err != nil {
		return nil, err
	}
	last := make(map[string]*kgo.Record)
	err = b.scan(ctx, name, make(offsets, len(to)), to, func(r *kgo.Record) error {
		if last[string(r.Key)] = r; r.Value == nil {
			delete(last, string(r.Key))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("dead letters of %s: %w", group, err)
	}
	return slices.SortedFunc(maps.Values(last), func(a, b *kgo.Record) int { return cmp.Compare(a.Offset, b.Offset) }), nil
}

const (
	// countEvery is how often a listener counts the messages of its group.
	countEvery = 10 * time.Second
	// countTimeout bounds it.
	countTimeout = 10 * time.Second
)

// count shows how many messages wait for a group, and how many dead letters it has, until the context ends. While the
// broker is away, the last figures stay.
func (b *Broker) count(ctx context.Context, group string) {
	for seen := offsets(nil); ctx.Err() == nil; {
		bounded, cancel := context.WithTimeout(ctx, countTimeout)
		seen = b.countDead(bounded, group, seen)
		b.countWaiting(bounded, group)
		cancel()
		select {
		case <-ctx.Done():
		case <-time.After(countEvery):
		}
	}
}

// countDead reads the dead letters only where there is something new. It answers with how far it has seen them.
func (b *Broker) countDead(ctx context.Context, group string, seen offsets) offsets {
	end, err := b.ends(ctx, deadTopic(group))
	if err != nil || slices.Equal(end, seen) {
		return seen
	}
	n, err := b.CountDeadLetters(ctx, group)
	if err != nil {
		return seen
	}
	b.metrics.dead.WithLabelValues(group).Set(float64(n))
	return end
}

func (b *Broker) countWaiting(ctx context.Context, group string) {
	lags, err := b.admin().Lag(ctx, group)
	if err == nil && lags.Ok() {
		b.metrics.waiting.WithLabelValues(group).Set(float64(lags[group].Lag.Total()))
	}
}
