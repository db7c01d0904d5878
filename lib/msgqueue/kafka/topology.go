package kafka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

const (
	topic = "events"
	// declareTimeout bounds one attempt at declaring everything.
	declareTimeout = 20 * time.Second
	// brokersReplicas leaves the number of replicas to what the brokers have for new topics (default.replication.factor).
	brokersReplicas = -1
)

// deadTopic is where the dead letters of a group lie, requeuedTopic where they go when they are given back to it.
func deadTopic(group string) string     { return group + ".dead" }
func requeuedTopic(group string) string { return group + ".requeued" }

// kept is the configuration of topics that are kept for good. Their time is that of the broker: a client whose clock is
// wrong would have its records refused.
func kept() map[string]*string {
	return map[string]*string{
		"cleanup.policy": new("delete"), "retention.ms": new("-1"), "retention.bytes": new("-1"),
		"message.timestamp.type": new("LogAppendTime"),
	}
}

// replaced is the configuration of topics that keep the last record of each key. A tombstone stays, too: the last
// record of the topic then never goes away, which would have whoever reads up to it wait for ever.
func replaced() map[string]*string {
	return map[string]*string{
		"cleanup.policy": new("compact"), "delete.retention.ms": new("9223372036854775807"),
		"message.timestamp.type": new("LogAppendTime"),
	}
}

// topology says whether everything has been declared. It is safe for concurrent use.
type topology struct {
	// stale is sent to when something that was declared is there no more.
	stale chan struct{}

	mu       sync.Mutex
	declared bool
	failure  error         // of the last attempt
	tried    chan struct{} // closed at the end of the attempt under way
}

func newTopology() *topology {
	return &topology{stale: make(chan struct{}, 1), tried: make(chan struct{})}
}

// await waits for the end of the attempt under way, unless everything is declared. After one that failed it does not
// wait.
func (t *topology) await(ctx context.Context, patience <-chan time.Time, closed <-chan struct{}) error {
	t.mu.Lock()
	declared, failure, tried := t.declared, t.failure, t.tried
	t.mu.Unlock()
	if declared {
		return nil
	}
	if failure != nil {
		return reach.Unavailable(failure)
	}
	select {
	case <-tried:
		return t.result()
	case <-ctx.Done():
		return reach.Unavailable(ctx.Err())
	case <-patience:
		return reach.ErrSilent
	case <-closed:
		return msgqueue.ErrClosed
	}
}

func (t *topology) result() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failure != nil {
		return reach.Unavailable(t.failure)
	}
	return nil
}

// set keeps what has come of an attempt.
func (t *topology) set(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.declared, t.failure = err == nil, err
	close(t.tried)
	t.tried = make(chan struct{})
}

// spoil has everything declared again.
func (t *topology) spoil() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.declared {
		t.declared = false
		t.stale <- struct{}{} // it has room: it is received from before anything is declared again
	}
}

// keepTopology declares everything, and again when it is there no more. Then it does so with another client, which is
// another producer for the broker: the client does not go on with a new topic of the same name, and to have it forget
// the old one would have it number its records from the beginning, which a broker may take for repetitions.
func (b *Broker) keepTopology(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		err := b.declare(ctx)
		if ctx.Err() != nil {
			return
		}
		b.topology.set(err)
		if err != nil {
			b.state.Down(ctx, err)
			reach.Sleep(ctx, reach.Pause(failures))
			continue
		}
		b.state.Up(ctx)
		failures = -1
		select {
		case <-b.topology.stale:
			if err := b.renew(); err != nil {
				b.state.Down(ctx, err)
			}
		case <-ctx.Done():
		}
	}
}

func (b *Broker) declare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, declareTimeout)
	defer cancel()
	groups := slices.Sorted(maps.Keys(b.config.Subscriptions))
	if err := b.createTopics(ctx, b.topics(groups...)); err != nil {
		return err
	}
	for _, group := range groups {
		if err := b.declareOffsets(ctx, group); err != nil {
			return fmt.Errorf("declaring the group %s: %w", group, err)
		}
	}
	return nil
}

// declareGroup declares one group, when everything else is declared.
func (b *Broker) declareGroup(ctx context.Context, group string) error {
	if err := b.createTopics(ctx, b.topics(group)); err != nil {
		return err
	}
	return b.declareOffsets(ctx, group)
}

// newTopic is what a topic gets that is created.
type newTopic struct {
	partitions int
	config     map[string]*string
}

func (b *Broker) topics(groups ...string) map[string]newTopic {
	all := map[string]newTopic{topic: {b.config.Partitions, kept()}}
	for _, group := range groups {
		all[deadTopic(group)] = newTopic{1, replaced()}
		all[requeuedTopic(group)] = newTopic{1, kept()}
	}
	return all
}

