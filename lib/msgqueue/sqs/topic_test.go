package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
)

// TestTopic publishes to a topic: every group gets what it asked for, as it was emitted, and nothing else.
func TestTopic(t *testing.T) {
	for arn, fifo := range map[string]bool{topicARN: false, fifoTopicARN: true} {
		t.Run(arn, func(t *testing.T) {
			backends.SharedSQS(t).Use(t)
			newNotifications(t)
			c := config(t)
			c.TopicARN, c.FIFO = arn, fifo
			var policy string
			b := open(t, c.With(policies(&policy)))
			all := envelopes(0, 30)
			for n := range all {
				if n%3 == 0 {
					all[n].Name = "event.cancelled" // nobody asked for it
				}
			}
			emit(t, b, all...)
			wanted := slices.DeleteFunc(all, func(e msgqueue.Envelope) bool { return e.Name != name })
			a := listen(t, b, nil)
			a.wait(t, wanted...)
			byID := func(x, y msgqueue.Envelope) int { return strings.Compare(x.ID, y.ID) }
			if diff := cmp.Diff(wanted, slices.SortedFunc(slices.Values(a.got()), byID)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			queue := "arn:aws:sqs:us-east-1:000000000000:" + c.Prefix + group + strings.TrimPrefix(arn, topicARN)
			want := fmt.Sprintf(`{"Statement":[{"Action":"sqs:SendMessage","Condition":{"ArnEquals":{"aws:SourceArn":%q}},`+
				`"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Resource":%q}],"Version":"2012-10-17"}`, arn, queue)
			if policy != want {
				t.Errorf("the queue's policy is\n%s, want\n%s", policy, want)
			}
		})
	}
}

// policies keeps the policy that a queue is given.
func policies(policy *string) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("policies", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			if given, ok := in.Parameters.(*awssqs.SetQueueAttributesInput); ok {
				*policy = given.Attributes["Policy"]
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.After)
	}
}

// TestSubscriptionChanges opens with other names than those that the queue is subscribed with.
func TestSubscriptionChanges(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	newNotifications(t)
	c := config(t)
	c.TopicARN = topicARN
	c.Subscriptions = map[string][]string{group: {"event.cancelled"}}
	emit(t, open(t, c), envelope(0)) // nobody has asked for it yet
	c.Subscriptions = subscriptions()
	b := open(t, c)
	emit(t, b, envelope(1))
	a := listen(t, b, nil)
	a.wait(t, envelope(1))
	if n := a.times(envelope(0)); n != 0 {
		t.Error("what nobody had asked for arrives")
	}
}

// TestTopicRejects has a topic reject one message of a batch, and fail altogether.
func TestTopicRejects(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	stand := newNotifications(t)
	stand.reject[envelope(3).ID] = "InvalidParameter"
	c := config(t)
	c.TopicARN = topicARN
	b := open(t, c)
	for n, err := range b.Emit(within(t, limit), envelopes(0, 20)) {
		if (err != nil) != (n == 3) || errors.Is(err, msgqueue.ErrUnavailable) {
			t.Errorf("%d has the answer %v", n, err)
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_SNS", "http://"+silent(t))
	c.Patience = time.Second
	wantUnavailable(t, open(t, c).Emit(within(t, limit), envelopes(0, 2)))
}
