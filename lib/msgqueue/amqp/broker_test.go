package amqp_test

import (
	"testing"

	"go.uber.org/goleak"

	"myevents/lib/msgqueue/amqp"
	"myevents/lib/msgqueue/msgqueuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBroker(t *testing.T) {
	msgqueuetest.Run(t, msgqueuetest.Features{Log: true, DeadLetters: true}, func(t *testing.T) msgqueuetest.System {
		t.Helper()
		r := server(t)
		return msgqueuetest.System{
			Open: func(t *testing.T) msgqueuetest.Broker {
				t.Helper()
				c := config(r.url)
				c.Subscriptions = msgqueuetest.Subscriptions()
				b, err := amqp.Open(c)
				if err != nil {
					t.Fatal(err)
				}
				return b
			},
			Restart: func(t *testing.T) {
				t.Helper()
				r.die(t)
			},
		}
	})
}
