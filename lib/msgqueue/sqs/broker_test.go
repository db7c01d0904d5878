package sqs_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue/msgqueuetest"
	"myevents/lib/msgqueue/sqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBroker(t *testing.T) {
	suite(t, func(*sqs.Config) {}, msgqueuetest.Features{DeadLetters: true, Unordered: true, Apart: true})
}

func TestFIFO(t *testing.T) {
	suite(t, func(c *sqs.Config) { c.FIFO = true }, msgqueuetest.Features{DeadLetters: true, Partitioned: true, Apart: true})
}

// suite runs the suite of all brokers, each test with queues of its own. Those that kill the server have one that keeps
// what it has, which is too slow for the others.
func suite(t *testing.T, set func(*sqs.Config), features msgqueuetest.Features) {
	t.Helper()
	durable, quick := backends.StartSQS(t, backends.SQSOptions{Durable: true}), backends.SharedSQS(t)
	quick.Use(t)
	msgqueuetest.Run(t, features, func(t *testing.T) msgqueuetest.System {
		t.Helper()
		if strings.HasSuffix(t.Name(), "killed_broker") {
			durable.Use(t)
		}
		c := config(t)
		c.Subscriptions = msgqueuetest.Subscriptions()
		set(&c)
		return msgqueuetest.System{
			Open: func(t *testing.T) msgqueuetest.Broker {
				t.Helper()
				b, err := sqs.Open(c)
				if err != nil {
					t.Fatal(err)
				}
				return b
			},
			Restart: func(t *testing.T) {
				t.Helper()
				durable.Kill(t)
				durable.Restart(t)
			},
		}
	})
}
