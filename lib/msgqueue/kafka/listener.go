package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	// batch is how many envelopes are begun until it is looked again how much is open.
	batch = 500
	// maxOpen is how much may be begun and not committed, until nothing more is begun. It fills up behind an envelope that
	// waits for its next try, and all of it comes again if the process dies meanwhile.
	maxOpen = 1000
	// sessionTimeout is how long the others wait for a listener that has died without a word.
	sessionTimeout    = 15 * time.Second
	heartbeatInterval = time.Second
	// commitEvery is how often it is committed what was handled, besides whenever partitions move.
	commitEvery = time.Second
	// yieldTimeout bounds how long a partition that goes to another listener waits for the envelope in hand, which
	// otherwise comes again there.
	yieldTimeout = 2 * time.Second
	// parkTimeout bounds bringing a dead letter away. What does not succeed is tried again later.
	parkTimeout = 2 * time.Second
)

// Listen implements msgqueue.EventListener. The listeners of a group share the partitions, so that no more of them are
// at work than there are partitions. Besides the context's error it answers msgqueue.ErrClosed when the broker is
// closed.
func (b *Broker) Listen(ctx context.Context, group string, names []string, h msgqueue.Handler) error {
	inner, leave, err := b.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	b.working.Go(func() { b.count(inner, group) })
	h = delivery.Guard(h)
	state, counts := b.newState("listener "+group), b.metrics.counts(group)
	for failures := 0; ; failures++ {
		l := &listener{
			broker: b, group: group, names: names, state: state, counts: counts, progress: newProgress(),
			handle: func(e msgqueue.Envelope) error { return h(ctx, e) },
		}
		err := l.listen(inner)
		if inner.Err() != nil {
			return context.Cause(inner)
		}
		state.Down(inner, err)
		reach.Sleep(inner, reach.Pause(failures))
	}
}

// listener is a member of a group. All of it but the progress, and what is marked, belongs to the goroutine of Listen.
type listener struct {
	broker   *Broker
	group    string
	names    []string
	state    *reach.State
	handle   func(msgqueue.Envelope) error
	client   *kgo.Client
	counts   counts
	progress *progress
	// fetched is what was taken over from the client and not begun.
	fetched []run
	waiting delivery.Retries[*item]
	marking sync.Mutex
}

// listen joins the group and handles what comes until the context ends, or something is not as it should be, which
// joining again may mend.
func (l *listener) listen(ctx context.Context) (err error) {
	if err := l.declare(ctx); err != nil {
		return err
	}
	// The client's own context lives on until all is committed.
	own, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	l.client, err = l.broker.newClient(own, "listener "+l.group, l.options()...)
	if err != nil {
		return err
	}
	defer func() {
		timer := time.AfterFunc(closeTimeout, end)
		defer timer.Stop()
		l.client.CloseAllowingRebalance() // it yields all
	}()
	l.broker.working.Go(func() { l.keepMarking(own) })
	for ctx.Err() == nil {
		if err := l.poll(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *listener) declare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, declareTimeout)
	defer cancel()
	if err := l.broker.topology.await(ctx, nil, nil); err != nil {
		return err
	}
	return l.broker.declareGroup(ctx, l.group)
}

func (l *listener) options() []kgo.Opt {
	return []kgo.Opt{
		kgo.ConsumerGroup(l.group), kgo.ConsumeTopics(topic, requeuedTopic(l.group)),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(sessionTimeout), kgo.HeartbeatInterval(heartbeatInterval),
		kgo.AutoCommitMarks(), kgo.AutoCommitInterval(commitEvery), kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(ctx context.Context, _ *kgo.Client, _ map[string][]int32) { l.state.Up(ctx) }),
		kgo.OnPartitionsRevoked(l.yield),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, gone map[string][]int32) {
			l.progress.take(gone)
			l.progress.leave()
		}),
		kgo.WithHooks(groupErrors{l.state}), kgo.WithPools(new(recordPool)),
	}
}

// groupErrors shows what puts a listener out of its group.
type groupErrors struct{ *reach.State }

// OnGroupManageError implements kgo.HookGroupManageError.
func (g groupErrors) OnGroupManageError(err error) { g.Down(context.Background(), err) }

// yield gives partitions to another listener, and commits what was handled of them.
func (l *listener) yield(ctx context.Context, client *kgo.Client, gone map[string][]int32) {
	ctx, cancel := context.WithTimeout(ctx, yieldTimeout)
	defer cancel()
	select {
	case <-l.progress.take(gone):
	case <-ctx.Done():
		l.progress.leave()
	}
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	l.mark(client)
	_ = client.CommitMarkedOffsets(ctx) // what it does not succeed with comes again
}

// mark has the client commit what was handled, the next time that it commits. What is taken out of the progress is
// with the client before somebody else finds nothing there.
func (l *listener) mark(client *kgo.Client) {
	l.marking.Lock()
	defer l.marking.Unlock()
	client.MarkCommitOffsets(l.progress.done())
}

