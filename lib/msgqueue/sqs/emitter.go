package sqs

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"sync"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// maxBatch is how many messages a call has at most.
	maxBatch = 10
	// maxCalls is how many calls that send are under way at most. More would have each of them wait longer.
	maxCalls = 32
	// maxRepeats is how often what was rejected from a batch is sent again.
	maxRepeats = 3
)

// target is what takes messages: a queue, or a topic.
type target interface {
	// send sends a batch and answers with those of its messages that were not taken; the error is for all of them.
	send(ctx context.Context, batch []outgoing) ([]rejection, error)
}

// Emit implements msgqueue.EventEmitter. An envelope has arrived when all the queues that it is for have it; where
// some lack it, the others get it again. One that nobody listens to is for no queue.
//
// Envelopes of the same key stay in their order in FIFO queues, but for one case: the broker takes a part of a batch
// and rejects an earlier one of the key. Whoever cannot have that, emits the next of a document when the one before
// has arrived, as the relay does.
func (b *Broker) Emit(ctx context.Context, envelopes []msgqueue.Envelope) []error {
	errs := make([]error, len(envelopes))
	fail := func(err error) []error {
		for n := range errs {
			errs[n] = err
		}
		return errs
	}
	leave, err := b.enter()
	if err != nil {
		return fail(err)
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return fail(reach.Unavailable(err))
	}
	groups, err := b.topology.all(ctx)
	if err != nil {
		b.sending.Down(ctx, err)
		return fail(err)
	}
	var sending sync.WaitGroup
	var answers [][]error
	for to, has := range b.targets(groups) {
		mine := make([]error, len(envelopes))
		answers = append(answers, mine)
		messages := b.messages(envelopes, mine, has)
		sending.Go(func() { b.sendAll(ctx, to, messages) })
	}
	sending.Wait()
	for _, mine := range answers {
		for n, err := range mine {
			errs[n] = errors.Join(errs[n], err)
		}
	}
	return errs
}

// targets are what envelopes are sent to, each with the names that it gets.
func (b *Broker) targets(groups map[string]queues) map[target]func(name string) bool {
	if b.config.TopicARN != "" {
		everything := func(string) bool { return true }
		return map[target]func(string) bool{topic{b.clients.sns, b.config.TopicARN}: everything}
	}
	all := make(map[target]func(string) bool)
	for group, names := range b.config.Subscriptions {
		all[queue{b.clients.sqs, groups[group].main}] = func(name string) bool { return slices.Contains(names, name) }
	}
	return all
}

// messages makes the messages for a target. What can never be sent has its answer.
func (b *Broker) messages(envelopes []msgqueue.Envelope, answers []error, has func(name string) bool) []outgoing {
	messages := make([]outgoing, 0, len(envelopes))
	for n, e := range envelopes {
		if !has(e.Name) {
			continue
		}
		m, err := toOutgoing(e, b.config.FIFO)
		if answers[n] = err; err == nil {
			m.answer = &answers[n]
			messages = append(messages, m)
		}
	}
	return messages
}

// sendAll sends messages, in several batches at the same time as far as the order allows it.
func (b *Broker) sendAll(ctx context.Context, to target, messages []outgoing) {
	var sending sync.WaitGroup
	for _, lane := range lanes(messages, b.config.FIFO) {
		sending.Go(func() {
			for len(lane) > 0 {
				n := firstBatch(lane)
				if err := b.sendBatch(ctx, to, lane[:n]); err != nil {
					answer(lane[n:], err) // or they would overtake
					return
				}
				lane = lane[n:]
			}
		})
	}
	sending.Wait()
}

// lanes divides messages into what may be sent at the same time. Without an order to keep that is every batch; with
// one, all of a group are in one lane.
func lanes(messages []outgoing, fifo bool) [][]outgoing {
	var all [][]outgoing
	if !fifo {
		for len(messages) > 0 {
			n := firstBatch(messages)
			all = append(all, messages[:n])
			messages = messages[n:]
		}
		return all
	}
	all = make([][]outgoing, min(maxCalls, (len(messages)+maxBatch-1)/maxBatch))
	for _, m := range messages {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(m.group)) // it never fails
		n := int(hash.Sum32()) % len(all)
		all[n] = append(all[n], m)
	}
	return all
}

// firstBatch is how many of the messages, at least one, go into one call.
func firstBatch(messages []outgoing) int {
	size := 0
	for n, m := range messages {
		size += m.size
		if n == maxBatch || n > 0 && size > maxSize {
			return n
		}
	}
	return len(messages)
}

// sendBatch sends a batch, what was rejected of it again, and sets all its answers. The error says that the broker does
// not take anything at the moment.
func (b *Broker) sendBatch(ctx context.Context, to target, batch []outgoing) error {
	for repeats := 0; ; repeats++ {
		rejected, err := b.call(ctx, to, batch)
		if err != nil {
			answer(batch, err)
			return err
		}
		batch, err = b.sort(batch, rejected)
		if err == nil || repeats == maxRepeats {
			answer(batch, err)
			return err
		}
		reach.Sleep(ctx, reach.Pause(repeats))
	}
}

// sort sets the answers of those that will not come again, gives the others, and an error if there are any.
func (b *Broker) sort(batch []outgoing, rejected []rejection) (left []outgoing, err error) {
	refused := 0
	for _, r := range rejected {
		switch {
		case r.number < 0 || r.number >= len(batch):
			continue
		case r.permanent:
			answer(batch[r.number:r.number+1], r)
			refused++
		default:
			left = append(left, batch[r.number])
			err = reach.Unavailable(r)
		}
	}
	b.metrics.published.WithLabelValues("refused").Add(float64(refused))
	b.metrics.confirmed.Add(float64(len(batch) - refused - len(left)))
	return left, err
}

// answer sets the answers of messages.
func answer(messages []outgoing, err error) {
	for _, m := range messages {
		*m.answer = err
	}
}

// call sends a batch when it is its turn.
func (b *Broker) call(ctx context.Context, to target, batch []outgoing) ([]rejection, error) {
	if err := b.turn(ctx); err != nil {
		return nil, err
	}
	defer func() { <-b.calls }()
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	rejected, err := to.send(ctx, batch)
	if err != nil {
		err = reach.Unavailable(err)
		b.metrics.published.WithLabelValues("lost").Add(float64(len(batch)))
		b.sending.Down(ctx, err)
		if isMissing(err) {
			b.topology.forget()
		}
		return nil, err
	}
	b.sending.Up(ctx)
	return rejected, nil
}

// turn waits until one more call may be made.
func (b *Broker) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	select {
	case b.calls <- struct{}{}:
		return nil
	case <-ctx.Done():
		return reach.Unavailable(ctx.Err())
	}
}
