package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

// windowPiece is how many records are given to the client at once, where there is room for them.
const windowPiece = 64

// Emit implements msgqueue.EventEmitter. The client brings every partition's records to the broker once and in their
// order, also when it has to repeat itself (idempotence, with the confirms of all replicas in sync); after one that
// fails no later one of its partition that is on its way arrives, either.
func (b *Broker) Emit(ctx context.Context, envelopes []msgqueue.Envelope) []error {
	return b.send(ctx, toRecords(envelopes)...)
}

// send sends records in their order, and answers with an error for each: nil means that the broker has it for good.
func (b *Broker) send(ctx context.Context, records ...*kgo.Record) []error {
	a := reach.NewAnswers(len(records))
	switch {
	case b.isClosed():
		return a.Leave(msgqueue.ErrClosed)
	case len(records) == 0:
		return a.Leave(nil)
	case ctx.Err() != nil:
		return a.Leave(reach.Unavailable(ctx.Err()))
	}
	patience := time.NewTicker(b.config.Patience)
	defer patience.Stop()
	if err := b.topology.await(ctx, patience.C, b.done); err != nil {
		return a.Leave(err)
	}
	// What earlier callers have left will show when the broker takes something again.
	if b.state.IsDown() && b.client().BufferedProduceRecords() > 0 {
		return a.Leave(reach.ErrSilent)
	}
	b.produce(ctx, records, a)
	return a.Leave(a.Wait(ctx, patience.C, b.done, b.state))
}

// produce gives the records to the client, as far as there is room for them. They do not end with the caller's context:
// with one of them the client would give up all others of its partition.
func (b *Broker) produce(ctx context.Context, records []*kgo.Record, a *reach.Answers) {
	for from := 0; from < len(records); {
		to := from + min(len(records)-from, windowPiece, b.config.Window)
		if err := b.room(ctx, to-from); err != nil {
			a.Fail(from, err)
			return
		}
		for n := from; n < to; n++ {
			b.client().Produce(context.Background(), records[n], func(_ *kgo.Record, err error) {
				b.window.Release(1)
				a.Answer(n, b.result(err))
			})
		}
		from = to
	}
}

// room waits until so many records more may be sent.
func (b *Broker) room(ctx context.Context, records int) error {
	if b.window.TryAcquire(int64(records)) {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	if b.window.Acquire(bounded, int64(records)) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return reach.Unavailable(ctx.Err())
	}
	b.state.Down(ctx, reach.ErrSilent)
	return reach.ErrSilent
}

// result says what has become of a record.
func (b *Broker) result(err error) error {
	ctx := context.Background() // that of whoever called may have ended
	switch {
	case err == nil:
		b.metrics.confirmed.Inc()
		b.state.Up(ctx)
		return nil
	case errors.Is(err, kerr.MessageTooLarge), errors.Is(err, kerr.RecordListTooLarge), errors.Is(err, kerr.InvalidRecord):
		b.metrics.published.WithLabelValues("refused").Inc()
		return fmt.Errorf("the broker refuses the message: %w", err)
	case errors.Is(err, kgo.ErrClientClosed) && b.closing.Err() != nil:
		return msgqueue.ErrClosed
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.UnknownTopicID):
		b.topology.spoil()
	}
	b.metrics.published.WithLabelValues("lost").Inc()
	if !errors.Is(err, kgo.ErrRecordTimeout) { // whoever waited for it has said so
		b.state.Down(ctx, err)
	}
	return reach.Unavailable(err)
}
