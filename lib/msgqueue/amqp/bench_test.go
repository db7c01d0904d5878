package amqp_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

const (
	// benchWindow, benchBatch and benchCallers are what the relay uses.
	benchWindow  = 512
	benchBatch   = 256
	benchCallers = 2
	// benchRound is what is published on one way before it is the other's turn.
	benchRound = 20 * benchBatch
)

// BenchmarkEmit publishes with Emit and with the bare library in turns, both with the same window, and reports the
// ratio of their speeds.
func BenchmarkEmit(b *testing.B) {
	r := server(b)
	broker := open(b, amqp.Config{URL: r.url, Subscriptions: subscriptions(), Window: benchWindow})
	warm := make([]msgqueue.Envelope, benchBatch)
	for n := range warm {
		warm[n] = benchEnvelope()
	}
	emit(b, broker, warm...)
	bare := newBarePublisher(b, r.url)
	var ours, theirs time.Duration
	n := 0
	for b.Loop() {
		begun := time.Now()
		emitRound(b, broker, warm)
		middle := time.Now()
		bare.round(b)
		ours += middle.Sub(begun)
		theirs += time.Since(middle)
		n += benchRound
	}
	b.ReportMetric(float64(n)/ours.Seconds(), "emit/s")
	b.ReportMetric(float64(n)/theirs.Seconds(), "bare/s")
	b.ReportMetric(100*theirs.Seconds()/ours.Seconds(), "%-of-bare")
}

func benchEnvelope() msgqueue.Envelope {
	e := envelope(1)
	e.Body = make([]byte, 300)
	return e
}

func emitRound(b *testing.B, broker *amqp.Broker, batch []msgqueue.Envelope) {
	b.Helper()
	var g sync.WaitGroup
	for range benchCallers {
		g.Go(func() {
			for range benchRound / benchBatch / benchCallers {
				if err := errors.Join(broker.Emit(b.Context(), batch)...); err != nil {
					b.Error(err)
				}
			}
		})
	}
	g.Wait()
}

// barePublisher has benchWindow messages on their way, and does nothing else.
type barePublisher struct {
	channel  *streadway.Channel
	confirms chan streadway.Confirmation
}

func newBarePublisher(b *testing.B, url string) *barePublisher {
	b.Helper()
	c := raw(b, url)
	if err := c.Confirm(false); err != nil {
		b.Fatal(err)
	}
	return &barePublisher{c, c.NotifyPublish(make(chan streadway.Confirmation, benchWindow))}
}

func (p *barePublisher) round(b *testing.B) {
	b.Helper()
	e := benchEnvelope()
	open := 0
	confirm := func() {
		if c := <-p.confirms; !c.Ack {
			b.Fatal("not confirmed")
		}
		open--
	}
	for range benchRound {
		if open == benchWindow {
			confirm()
		}
		err := p.channel.Publish("events", e.Name, true, false, streadway.Publishing{
			Headers: streadway.Table{"x-event-name": e.Name}, ContentType: "application/json",
			DeliveryMode: streadway.Persistent, MessageId: e.ID, Timestamp: e.Time, Body: e.Body,
		})
		if err != nil {
			b.Fatal(err)
		}
		open++
	}
	for open > 0 {
		confirm()
	}
}
