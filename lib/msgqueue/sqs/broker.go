// Package sqs is the message broker Amazon SQS, or whatever speaks its protocol.
//
// Every group has a queue of its own, and another one for its dead letters. They are found by their names, and made if
// they are missing. The emitter sends an envelope to the queue of each group that listens to its name; or, if there is
// a topic of Amazon SNS, to this topic, which brings it to the queues that are subscribed to it.
//
// SQS keeps a message for 14 days at most, and nothing that was handled: it is no msgqueue.Log. Its standard queues
// promise no order, and deliver some messages twice; its FIFO queues keep the order of what has the same key.
package sqs

import (
	"context"
	"fmt"
	"sync"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

// Broker is the emitter, the listener and the dead letters. It needs no connection, and so it is there again when the
// service is. It is safe for concurrent use.
type Broker struct {
	config   Config
	clients  clients
	metrics  *metrics
	topology *topology
	sending  *reach.State
	// calls has a place for each call that sends.
	calls chan struct{}

	// users are the calls of the broker's methods that are under way.
	users     sync.WaitGroup
	closing   context.CancelFunc
	onClosing func(func()) (stop func() bool)

	mu     sync.Mutex
	closed bool
}

// Open makes a broker, whether or not the service can be reached. The error is one of the configuration.
func Open(c Config) (*Broker, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("SQS: %w", err)
	}
	c = c.withDefaults()
	clients, err := newClients(c)
	if err != nil {
		return nil, fmt.Errorf("SQS: %w", err)
	}
	open, closing := context.WithCancel(context.Background())
	b := &Broker{
		config: c, clients: clients, metrics: newMetrics(c.Registerer), topology: newTopology(c, clients),
		calls: make(chan struct{}, maxCalls), closing: closing,
		onClosing: func(f func()) func() bool { return context.AfterFunc(open, f) },
	}
	b.sending = b.state("publisher")
	return b, nil
}

// Close implements msgqueue.EventEmitter. It also ends all listeners, after the envelope that each has in hand.
func (b *Broker) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.closing()
	b.users.Wait()
	b.clients.close()
	return nil
}

// enter counts a call of a method, unless the broker is closed. The function says that it has ended.
func (b *Broker) enter() (leave func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, msgqueue.ErrClosed
	}
	b.users.Add(1)
	return b.users.Done, nil
}

// untilClosed gives a context that ends with the broker, too.
func (b *Broker) untilClosed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := b.onClosing(func() { cancel(msgqueue.ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}
