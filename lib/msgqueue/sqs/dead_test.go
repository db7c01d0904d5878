package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/sqs"
)

// waitForDead waits until the group has so many dead letters, and answers with them.
func waitForDead(t *testing.T, b *sqs.Broker, n int) (dead []msgqueue.DeadLetter) {
	t.Helper()
	eventually(t, "the dead letters", func() (err error) {
		dead, err = b.DeadLetters(within(t, limit), group, n+10)
		if err == nil && len(dead) != n {
			err = fmt.Errorf("there are %d, want %d", len(dead), n)
		}
		return err
	})
	return dead
}

// TestPoison has one message fail always, and one panic: both become dead letters, with the reason, while the others go
// on. Given back they fail again, and again, which no queue takes for a repetition; and in the end they are handled.
func TestPoison(t *testing.T) {
	for name, fifo := range map[string]bool{"standard": false, "fifo": true} {
		t.Run(name, func(t *testing.T) {
			backends.SharedSQS(t).Use(t)
			c := config(t)
			c.FIFO = fifo
			b := open(t, c)
			var repaired atomic.Bool
			a := listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
				switch {
				case repaired.Load():
				case e.ID == envelope(3).ID:
					return errors.New("unheard of\x00 " + strings.Repeat("é", 1000))
				case e.ID == envelope(5).ID:
					panic("at the disco")
				}
				return nil
			})
			begun := time.Now()
			large := envelope(3)
			large.Body = []byte(padding(255 << 10)) // with no room for all of the reason
			emit(t, b, append(envelopes(4, 30), large)...)
			for range 2 {
				reasons := map[string]string{large.ID: "unheard of", envelope(5).ID: "panic: at the disco"}
				for _, dead := range waitForDead(t, b, 2) {
					says := reasons[dead.ID]
					if says == "" || !strings.Contains(dead.Reason, says) || dead.Tries != 3 || dead.Since.Before(begun) {
						t.Errorf("a dead letter after %d tries at %s: %s", dead.Tries, dead.Since, dead.Reason)
					}
				}
				if n, err := b.Requeue(within(t, limit), group); n != 2 || err != nil {
					t.Errorf("%d were given back (%v)", n, err)
				}
			}
			waitForDead(t, b, 2)
			repaired.Store(true)
			if n, err := b.Requeue(within(t, limit), group); n != 2 || err != nil {
				t.Errorf("%d were given back (%v)", n, err)
			}
			a.wait(t, append(envelopes(4, 30), large)...)
			a.once(t)
			for _, e := range a.got() {
				if e.ID == large.ID {
					if diff := cmp.Diff(large, e); diff != "" {
						t.Errorf("it has come back changed (-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}

// TestDying has every listener die with the message in hand, as a process does that the message kills: the broker gives
// it up itself, after so many times.
func TestDying(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c := config(t)
	b := open(t, c)
	emit(t, b, envelope(0))
	client, url := raw(t, c)
	eventually(t, "the end of it", func() error {
		for range 10 {
			taken, err := client.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: url})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range taken.Messages {
				_, err := client.ChangeMessageVisibility(t.Context(), &awssqs.ChangeMessageVisibilityInput{
					QueueUrl: url, ReceiptHandle: m.ReceiptHandle,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if n, err := b.CountDeadLetters(within(t, limit), group); n != 1 {
			return fmt.Errorf("%d dead letters (%w)", n, err)
		}
		return nil
	})
	dead := waitForDead(t, b, 1)[0]
	if dead.ID != envelope(0).ID || dead.Name != name || !strings.Contains(dead.Reason, "given up by the broker") ||
		dead.Tries != 100 || time.Since(dead.Since) > 2*limit {
		t.Errorf("got %+v", dead)
	}
	a := listen(t, b, nil)
	if n, err := b.Requeue(within(t, limit), group, dead.ID); n != 1 || err != nil {
		t.Errorf("%d were given back (%v)", n, err)
	}
	a.wait(t, envelope(0))
}

// TestDeadLettersStay shows that looking at dead letters takes none away, that they are in the order of their deaths,
// and that all of them can be seen though a FIFO queue gives out few of a key at once.
func TestDeadLettersStay(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c := config(t)
	c.FIFO, c.Tries = true, 1
	b := open(t, c)
	listen(t, b, func(context.Context, msgqueue.Envelope) error { return errors.New("no") })
	all := envelopes(0, 25)
	for n := range all {
		all[n].Key = "one"
	}
	emit(t, b, all...)
	for range 3 {
		for n, dead := range waitForDead(t, b, len(all)) {
			if dead.ID != all[n].ID {
				t.Fatalf("%s has the place of %s", dead.ID, all[n].ID)
			}
		}
	}
}

// TestUnknownGroup has no dead letters to speak of, and gets no queues by being asked for them.
func TestUnknownGroup(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	b := open(t, config(t))
	for range 2 {
		if _, err := b.DeadLetters(within(t, limit), "nobody", 10); err == nil {
			t.Error("a group that does not exist has dead letters")
		}
		if _, err := b.Requeue(within(t, limit), "nobody"); err == nil {
			t.Error("a group that does not exist gets them back")
		}
	}
}

// TestForeign gets a message as the book's services send them, with the name and nothing else.
func TestForeign(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c := config(t)
	b := open(t, c)
	emit(t, b) // makes the queues
	client, url := raw(t, c)
	begun := time.Now().Add(-time.Second)
	sent, err := client.SendMessage(t.Context(), &awssqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String(`{"id":"1"}`),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"event_name": {DataType: aws.String("String"), StringValue: aws.String(name)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var repaired atomic.Bool
	a := listen(t, b, func(context.Context, msgqueue.Envelope) error {
		if repaired.Load() {
			return nil
		}
		return errors.New("no")
	})
	id := aws.ToString(sent.MessageId)
	if dead := waitForDead(t, b, 1)[0]; dead.ID != id || dead.Name != name || dead.Time.Before(begun) {
		t.Errorf("the dead letter is %+v", dead)
	}
	repaired.Store(true)
	if n, err := b.Requeue(within(t, limit), group, id); n != 1 || err != nil {
		t.Errorf("%d were given back (%v)", n, err)
	}
	a.wait(t, msgqueue.Envelope{ID: id})
}

// TestNoLog: what SQS cannot do it does not pretend to.
func TestNoLog(t *testing.T) {
	if _, is := any(new(sqs.Broker)).(msgqueue.Log); is {
		t.Error("SQS keeps nothing that was handled, and cannot be a log")
	}
}
