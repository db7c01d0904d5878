// Package amqp is the message broker RabbitMQ (3.9 or newer), over AMQP 0-9-1.
//
// Everything goes to the durable topic exchange "events", the routing key being the name of the domain event. Every
// group has a quorum queue of its own name, and another one for its dead letters; a stream queue keeps everything as
// the log. All of it is declared at every connect.
package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"

	"myevents/lib/msgqueue"
)

// Broker is the emitter, the listener, the log and the dead letters. It connects, and reconnects, by itself. It is safe
// for concurrent use.
type Broker struct {
	config    Config
	tls       *tls.Config
	metrics   *metrics
	publisher *publisher

	// The listeners end before the publisher, which brings their dead letters away.
	listeners     sync.WaitGroup
	endListeners  context.CancelFunc
	onClosing     func(func()) (stop func() bool)
	endPublishing context.CancelFunc

	mu     sync.Mutex
	closed bool
}

// Open makes a broker, whether or not it can be reached. The error is one of the configuration.
func Open(c Config) (*Broker, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("RabbitMQ: %w", err)
	}
	t, err := c.tlsConfig()
	if err != nil {
		return nil, fmt.Errorf("RabbitMQ: %w", err)
	}
	listening, endListeners := context.WithCancel(context.Background())
	publishing, endPublishing := context.WithCancel(context.Background())
	b := &Broker{
		config: c.withDefaults(), tls: t, metrics: newMetrics(c.Registerer),
		endListeners: endListeners, endPublishing: endPublishing,
		onClosing: func(f func()) func() bool { return context.AfterFunc(listening, f) },
	}
	b.publisher = &publisher{
		broker: b, batches: make(chan *batch), done: make(chan struct{}), state: b.state("publisher"),
	}
	go b.publisher.run(publishing)
	return b, nil
}

// Emit implements msgqueue.EventEmitter.
func (b *Broker) Emit(ctx context.Context, envelopes []msgqueue.Envelope) []error {
	messages, errs := make([]outgoing, len(envelopes)), make([]error, len(envelopes))
	for n, e := range envelopes {
		messages[n], errs[n] = toExchange(e)
	}
	return b.publisher.send(ctx, messages, errs)
}

// sendOne sends a single message.
func (b *Broker) sendOne(ctx context.Context, m outgoing) error {
	return errors.Join(b.publisher.send(ctx, []outgoing{m}, nil)...)
}

// Close implements msgqueue.EventEmitter. It also ends all listeners, after the envelope that each has in hand.
func (b *Broker) Close() error {
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if !closed {
		b.endListeners()
		b.listeners.Wait()
		b.endPublishing()
	}
	<-b.publisher.done
	return nil
}

func (b *Broker) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// enter counts a listener, unless the broker is closed, and gives it a context that ends with the broker. The function
// says that the listener has ended.
func (b *Broker) enter(ctx context.Context) (context.Context, func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, nil, msgqueue.ErrClosed
	}
	b.listeners.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := b.onClosing(func() { cancel(msgqueue.ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		b.listeners.Done()
	}, nil
}
