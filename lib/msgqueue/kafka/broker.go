// Package kafka is the message broker Kafka (2.4 or newer).
//
// Everything goes to the topic "events", which is kept for good and so is the log, too. Its records are partitioned by
// the envelope's key. Every group is a consumer group of its own name, and has two topics more: "<group>.dead", whose
// records without a later tombstone are its dead letters, and "<group>.requeued", which has the dead letters that were
// given back to it, and begins with the place in the log at which the group was declared. All of it is declared at the
// start.
package kafka

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/semaphore"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

// Broker is the emitter, the listener, the log and the dead letters. It connects, and reconnects, by itself. It is safe
// for concurrent use.
type Broker struct {
	config   Config
	options  []kgo.Opt
	metrics  *metrics
	state    *reach.State
	topology *topology

	// current is the client that sends and asks. Every listener has another one.
	current atomic.Pointer[kgo.Client]
	// window has room for what may be on its way.
	window *semaphore.Weighted

	// working are the goroutines that end before the client does.
	working    sync.WaitGroup
	closing    context.Context //nolint:containedctx // it is the broker's own, and ends with it
	endWorking context.CancelFunc

	mu     sync.Mutex
	closed bool
	// done is closed when all is over.
	done chan struct{}
}

// Open makes a broker, whether or not it can be reached. The error is one of the configuration.
func Open(c Config) (*Broker, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("the configuration of Kafka: %w", err)
	}
	options, err := c.options()
	if err != nil {
		return nil, fmt.Errorf("the configuration of Kafka: %w", err)
	}
	c = c.withDefaults()
	b := &Broker{
		config: c, options: options, metrics: newMetrics(c.Registerer), window: semaphore.NewWeighted(int64(c.Window)),
		done: make(chan struct{}),
	}
	b.state = b.newState("publisher")
	b.closing, b.endWorking = context.WithCancel(context.Background())
	if err := b.renew(); err != nil {
		return nil, fmt.Errorf("the configuration of Kafka: %w", err)
	}
	b.topology = newTopology()
	b.working.Go(func() { b.keepTopology(b.closing) })
	return b, nil
}

// renew replaces the client that sends. What is on its way through the old one is answered with an error. It is the
// window that bounds what is on its way: the client, which counts records until their answers are given, never has to.
func (b *Broker) renew() error {
	client, err := b.newClient(context.Background(), "publisher", kgo.ProducerLinger(0),
		kgo.MaxBufferedRecords(2*b.config.Window), kgo.RecordDeliveryTimeout(2*b.config.Patience))
	if err != nil {
		return err
	}
	if old := b.current.Swap(client); old != nil {
		old.Close()
	}
	return nil
}

func (b *Broker) client() *kgo.Client { return b.current.Load() }
func (b *Broker) admin() *kadm.Client { return kadm.NewClient(b.client()) }

// newClient makes a client, all of whose work ends with the context.
func (b *Broker) newClient(ctx context.Context, role string, more ...kgo.Opt) (*kgo.Client, error) {
	own := []kgo.Opt{kgo.WithContext(ctx), kgo.WithHooks(connects{b.metrics.connects.WithLabelValues(role)})}
	return kgo.NewClient(slices.Concat(b.options, own, more)...)
}

// Close implements msgqueue.EventEmitter. It also ends all listeners, after the envelope that each has in hand.
func (b *Broker) Close() error {
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		<-b.done
		return nil
	}
	b.endWorking()
	b.working.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = b.client().Flush(ctx) // what is left then is answered with an error
	b.client().Close()
	close(b.done)
	return nil
}

func (b *Broker) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// enter counts work, unless the broker is closed, and gives it a context that ends with the broker. The function says
// that it has ended.
func (b *Broker) enter(ctx context.Context) (context.Context, func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, nil, msgqueue.ErrClosed
	}
	b.working.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(b.closing, func() { cancel(msgqueue.ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		b.working.Done()
	}, nil
}