// keepMarking marks so often that each commit has what is new, however long a handler takes.
func (l *listener) keepMarking(ctx context.Context) {
	ticker := time.NewTicker(commitEvery / 2)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ticker.C:
			l.mark(l.client)
		case <-ctx.Done():
		}
	}
}

// poll handles what there is, new ones and those whose next try is due.
func (l *listener) poll(ctx context.Context) error {
	if l.progress.full() {
		due, stop := l.waiting.Due()
		defer stop()
		select {
		case <-due:
		case <-ctx.Done():
		}
		l.retry(ctx)
		return nil
	}
	if len(l.fetched) == 0 {
		if err := l.receive(ctx); err != nil {
			return err
		}
	}
	l.handleAll(ctx, l.next())
	l.retry(ctx)
	return nil
}

// next is what is begun until it is looked again how much is open.
func (l *listener) next() run {
	if len(l.fetched) == 0 {
		return run{}
	}
	first := &l.fetched[0]
	n := min(batch, len(first.records))
	begun := run{records: first.records[:n], partition: first.partition}
	if first.records = first.records[n:]; len(first.records) == 0 {
		l.fetched = l.fetched[1:]
	}
	return begun
}

// handleAll handles records for the first time, besides whatever is due meanwhile.
func (l *listener) handleAll(ctx context.Context, begun run) {
	i := new(item)
	for _, r := range begun.records {
		l.retry(ctx)
		*i = item{Record: r, partition: begun.partition}
		l.try(ctx, i)
		if i.done && !i.opened {
			r.Recycle()
		} else {
			i = new(item) // that one stays
		}
	}
}

// receive takes over what comes until the next try is due. While it does, no partition is taken away. It takes all that
// the client has, which asks the broker for more only then, and so does it while this is being handled.
func (l *listener) receive(ctx context.Context) error {
	bounded := ctx
	if l.waiting.Len() > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithDeadline(ctx, l.waiting.Next())
		defer cancel()
	}
	fetches := l.client.PollFetches(bounded)
	defer l.client.AllowRebalance()
	if bounded.Err() == nil {
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("receiving: %w", err)
		}
	}
	l.fetched = l.progress.receive(fetches)
	return nil
}

// retry tries what is due.
func (l *listener) retry(ctx context.Context) {
	for l.waiting.Len() > 0 && !time.Now().Before(l.waiting.Next()) && ctx.Err() == nil {
		l.try(ctx, l.waiting.Take())
	}
}

// try hands an envelope to the handler, after which it is done, or waits.
func (l *listener) try(ctx context.Context, i *item) {
	if ctx.Err() == nil && l.progress.begin(i) {
		l.progress.end(l.attempt(ctx, i))
	}
}

// attempt says whether an envelope need not come again. If it must, it waits, unless the listener has ended.
func (l *listener) attempt(ctx context.Context, i *item) (done bool) {
	name := headerBytes(i.Record, nameHeader)
	if name != nil && !l.asks(name) { // most may be for others: it is not worth while to look into all
		return l.done(l.counts.skipped)
	}
	e := envelope(i.Record)
	if !slices.Contains(l.names, e.Name) {
		return l.done(l.counts.skipped)
	}
	if i.tries < l.broker.config.Tries {
		failure := l.handle(e)
		if failure == nil {
			return l.done(l.counts.handled)
		}
		if ctx.Err() != nil {
			return false // it was interrupted, which is no fault of the envelope's
		}
		l.counts.failed.Inc()
		i.tries, i.failure = i.tries+1, failure
	}
	if i.tries >= l.broker.config.Tries && l.park(ctx, i, e) {
		return l.done(l.counts.dead)
	}
	l.waiting.Add(i, delivery.Backoff(l.broker.config.Backoff, i.tries))
	return false
}

// asks says whether the listener wants envelopes of a name. They are few: a map would take longer.
func (l *listener) asks(name []byte) bool {
	for _, asked := range l.names {
		if asked == string(name) {
			return true
		}
	}
	return false
}

func (l *listener) done(result prometheus.Counter) bool {
	result.Inc()
	return true
}

// park puts an envelope among the dead letters, and says whether the broker has it there.
func (l *listener) park(ctx context.Context, i *item, e msgqueue.Envelope) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), parkTimeout)
	defer cancel()
	err := errors.Join(l.broker.send(ctx, toDead(l.group, i.Record, i.tries, i.failure))...)
	log := l.broker.config.Logger.With("group", l.group, "message", e.ID, "event", e.Name, "tries", i.tries)
	if err != nil {
		log.WarnContext(ctx, "a message that cannot be handled waits to be put among the dead letters", "error", err)
		return false
	}
	log.ErrorContext(ctx, "a message that cannot be handled is now a dead letter", "error", i.failure)
	return true
}
