package bench

import (
	"testing"
	"time"

	"github.com/streadway/amqp"

	backends "myevents/deploy/test"
	broker "myevents/lib/msgqueue/amqp"
)

const (
	// received is how many messages a round of listening has.
	received = 20_000
	// prefetched is how many messages a listener has that are not acknowledged, as ours has it.
	prefetched = 100
)

// BenchmarkConsumeRabbitMQ: target 80 % of a bare consumer that acknowledges each message and does nothing with it,
// either. Both have a queue of the same kind, which get the same messages.
func BenchmarkConsumeRabbitMQ(b *testing.B) {
	const name, ours, bare = "event.created", "ours", "bare"
	rabbit := backends.StartRabbitMQ(b)
	url := rabbit.URL + rabbit.Empty(b)
	from, err := broker.Open(broker.Config{
		URL: url, Subscriptions: map[string][]string{ours: {name}, bare: {name}}, Window: window,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = from.Close() })
	var m measured
	for range rounds {
		emitAll(b, from, name, received)
		took := consumeBareRabbitMQ(b, url, bare)
		own := consume(b, from, ours, name, received)
		m.add(float64(took.Nanoseconds())/received, float64(own.Nanoseconds())/received)
	}
	m.report(b, goal{"a message from RabbitMQ to a handler that does nothing, against a bare consumer", 80})
}

func consumeBareRabbitMQ(b *testing.B, url, queue string) time.Duration {
	b.Helper()
	connection, err := amqp.Dial(url)
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close() //nolint:errcheck // all is acknowledged
	channel, err := connection.Channel()
	if err != nil {
		b.Fatal(err)
	}
	if err := channel.Qos(prefetched, 0, false); err != nil {
		b.Fatal(err)
	}
	deliveries, err := channel.Consume(queue, "", false, false, false, false, nil)
	if err != nil {
		b.Fatal(err)
	}
	var began time.Time
	for n := range received {
		d := <-deliveries
		if n == 0 {
			began = time.Now()
		}
		if err := d.Ack(false); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}
