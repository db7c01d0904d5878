package inproc

import (
	"context"
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/msgqueue"
)

// A part of the log is read up to these bounds, so that nothing keeps the file from using its space again while f runs.
const (
	partEnvelopes = 256
	partBytes     = 1 << 20
)

// ReadLog implements msgqueue.Log.
func (b *Broker) ReadLog(
	ctx context.Context, after msgqueue.Position, f func(msgqueue.Position, msgqueue.Envelope) error,
) error {
	next := uint64(1)
	if after != "" {
		p, err := strconv.ParseUint(string(after), 10, 64)
		if err != nil {
			return fmt.Errorf("%q is no position of this log: %w", after, err)
		}
		next = p + 1
	}
	end, err := b.endOfLog(ctx)
	for err == nil && next <= end {
		part, err := b.readPart(ctx, next)
		if err != nil || len(part) == 0 {
			return err
		}
		for _, e := range part {
			if err := f(msgqueue.Position(strconv.FormatUint(e.position, 10)), e.Envelope); err != nil {
				return err
			}
		}
		next = part[len(part)-1].position + 1
	}
	return err
}

// endOfLog is the position of the last envelope, 0 where there is none.
func (b *Broker) endOfLog(ctx context.Context) (end uint64, err error) {
	err = b.file.View(ctx, func(tx *bolt.Tx) error {
		if k, _ := tx.Bucket([]byte(logBucket)).Cursor().Last(); k != nil {
			end = position(k)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("reading the log: %w", err)
	}
	return end, nil
}

type logged struct {
	position uint64
	msgqueue.Envelope
}

func (b *Broker) readPart(ctx context.Context, from uint64) ([]logged, error) {
	var part []logged
	bytes := 0
	err := b.file.View(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(logBucket)).Cursor()
		for k, v := c.Seek(positionKey(from)); k != nil; k, v = c.Next() {
			e, err := read(tx, k, v)
			if err != nil {
				return err
			}
			part = append(part, logged{position: position(k), Envelope: e})
			if bytes += len(v); len(part) == partEnvelopes || bytes >= partBytes {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	return part, nil
}
