package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go/middleware"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
)

// TestVisibility has tests that wait for the time to pass which a message stays with who has it: all of them together.
func TestVisibility(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	for name, test := range map[string]func(*testing.T){
		"expired": expired, "slow handler": slowHandler, "cut off": cutOff, "not removed": notRemoved,
	} {
		t.Run(name, test)
	}
}

// expired has somebody take a message and die with it: when its time is over it comes again, and is handled once.
func expired(t *testing.T) {
	t.Helper()
	t.Parallel()
	c := config(t)
	b := open(t, c)
	emit(t, b, envelopes(0, 5)...)
	client, url := raw(t, c)
	eventually(t, "the other one", func() error {
		taken, err := client.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: url, VisibilityTimeout: 2})
		if err == nil && len(taken.Messages) != 1 {
			err = errors.New("it got nothing")
		}
		return err
	})
	a := listen(t, b, nil)
	a.wait(t, envelopes(0, 5)...)
	a.once(t)
}

// slowHandler has a handler take twice as long as a message stays with who has it: nobody else gets it, nor what
// waits behind it. There is more than one listener takes ahead, so that the first one asks for nothing meanwhile.
func slowHandler(t *testing.T) {
	t.Helper()
	t.Parallel()
	c := config(t)
	c.Visibility = 5 * time.Second
	b := open(t, c)
	all := envelopes(0, 40)
	emit(t, b, all...)
	begun := make(chan struct{}, len(all))
	slow := listen(t, b, func(ctx context.Context, _ msgqueue.Envelope) error {
		begun <- struct{}{}
		if len(begun) > 1 {
			return nil
		}
		select {
		case <-time.After(2 * c.Visibility):
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	eventually(t, "the first listener", func() error { // takes what it takes ahead
		if client, url := raw(t, c); inQueue(t, client, url, types.QueueAttributeNameApproximateNumberOfMessages) > 20 {
			return errors.New("it waits")
		}
		return nil
	})
	other := listen(t, open(t, c), nil)
	eventually(t, "delivery", func() error {
		if n := len(slow.got()) + len(other.got()); n < len(all) {
			return fmt.Errorf("%d of %d are missing", len(all)-n, len(all))
		}
		return nil
	})
	for _, e := range all {
		if n := slow.times(e) + other.times(e); n != 1 {
			t.Errorf("%s was handled %d times", e.ID, n)
		}
	}
	if len(slow.got()) < 20 || len(other.got()) == 0 {
		t.Errorf("the slow one handled %d of the 20 that it had, the other one %d", len(slow.got()), len(other.got()))
	}
}

// cutOff has the network of a listener fail while it handles a message: the message, and those behind it, come to
// another one. Nothing is lost, and nobody handles again what he had.
func cutOff(t *testing.T) {
	t.Helper()
	t.Parallel()
	c := config(t)
	c.Visibility = 5 * time.Second
	var off atomic.Bool
	b := open(t, c.With(cut(&off)))
	emit(t, b, envelopes(0, 3)...)
	begun, release := make(chan struct{}, 20), make(chan struct{})
	first := listen(t, b, func(ctx context.Context, _ msgqueue.Envelope) error {
		begun <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	<-begun
	eventually(t, "the first listener", func() error { // has all three in hand
		if client, url := raw(t, c); inQueue(t, client, url, types.QueueAttributeNameApproximateNumberOfMessages) > 0 {
			return errors.New("it does not have all")
		}
		return nil
	})
	off.Store(true)
	second := listen(t, open(t, c), nil)
	second.wait(t, envelopes(0, 3)...)
	off.Store(false)
	close(release)
	first.wait(t, envelope(0))
	emit(t, b, envelopes(3, 20)...)
	eventually(t, "the others", func() error {
		for _, e := range envelopes(3, 20) {
			if first.times(e)+second.times(e) != 1 {
				return errors.New("one is missing, or came twice")
			}
		}
		return nil
	})
	second.once(t)
	if n := len(first.got()) + len(second.got()); n != 21 {
		t.Errorf("20 envelopes were handled %d times, want 21", n)
	}
}

var errCut = errors.New("the line is cut")

// cut has every call fail without reaching the server, while it is off.
func cut(off *atomic.Bool) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("cut", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			if off.Load() {
				return middleware.InitializeOutput{}, middleware.Metadata{}, errCut
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.After)
	}
}

// notRemoved has the removal of what was handled fail for a while: it does not come again meanwhile, though its time
// passes.
func notRemoved(t *testing.T) {
	t.Helper()
	t.Parallel()
	c := config(t)
	c.Visibility = 5 * time.Second
	until := time.Now().Add(2 * c.Visibility)
	b := open(t, c.With(rejecting("DeleteMessageBatch", func(string) bool { return time.Now().Before(until) })))
	a := listen(t, b, nil)
	emit(t, b, envelopes(0, 10)...)
	a.wait(t, envelopes(0, 10)...)
	time.Sleep(time.Until(until)) // its time passes
	a.once(t)
	client, url := raw(t, c)
	eventually(t, "the queue", func() error {
		for _, count := range []types.QueueAttributeName{
			types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		} {
			if n := inQueue(t, client, url, count); n > 0 {
				return fmt.Errorf("there are %d messages left in it", n)
			}
		}
		return nil
	})
}

// TestRemovedAtEnd has the removal of what was handled fail until the listener ends: it is removed all the same, and
// what is not handled is given back at once.
func TestRemovedAtEnd(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c := config(t)
	var ending atomic.Bool
	b := open(t, c.With(rejecting("DeleteMessageBatch", func(string) bool { return !ending.Load() })))
	emit(t, b, envelopes(0, 3)...)
	ctx, cancel := context.WithCancel(t.Context())
	ended, third := make(chan error, 1), make(chan struct{})
	var handled atomic.Int64
	go func() {
		ended <- b.Listen(ctx, group, subscriptions()[group], func(ctx context.Context, _ msgqueue.Envelope) error {
			if handled.Add(1) < 3 {
				return nil
			}
			close(third)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-third
	time.Sleep(time.Second) // it pauses for longer and longer between its attempts
	ending.Store(true)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Listen answered %v", err)
	}
	client, url := raw(t, c)
	if n := inQueue(t, client, url, types.QueueAttributeNameApproximateNumberOfMessages); n != 1 {
		t.Errorf("%d messages were given back, want 1", n)
	}
	if n := inQueue(t, client, url, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible); n != 0 {
		t.Errorf("%d messages are nobody's", n)
	}
}

// inQueue is one of a queue's counts.
func inQueue(t *testing.T, client *awssqs.Client, url *string, count types.QueueAttributeName) int {
	t.Helper()
	found, err := client.GetQueueAttributes(t.Context(), &awssqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{count},
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(found.Attributes[string(count)])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