// createTopics creates topics that are missing, and waits until the brokers know them. Those that are there are not
// changed, and need no right to create any.
func (b *Broker) createTopics(ctx context.Context, all map[string]newTopic) error {
	for {
		found, err := b.admin().ListTopics(ctx, slices.Sorted(maps.Keys(all))...)
		if err != nil {
			return fmt.Errorf("looking for the topics: %w", err)
		}
		missing := false
		for _, t := range found.Sorted() {
			if !errors.Is(t.Err, kerr.UnknownTopicOrPartition) {
				err = errors.Join(err, t.Err)
				continue
			}
			missing = true
			err = errors.Join(err, b.createTopic(ctx, t.Topic, all[t.Topic]))
		}
		if err != nil || !missing {
			return err
		}
		reach.Sleep(ctx, metadataMinAge) // it would not be asked for again before
	}
}

func (b *Broker) createTopic(ctx context.Context, name string, t newTopic) error {
	//nolint:gosec // the number is one of partitions
	_, err := b.admin().CreateTopic(ctx, int32(t.partitions), brokersReplicas, t.config, name)
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) { // somebody else may just have done it
		return fmt.Errorf("creating the topic %s: %w", name, err)
	}
	return nil
}

// declareOffsets makes sure that the group gets everything from now on. Where nothing is committed for it, be it new or
// forgotten by the brokers because nobody has listened for a week, it commits where the group was declared.
func (b *Broker) declareOffsets(ctx context.Context, group string) error {
	now, err := b.ends(ctx, topic)
	if err != nil {
		return err
	}
	committed, err := b.admin().FetchOffsets(ctx, group)
	if err == nil {
		err = committed.Error()
	}
	if err != nil {
		return fmt.Errorf("what is committed: %w", err)
	}
	if len(missing(committed, group, now)) == 0 {
		return nil
	}
	from, err := b.declaredAt(ctx, group, now)
	if err != nil {
		return err
	}
	return b.commit(ctx, group, missing(committed, group, from.extend(len(now))))
}

// missing are the offsets of partitions for which nothing is committed.
func missing(committed kadm.OffsetResponses, group string, from offsets) kadm.Offsets {
	var open kadm.Offsets
	add := func(name string, partition int, at int64) {
		p := int32(partition) //nolint:gosec // the number is one of partitions
		if _, ok := committed.Lookup(name, p); !ok {
			open.AddOffset(name, p, at, -1)
		}
	}
	for p, at := range from {
		add(topic, p, at)
	}
	add(requeuedTopic(group), 0, 0)
	return open
}

func (b *Broker) commit(ctx context.Context, group string, offsets kadm.Offsets) error {
	answers, err := b.admin().CommitOffsets(ctx, group, offsets)
	if err == nil {
		err = answers.Error()
	}
	// Only members may commit while there are any. They begin with the first record where nothing is committed.
	if errors.Is(err, kerr.UnknownMemberID) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("committing where it begins: %w", err)
	}
	return nil
}

// declaration is the first record of a group's own topic.
type declaration struct {
	// Declared has the place in each partition of the log from which on everything is the group's.
	Declared offsets `json:"declared"`
}

// declaredAt is where the group was declared, which is now, unless somebody was first. When several do it at the same
// time, each of them has looked for the end of the log before it saw that nothing was committed, so that all of their
// places lie before what is emitted after the first of them has committed.
func (b *Broker) declaredAt(ctx context.Context, group string, now offsets) (offsets, error) {
	first, err := b.firstDeclaration(ctx, group)
	if err != nil || first != nil {
		return first, err
	}
	value, err := json.Marshal(declaration{now})
	if err != nil {
		return nil, err
	}
	record := &kgo.Record{Topic: requeuedTopic(group), Value: value}
	if err := b.client().ProduceSync(ctx, record).FirstErr(); err != nil {
		return nil, fmt.Errorf("declaring: %w", err)
	}
	return now, nil
}

// firstDeclaration is nil where there is none.
func (b *Broker) firstDeclaration(ctx context.Context, group string) (offsets, error) {
	name := requeuedTopic(group)
	ends, err := b.ends(ctx, name)
	if err != nil || ends[0] == 0 {
		return nil, err
	}
	var first declaration
	err = b.scan(ctx, name, offsets{0}, offsets{1}, func(r *kgo.Record) error {
		if err := json.Unmarshal(r.Value, &first); err != nil || first.Declared == nil {
			return fmt.Errorf("the topic %s does not begin with where the group was declared (%w)", name, err)
		}
		return nil
	})
	return first.Declared, err
}
