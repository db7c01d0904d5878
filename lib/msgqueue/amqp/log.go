package amqp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// logPrefetch is how many envelopes of the log are on their way at a time, and logAck how many are acknowledged
	// together: each acknowledgement is a write to the connection.
	logPrefetch = 1000
	logAck      = logPrefetch / 4
	// logSilence is how long the broker is silent at the end of its log before that is taken for the end. It sends all of
	// a stream's last chunk at once.
	logSilence = 500 * time.Millisecond
	// logStart is how long the first envelope of a log may take, before the log is taken for empty.
	logStart = 2 * time.Second
	// logChunk is how long the broker may take to send its log's last chunk while others add to it, so that it is never
	// silent.
	logChunk = 2 * time.Second

	offsetArgument = "x-stream-offset"
)

// ReadLog implements msgqueue.Log. It reconnects, and goes on where it was; its context needs a deadline, therefore.
func (b *Broker) ReadLog(
	ctx context.Context, after msgqueue.Position, f func(msgqueue.Position, msgqueue.Envelope) error,
) error {
	r := &logReader{broker: b, f: f, last: -1}
	if after != "" {
		offset, err := strconv.ParseInt(string(after), 10, 64)
		if err != nil || offset < 0 {
			return fmt.Errorf("%q is no position of this log", after)
		}
		r.next = offset + 1
	}
	inner, leave, err := b.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	for failures := 0; ; failures++ {
		err := r.read(inner)
		if r.ended || err == nil {
			return err
		}
		if inner.Err() != nil {
			return fmt.Errorf("reading the log: %w: %w", context.Cause(inner), err)
		}
		// A broker that has just started has no home for its stream for a moment, and answers 404.
		reach.Sleep(inner, reach.Pause(failures))
	}
}

// logReader is a call of ReadLog.
type logReader struct {
	broker *Broker
	f      func(msgqueue.Position, msgqueue.Envelope) error
	// next is the offset to go on from, last the one at which the log ends, -1 as long as that is not known.
	next, last int64
	// ended says that f has ended it.
	ended bool
}

func (r *logReader) read(ctx context.Context) error {
	k, err := r.broker.connect(ctx)
	if err != nil {
		return err
	}
	defer k.close()
	if r.last < 0 {
		if err := r.findEnd(ctx, k); err != nil {
			return err
		}
	}
	if r.next > r.last {
		return nil
	}
	deliveries, err := r.consume(ctx, k, r.next)
	if err != nil {
		return err
	}
	for r.next <= r.last {
		select {
		case d, ok := <-deliveries:
			if !ok {
				return k.reason(streadway.ErrClosed)
			}
			if err := r.deliver(&d); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// deliver passes an envelope on, unless it lies before the place to go on from: the broker begins with a whole chunk.
func (r *logReader) deliver(d *streadway.Delivery) error {
	if at, ok := offset(d); ok && at >= r.next {
		if err := r.f(msgqueue.Position(strconv.FormatInt(at, 10)), envelope(d)); err != nil {
			r.ended = true
			return err
		}
		r.next = at + 1
	}
	return acknowledge(d)
}

// acknowledge acknowledges so many deliveries at once.
func acknowledge(d *streadway.Delivery) error {
	if d.DeliveryTag%logAck != 0 {
		return nil
	}
	return d.Ack(true)
}

// findEnd looks for the last offset: it reads the last chunk until nothing more comes, or until what comes must have
// been added meanwhile, which may or may not be read.
func (r *logReader) findEnd(ctx context.Context, k *link) error {
	deliveries, err := r.consume(ctx, k, "last")
	if err != nil {
		return err
	}
	silence := time.NewTimer(logStart)
	defer silence.Stop()
	last, begun := int64(-1), time.Time{}
	for {
		select {
		case d, ok := <-deliveries:
			if !ok {
				return k.reason(streadway.ErrClosed)
			}
			if at, ok := offset(&d); ok {
				last = at
			}
			if err := acknowledge(&d); err != nil {
				return err
			}
			if begun.IsZero() {
				begun = time.Now()
			}
			silence.Reset(min(logSilence, time.Until(begun.Add(logChunk))))
		case <-silence.C:
			return r.foundEnd(ctx, k, last)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errSilent = errors.New("the log has something, of which nothing comes")

// foundEnd makes sure that a log of which nothing came is empty, and the broker not only slow.
func (r *logReader) foundEnd(ctx context.Context, k *link, last int64) error {
	return k.within(ctx, func() error {
		if err := k.Cancel(consumerTag, false); err != nil {
			return err
		}
		q, err := k.QueueInspect(logQueue)
		if err == nil && last < 0 && q.Messages > 0 {
			err = errSilent
		}
		if err == nil {
			r.last = last
		}
		return err
	})
}

const consumerTag = "log"

func (r *logReader) consume(ctx context.Context, k *link, from any) (d <-chan streadway.Delivery, err error) {
	err = k.within(ctx, func() error {
		if err := k.Qos(logPrefetch, 0, false); err != nil {
			return err
		}
		d, err = k.Consume(logQueue, consumerTag, false, false, false, false, streadway.Table{offsetArgument: from})
		return err
	})
	return d, err
}

func offset(d *streadway.Delivery) (int64, bool) {
	at, ok := d.Headers[offsetArgument].(int64)
	return at, ok
}
