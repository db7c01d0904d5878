package inproc

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

// CountDeadLetters implements msgqueue.DeadLetters.
func (b *Broker) CountDeadLetters(ctx context.Context, group string) (int, error) {
	n := 0
	err := b.file.View(ctx, func(tx *bolt.Tx) error {
		return eachOf(tx, deadBucket, group, func(uint64, attempts) error {
			n++
			return nil
		})
	})
	return n, err
}

// errEnough ends a walk.
var errEnough = errors.New("enough")

// DeadLetters implements msgqueue.DeadLetters.
func (b *Broker) DeadLetters(ctx context.Context, group string, limit int) ([]msgqueue.DeadLetter, error) {
	var dead []msgqueue.DeadLetter
	err := b.file.View(ctx, func(tx *bolt.Tx) error {
		return eachOf(tx, deadBucket, group, func(p uint64, a attempts) error {
			if len(dead) >= limit {
				return errEnough
			}
			e, err := readLog(tx, p)
			dead = append(dead, msgqueue.DeadLetter{Envelope: e, Tries: a.Tries, Reason: a.Reason, Since: a.Time})
			return err
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("reading the dead letters of %s: %w", group, err)
	}
	return dead, nil
}

// Requeue implements msgqueue.DeadLetters.
func (b *Broker) Requeue(ctx context.Context, group string, ids ...string) (int, error) {
	g, err := b.declare(ctx, group)
	if err != nil {
		return 0, fmt.Errorf("declaring the group %s: %w", group, err)
	}
	var positions []uint64
	err = b.file.Update(ctx, func(tx *boltfile.Tx) (err error) {
		if positions, err = chooseDead(tx.Tx, group, ids); err != nil {
			return err
		}
		for _, p := range positions {
			key := groupKey(group, p)
			tx.Delete(deadBucket, key)
			tx.Put(failedBucket, key, attempts{}.encode())
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("giving back dead letters of %s: %w", group, err)
	}
	g.requeue(positions)
	return len(positions), nil
}

func chooseDead(tx *bolt.Tx, group string, ids []string) ([]uint64, error) {
	var positions []uint64
	err := eachOf(tx, deadBucket, group, func(p uint64, _ attempts) error {
		if len(ids) > 0 {
			e, err := readLog(tx, p)
			if err != nil || !slices.Contains(ids, e.ID) {
				return err
			}
		}
		positions = append(positions, p)
		return nil
	})
	return positions, err
}

func (g *group) requeue(positions []uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range positions {
		if g.open[p] == nil {
			g.open[p] = &delivery{position: p, kept: true}
			heap.Push(&g.waiting, g.open[p])
		}
	}
	g.wake()
}
