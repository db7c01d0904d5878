package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

// scanRecords is how many records are taken at a time.
const scanRecords = 1000

// offsets has a place in each partition of a topic: that of the record which comes next.
type offsets []int64

func parsePosition(p msgqueue.Position) (offsets, error) {
	if p == "" {
		return nil, nil
	}
	var o offsets
	for part := range strings.SplitSeq(string(p), ",") {
		offset, err := strconv.ParseInt(part, 10, 64)
		if err != nil || offset < 0 {
			return nil, fmt.Errorf("%q is no position of this log", p)
		}
		o = append(o, offset)
	}
	return o, nil
}

func (o offsets) position() msgqueue.Position {
	b := make([]byte, 0, 8*len(o))
	for n, offset := range o {
		if n > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, offset, 10)
	}
	return msgqueue.Position(b)
}

// extend gives every partition a place: one that was added later begins at its beginning.
func (o offsets) extend(partitions int) offsets {
	for len(o) < partitions {
		o = append(o, 0)
	}
	return o
}

// finalError is one after which it is no use to go on.
type finalError struct{ error }

// ReadLog implements msgqueue.Log. The envelopes of a key come in their order; those of different keys may lie in
// different partitions, between which there is none, and the position has the offsets of all of them. What is emitted
// after it has begun is not read. It waits for a broker that is away; its context needs a deadline, therefore.
func (b *Broker) ReadLog(
	ctx context.Context, after msgqueue.Position, f func(msgqueue.Position, msgqueue.Envelope) error,
) error {
	from, err := parsePosition(after)
	if err != nil {
		return err
	}
	ctx, leave, err := b.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	var to offsets
	for failures := 0; ; failures++ {
		err := b.readLog(ctx, &from, &to, f)
		var final finalError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &final):
			return final.error
		case ctx.Err() != nil:
			return fmt.Errorf("reading the log: %w: %w", context.Cause(ctx), err)
		}
		reach.Sleep(ctx, reach.Pause(failures))
	}
}

// readLog goes on from where it is, and finds out first, if that is not known, up to where it has to go.
func (b *Broker) readLog(
	ctx context.Context, from, to *offsets, f func(msgqueue.Position, msgqueue.Envelope) error,
) (err error) {
	if *to == nil {
		if *from, *to, err = b.bounds(ctx, *from); err != nil {
			return err
		}
	}
	return b.scan(ctx, topic, *from, *to, func(r *kgo.Record) error {
		(*from)[r.Partition] = r.Offset + 1
		if err := f(from.position(), envelope(r)); err != nil {
			return finalError{err}
		}
		return nil
	})
}

// bounds are from where to where the log can be read.
func (b *Broker) bounds(ctx context.Context, after offsets) (from, to offsets, err error) {
	starts, err := b.listed(ctx, topic, b.admin().ListStartOffsets)
	if err != nil {
		return nil, nil, err
	}
	if to, err = b.ends(ctx, topic); err != nil {
		return nil, nil, err
	}
	if after == nil {
		return starts, to.extend(len(starts)), nil
	}
	if len(after) > len(to) {
		return nil, nil, finalError{errors.New("the position is one of another log, with more partitions")}
	}
	from = after.extend(len(to))
	for p := range from {
		if from[p] < starts[p] || from[p] > to[p] {
			return nil, nil, finalError{fmt.Errorf("the log has nothing at the position: partition %d has %d to %d, not %d",
				p, starts[p], to[p], from[p])}
		}
	}
	return from, to, nil
}

// ends are the places behind the last records that all replicas have.
func (b *Broker) ends(ctx context.Context, name string) (offsets, error) {
	return b.listed(ctx, name, b.admin().ListEndOffsets)
}

func (b *Broker) listed(
	ctx context.Context, name string, list func(context.Context, ...string) (kadm.ListedOffsets, error),
) (offsets, error) {
	all, err := list(ctx, name)
	if err == nil {
		err = all.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("the offsets of %s: %w", name, err)
	}
	o := make(offsets, len(all[name]))
	for p := range o {
		one, ok := all.Lookup(name, int32(p))
		if !ok {
			return nil, fmt.Errorf("the offsets of %s: there is none of partition %d", name, p)
		}
		o[p] = one.Offset
	}
	return o, nil
}

// scan hands the records of a topic between two places of each of its partitions to f. An error of f ends it and comes
// back as it is.
func (b *Broker) scan(ctx context.Context, name string, from, to offsets, f func(*kgo.Record) error) error {
	begin := make(map[int32]kgo.Offset)
	for p, at := range from {
		if at < to[p] {
			begin[int32(p)] = kgo.NewOffset().At(at)
		}
	}
	if len(begin) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Also what is only there for transactions has to be seen: it may be the last.
	client, err := b.newClient(ctx, "log", kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: begin}),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()), kgo.KeepControlRecords())
	if err != nil {
		return err
	}
	defer client.Close()
	for len(begin) > 0 {
		fetches := client.PollRecords(ctx, scanRecords)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		for r := range fetches.RecordsAll() {
			if r.Offset >= to[r.Partition]-1 {
				delete(begin, r.Partition)
			}
			if r.Offset >= to[r.Partition] || r.Attrs.IsControl() {
				continue
			}
			if err := f(r); err != nil {
				return err
			}
		}
	}
	return nil
}
