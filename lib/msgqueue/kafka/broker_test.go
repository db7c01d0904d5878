package kafka_test

import (
	"testing"

	"go.uber.org/goleak"

	"myevents/lib/msgqueue/kafka"
	"myevents/lib/msgqueue/msgqueuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBroker(t *testing.T) {
	features := msgqueuetest.Features{Log: true, DeadLetters: true, Partitioned: true}
	msgqueuetest.Run(t, features, func(t *testing.T) msgqueuetest.System {
		t.Helper()
		k := server(t)
		return msgqueuetest.System{
			Open: func(t *testing.T) msgqueuetest.Broker {
				t.Helper()
				c := config(k)
				c.Subscriptions = msgqueuetest.Subscriptions()
				b, err := kafka.Open(c)
				if err != nil {
					t.Fatal(err)
				}
				return b
			},
			Restart: func(t *testing.T) {
				t.Helper()
				k.Kill(t)
				k.Restart(t)
			},
		}
	})
}
