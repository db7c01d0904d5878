package sqs

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go/middleware"
	"github.com/prometheus/client_golang/prometheus"
)

// Config says which queues to use, and how. Region, credentials and endpoints are those of the AWS SDK: AWS_REGION,
// AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_SNS, AWS_CA_BUNDLE and so on.
type Config struct {
	// Prefix is what the names of all queues begin with.
	Prefix string
	// FIFO has queues that deliver what has the same key in order. All their names end in ".fifo".
	FIFO bool
	// TopicARN is a topic of Amazon SNS that everything is published to, and that every group's queue is subscribed to.
	// Where it is empty, envelopes go straight to the queues of the groups in Subscriptions, and to no one else.
	TopicARN string
	// Subscriptions has the names that each group listens to. All queues are made before anything is sent, so that a
	// group misses nothing of what is emitted before its first start.
	Subscriptions map[string][]string
	// Logger and Registerer may be nil.
	Logger     *slog.Logger
	Registerer prometheus.Registerer

	// Patience bounds every call of the broker, with all the repetitions of the SDK; 5 s where it is 0.
	Patience time.Duration
	// Tries is how often an envelope is handed to a handler that fails before it is a dead letter; 10 where it is 0.
	Tries int
	// Backoff is the time between the first two tries, doubled each time up to 30 s; 100 ms where it is 0.
	Backoff time.Duration
	// Visibility is how long a message stays with a listener that has died; one that lives asks for more time, as long
	// as it needs. In whole seconds; 30 s where it is 0.
	Visibility time.Duration
	// Wait is how long the broker keeps a listener's question open where there is nothing, and so how long a listener may
	// take to end. In whole seconds; 5 s where it is 0.
	Wait time.Duration

	// middleware is put into every call.
	middleware []func(*middleware.Stack) error
}

const (
	defaultPatience = 5 * time.Second
	// defaultTries and defaultBackoff give an envelope nearly a minute until it is a dead letter.
	defaultTries      = 10
	defaultBackoff    = 100 * time.Millisecond
	defaultVisibility = 30 * time.Second
	maxVisibility     = 12 * time.Hour // Amazon's
	defaultWait       = 5 * time.Second
	maxWait           = 20 * time.Second // Amazon's
)

// Names of queues and topics that keep the order end in it.
const fifoSuffix = ".fifo"

func (c Config) withDefaults() Config {
	c.Patience = cmp.Or(c.Patience, defaultPatience)
	c.Tries = cmp.Or(c.Tries, defaultTries)
	c.Backoff = cmp.Or(c.Backoff, defaultBackoff)
	c.Visibility = cmp.Or(c.Visibility, defaultVisibility)
	c.Wait = cmp.Or(c.Wait, defaultWait)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports everything that cannot be right.
func (c Config) Validate() error {
	var faults []error
	for _, group := range slices.Sorted(maps.Keys(c.Subscriptions)) {
		faults = append(faults, validName(c.deadName(group)))
	}
	if c.TopicARN != "" {
		if !topicARN().MatchString(c.TopicARN) {
			faults = append(faults, fmt.Errorf("the topic must be like arn:aws:sns:eu-west-1:123456789012:events, not %q",
				c.TopicARN))
		}
		if strings.HasSuffix(c.TopicARN, fifoSuffix) != c.FIFO {
			faults = append(faults, errors.New("the topic's name ends in .fifo where the queues' do, and only there"))
		}
	}
	whole := func(d, longest time.Duration) bool { return d%time.Second == 0 && d >= 0 && d <= longest }
	if !whole(c.Visibility, maxVisibility) || !whole(c.Wait, maxWait) {
		faults = append(faults, errors.New("visibility and wait must be whole seconds, up to 12 h and 20 s"))
	}
	return errors.Join(faults...)
}

func topicARN() *regexp.Regexp {
	return regexp.MustCompile(`^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$`)
}

// validName wants what Amazon wants of a queue's name, the longest of which is that of the dead letters.
func validName(name string) error {
	if regexp.MustCompile(`^[\w-]{1,80}$`).MatchString(strings.TrimSuffix(name, fifoSuffix)) && len(name) <= 80 {
		return nil
	}
	return fmt.Errorf("%q is no name for a queue: up to 80 letters, digits, - and _", name)
}

func (c Config) queueName(group string) string { return c.Prefix + group + c.suffix() }

// deadName is that of the queue for a group's dead letters.
func (c Config) deadName(group string) string { return c.Prefix + group + "-dead" + c.suffix() }

func (c Config) suffix() string {
	if c.FIFO {
		return fifoSuffix
	}
	return ""
}
