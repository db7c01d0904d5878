// Package outbox brings the messages that a store keeps in its outboxes to the message broker: at least once, and those
// of one document in their order.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

const (
	// publishers is how many calls of Emit may run at the same time, so that some fill the line while others wait for
	// their last confirms. It does not touch the order: of each document only one message is ever under way.
	publishers = 3
	// batch is how many messages a call of Emit has at most.
	batch = 256
	// removal is how many messages a call of Done has at most. While one is under way they gather for the next, so that
	// a busy store has few large changes instead of many small ones.
	removal = 4 * batch
	// callTimeout bounds every call of the store and the broker.
	callTimeout = 10 * time.Second
)

// Options are what a relay gets besides its two ends. Each of them may be nil.
type Options struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Tracer     *tracing.Tracer
}

// Relay publishes messages on two ways. The fast path takes them from whoever has just stored them (Offer). The sweeper
// looks into the store for what was left there: by a process that died, by a broker that was away, by a fast path that
// was full. It is safe for concurrent use.
type Relay struct {
	store   persistence.Outbox
	emitter msgqueue.EventEmitter
	holder  string
	log     *slog.Logger
	metrics *metrics
	tracer  *tracing.Tracer

	hand  *hand
	lease lease

	sending, reading, removing state
}

// New makes a relay. It does nothing before Run.
func New(store persistence.Outbox, emitter msgqueue.EventEmitter, o Options) *Relay {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Relay{
		store: store, emitter: emitter, holder: persistence.NewID().String(), log: log,
		metrics: newMetrics(o.Registerer), tracer: o.Tracer, hand: newHand(),
		sending:  state{log: log, what: "publishing messages"},
		reading:  state{log: log, what: "reading the outbox"},
		removing: state{log: log, what: "removing published messages from the outbox"},
	}
}

// Offer publishes messages that were just stored, each the oldest of its document. It never blocks: what does not fit
// is left to the sweeper. With none it says that the store has something that is not to be offered, because older
// messages of its document are waiting.
func (r *Relay) Offer(messages ...persistence.Message) { r.hand.offer(messages) }

// Run publishes until the context ends, and answers with its error when the calls under way have ended.
func (r *Relay) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range publishers {
		workers.Go(func() { r.publish(ctx) })
	}
	workers.Go(func() { r.remove(ctx) })
	workers.Go(func() { r.sweep(ctx) })
	workers.Go(func() { r.measure(ctx) })
	workers.Wait()
	return ctx.Err()
}

// Drain publishes what is in hand, without looking for more; what the broker does not take stays in the store. It is
// for the shutdown, when Run has ended or is about to. After an error messages may be sent again at the next start.
func (r *Relay) Drain(ctx context.Context) error {
	r.hand.close()
	for r.hand.len() > 0 && ctx.Err() == nil {
		if items := r.hand.take(); len(items) > 0 {
			r.emit(ctx, items)
			continue
		}
		if items := r.hand.confirmations(removal); len(items) > 0 {
			if err := r.done(ctx, items); err != nil {
				return fmt.Errorf("removing what was published from the outbox: %w", err)
			}
			continue
		}
		select { // whatever is under way in Run makes one of these happen
		case <-r.hand.publish:
		case <-r.hand.remove:
		case <-r.hand.released:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("draining the outbox: %w", err)
	}
	return nil
}

// state logs once when something stops working and when it works again.
type state struct {
	log  *slog.Logger
	what string

	mu    sync.Mutex
	fails bool
}

func (s *state) set(ctx context.Context, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil && !s.fails:
		s.log.WarnContext(ctx, "not possible at the moment; messages wait in the store", "what", s.what, "error", err)
	case err == nil && s.fails:
		s.log.InfoContext(ctx, "possible again", "what", s.what)
	}
	s.fails = err != nil
}
