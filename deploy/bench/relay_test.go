package bench

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/streadway/amqp"

	"myevents/bookingservice/announce"
	backends "myevents/deploy/test"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	broker "myevents/lib/msgqueue/amqp"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const (
	relayed = 10_000 // messages a round, unless they take too short a time
	window  = 512    // messages on their way, of both
)

// BenchmarkRelay: target 80 % of bare confirmed publishing in the same window.
func BenchmarkRelay(b *testing.B) {
	rabbit := backends.StartRabbitMQ(b)
	url := rabbit.URL + rabbit.Empty(b)
	to, err := broker.Open(broker.Config{URL: url, Subscriptions: contracts.Subscriptions(), Window: window})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = to.Close() })
	g := goal{"a message from the outbox to RabbitMQ, against bare confirmed publishing", 80}
	compareRelay(b, g, relayed, to, func(m persistence.Message) time.Duration { return publishBare(b, url, m.Body) })
}

// compareRelay measures so many messages that lie in the outbox of the embedded store, are read, published, and removed, against
// as many that bare publishes, which are like the one that it gets.
func compareRelay(
	b *testing.B, g goal, messages int, to msgqueue.EventEmitter, bare func(like persistence.Message) time.Duration,
) {
	b.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(b.TempDir(), "bookings.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	s := seller{Inventory: inventory.New(store, announce.Decision, nobody{}, nil), event: persistence.NewID()}
	b.Cleanup(s.Close)
	s.must(s.event, inventory.Adopt{Event: persistence.EventCopy{
		ID: s.event, Name: "Event", EndDate: 2_000_000_000, Capacity: persistence.Unlimited, Version: 1,
	}})
	relay(b, store, to, 1) // the adoption's; it declares the topology
	like := sample(b, store, s)
	relay(b, store, to, 1)

	var m measured
	for range rounds {
		took := bare(like)
		each(messages, s.book)
		time.Sleep(time.Second) // the sweeper leaves younger ones to whoever stored them
		ours := relay(b, store, to, messages)
		m.add(float64(took.Nanoseconds())/float64(messages), float64(ours.Nanoseconds())/float64(messages))
	}
	m.report(b, g)
}

// emptied is an outbox that tells when so many messages were removed. Everybody may sweep it: each round has a relay of
// its own, which would first have to wait until the lease of the one before has passed.
type emptied struct {
	persistence.Outbox
	left atomic.Int64
	all  chan struct{}
}

// Lease implements persistence.Outbox.
func (*emptied) Lease(context.Context, string, time.Duration) (bool, error) { return true, nil }

// Done implements persistence.Outbox.
func (e *emptied) Done(ctx context.Context, ids ...string) error {
	if err := e.Outbox.Done(ctx, ids...); err != nil {
		return err
	}
	if e.left.Add(-int64(len(ids))) == 0 {
		close(e.all)
	}
	return nil
}

// nobody leaves all messages in the store.
type nobody struct{}

// Offer implements inventory.Publisher.
func (nobody) Offer(...persistence.Message) {}

// sample is a booking's message.
func sample(b *testing.B, store persistence.BookingHandler, s seller) persistence.Message {
	b.Helper()
	s.book()
	pending, err := store.Pending(b.Context(), 1)
	if err != nil || len(pending) != 1 {
		b.Fatal(pending, err)
	}
	return pending[0]
}

// relay runs a relay until so many messages are published and the outbox is empty, and says how long that took.
func relay(b *testing.B, store persistence.BookingHandler, to msgqueue.EventEmitter, messages int) time.Duration {
	b.Helper()
	e := &emptied{Outbox: store, all: make(chan struct{})}
	e.left.Store(int64(messages))
	r := outbox.New(e, to, outbox.Options{Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- r.Run(ctx) }()
	r.Offer()
	<-e.all
	took := time.Since(began)
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
	if pending, err := store.Pending(b.Context(), 1); err != nil || len(pending) > 0 {
		b.Fatal(pending, err)
	}
	return took
}

// publishBare publishes as many messages with confirms, as fast as the library does.
func publishBare(b *testing.B, url string, body []byte) time.Duration {
	b.Helper()
	connection, err := amqp.Dial(url)
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close() //nolint:errcheck // all is confirmed
	channel, err := connection.Channel()
	if err != nil {
		b.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		b.Fatal(err)
	}
	confirms := channel.NotifyPublish(make(chan amqp.Confirmation, window))
	began := time.Now()
	for n := range relayed + window {
		if n >= window {
			if c := <-confirms; !c.Ack {
				b.Fatal("a message was not confirmed")
			}
		}
		if n < relayed {
			err := channel.Publish("events", "event.booked", true, false, amqp.Publishing{
				DeliveryMode: amqp.Persistent, ContentType: "application/json", Body: body,
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return time.Since(began)
}
