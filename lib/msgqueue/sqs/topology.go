package sqs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"myevents/lib/msgqueue/internal/reach"
)

const (
	// maxReceives is how often the broker delivers a message that comes back without an answer, because the process died
	// of it, or died otherwise. It is far above the tries of a handler, so that messages which only happened to be under
	// way do not end as dead letters.
	maxReceives = 100
	// retention is how long the broker keeps a message that nobody takes, in seconds: the longest time that there is.
	retention = 14 * 24 * 60 * 60
)

// queues are those of a group, by their URLs.
type queues struct {
	main, dead string
}

// topology finds the queues, and makes those that are missing.
type topology struct {
	config  Config
	clients clients

	// lock has a place for who uses what follows.
	lock chan struct{}
	// groups has what was found. It is empty until all of the subscriptions are there.
	groups map[string]queues
	// failure is what came of the last attempt, and counts until a time, so that not everyone waits for the same.
	failure  error
	failures int
	until    time.Time
}

func newTopology(c Config, k clients) *topology {
	return &topology{config: c, clients: k, lock: make(chan struct{}, 1)}
}

// all gives the queues of all groups that there are.
func (t *topology) all(ctx context.Context) (map[string]queues, error) {
	var all map[string]queues
	err := t.with(ctx, func() error {
		all = maps.Clone(t.groups)
		return nil
	})
	return all, err
}

// group gives the queues of a group, and makes them also when it is not among the subscriptions.
func (t *topology) group(ctx context.Context, group string, names []string) (q queues, err error) {
	err = t.with(ctx, func() error {
		if q = t.groups[group]; q.main != "" {
			return nil
		}
		if q, err = t.declare(ctx, group, names); err == nil {
			t.groups[group] = q
		}
		return err
	})
	return q, err
}

// forget has everything looked for again, when some of it has turned out to be missing.
func (t *topology) forget() {
	t.lock <- struct{}{}
	t.groups = nil
	<-t.lock
}

// with calls f when all that is subscribed is there.
func (t *topology) with(ctx context.Context, f func() error) error {
	select {
	case t.lock <- struct{}{}:
		defer func() { <-t.lock }()
	case <-ctx.Done():
		return reach.Unavailable(ctx.Err())
	}
	if t.groups == nil {
		if time.Now().Before(t.until) {
			return t.failure
		}
		if err := t.declareAll(ctx); err != nil {
			t.failure = reach.Unavailable(err)
			t.until = time.Now().Add(reach.Pause(t.failures))
			t.failures++
			return t.failure
		}
		t.failures = 0
	}
	return f()
}

func (t *topology) declareAll(ctx context.Context) error {
	groups := make(map[string]queues)
	for _, group := range slices.Sorted(maps.Keys(t.config.Subscriptions)) {
		q, err := t.declare(ctx, group, t.config.Subscriptions[group])
		if err != nil {
			return fmt.Errorf("the queues of %s: %w", group, err)
		}
		groups[group] = q
	}
	t.groups = groups
	return nil
}

func (t *topology) declare(ctx context.Context, group string, names []string) (q queues, err error) {
	if err := validName(t.config.deadName(group)); err != nil {
		return queues{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.config.Patience)
	defer cancel()
	q.dead, err = t.queue(ctx, t.config.deadName(group), t.attributes)
	if err != nil {
		return queues{}, err
	}
	q.main, err = t.queue(ctx, t.config.queueName(group), func(ctx context.Context) (map[string]string, error) {
		return t.withRedrive(ctx, q.dead)
	})
	if err == nil && t.config.TopicARN != "" {
		err = t.subscribe(ctx, q.main, names)
	}
	return q, err
}

// queue finds a queue by its name, or makes it. One that is there stays as it is: it may be somebody else's work.
func (t *topology) queue(
	ctx context.Context, name string, attributes func(context.Context) (map[string]string, error),
) (string, error) {
	found, err := t.clients.sqs.GetQueueUrl(ctx, &awssqs.GetQueueUrlInput{QueueName: &name})
	if err == nil {
		return aws.ToString(found.QueueUrl), nil
	}
	if !isMissing(err) {
		return "", err
	}
	values, err := attributes(ctx)
	if err != nil {
		return "", err
	}
	made, err := t.clients.sqs.CreateQueue(ctx, &awssqs.CreateQueueInput{QueueName: &name, Attributes: values})
	if err != nil {
		return "", err
	}
	return aws.ToString(made.QueueUrl), nil
}

// attributes are those of every queue that is made.
func (t *topology) attributes(context.Context) (map[string]string, error) {
	values := map[string]string{
		string(types.QueueAttributeNameMessageRetentionPeriod): strconv.Itoa(retention),
		string(types.QueueAttributeNameVisibilityTimeout):      strconv.Itoa(int(t.config.Visibility / time.Second)),
	}
	if t.config.FIFO {
		values[string(types.QueueAttributeNameFifoQueue)] = "true"
		// Only the two together let a queue take more than 3,000 messages a second.
		values[string(types.QueueAttributeNameDeduplicationScope)] = "messageGroup"
		values[string(types.QueueAttributeNameFifoThroughputLimit)] = "perMessageGroupId"
	}
	return values, nil
}

func (t *topology) withRedrive(ctx context.Context, dead string) (map[string]string, error) {
	found, err := t.attributesOf(ctx, dead, types.QueueAttributeNameQueueArn)
	if err != nil {
		return nil, err
	}
	policy, err := json.Marshal(map[string]string{
		"deadLetterTargetArn": found[string(types.QueueAttributeNameQueueArn)],
		"maxReceiveCount":     strconv.Itoa(maxReceives),
	})
	if err != nil {
		return nil, err
	}
	values, err := t.attributes(ctx)
	values[string(types.QueueAttributeNameRedrivePolicy)] = string(policy)
	return values, err
}

func (t *topology) attributesOf(
	ctx context.Context, url string, names ...types.QueueAttributeName,
) (map[string]string, error) {
	found, err := t.clients.sqs.GetQueueAttributes(ctx, &awssqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: names,
	})
	if err != nil {
		return nil, err
	}
	return found.Attributes, nil
}

// isMissing says whether an error means that a queue does not exist. Some servers write the code in another way, so
// that the SDK does not know it.
func isMissing(err error) bool {
	var missing *types.QueueDoesNotExist
	var coded interface{ ErrorCode() string }
	return errors.As(err, &missing) || errors.As(err, &coded) && strings.HasSuffix(coded.ErrorCode(), "QueueDoesNotExist")
}
