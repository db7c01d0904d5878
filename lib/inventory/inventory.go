// Package inventory decides who gets which seats. It is the one booking algorithm, for every store: load the state of
// an event, decide purely (Decide), commit all decisions on that very state or none, and begin again where somebody
// else was first. The state it works on is persistence.Inventory; what a store must do is
// persistence.InventoryHandler.
package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

// maxRound is how many requests share a commit. Stores that limit a transaction allow at least 100 documents: these,
// the inventory, and room for a store's own.
const maxRound = 96

// Between attempts of a round it waits at random up to minWait, doubled each time, and maxWait.
const (
	minWait = 2 * time.Millisecond
	maxWait = 250 * time.Millisecond
)

// defaultTimeout bounds a request whose context has no deadline.
const defaultTimeout = 30 * time.Second

// Encoder makes the domain event that tells of a change.
type Encoder func(persistence.Change) persistence.Message

// Publisher takes messages that are stored and were not sent yet.
type Publisher interface {
	// Offer does not block. The messages are each the oldest of their document; with none, it says that there is
	// something in the store.
	Offer(messages ...persistence.Message)
}

// Inventory decides requests. It combines those of an event that come while a commit is under way, so that they share
// the next one. It is safe for concurrent use, also by several processes on one store.
type Inventory struct {
	store     persistence.InventoryHandler
	encode    Encoder
	publisher Publisher
	changed   func(persistence.Inventory)

	running sync.WaitGroup
	mu      sync.Mutex
	lines   map[persistence.ID][]*waiter // an entry, be it empty, means that somebody serves the line
}

type waiter struct {
	ctx     context.Context //nolint:containedctx // a request waits in line together with its deadline
	request Request
	answer  chan Answer
}

// New makes an inventory on a store. changed, if not nil, is called after every commit with the new state; it must not
// block.
func New(
	store persistence.InventoryHandler, encode Encoder, p Publisher, changed func(persistence.Inventory),
) *Inventory {
	if changed == nil {
		changed = func(persistence.Inventory) {}
	}
	return &Inventory{
		store: store, encode: encode, publisher: p, changed: changed, lines: make(map[persistence.ID][]*waiter),
	}
}

// Do has a request decided and the decision stored. The context's deadline, 30 s where it has none, is the last
// moment at which anything is tried. Where it ends first the error is persistence.ErrUnknown: the decision may have
// been made, and the same request made again finds out.
func (i *Inventory) Do(ctx context.Context, event persistence.ID, r Request) Answer {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	ctx, span := tracing.Start(ctx, "decide")
	defer span.End()
	w := &waiter{ctx: ctx, request: r, answer: make(chan Answer, 1)}
	i.enqueue(event, w)
	select {
	case a := <-w.answer:
		return a
	case <-ctx.Done():
		return Answer{Err: fmt.Errorf("%w: %w", persistence.ErrUnknown, ctx.Err())}
	}
}

// Close waits until nothing is under way. Nothing may be asked any more.
func (i *Inventory) Close() { i.running.Wait() }

func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, defaultTimeout)
}

func (i *Inventory) enqueue(event persistence.ID, w *waiter) {
	i.mu.Lock()
	defer i.mu.Unlock()
	line, served := i.lines[event]
	i.lines[event] = append(line, w)
	if !served {
		i.running.Go(func() { i.serve(event) })
	}
}

// serve works off an event's line, round by round, until it is empty.
func (i *Inventory) serve(event persistence.ID) {
	for failures := 0; ; {
		round := i.next(event)
		if len(round) == 0 {
			return
		}
		again, err := i.round(event, round)
		if len(again) > 0 {
			i.putBack(event, again)
		}
		if err == nil {
			failures = 0
			continue
		}
		time.Sleep(rand.N(min(minWait<<min(failures, 10), maxWait))) //nolint:gosec // spreads attempts, protects nothing
		failures++
	}
}

// next takes a round's worth of requests from the line: copies of the event first, then in the order in which they
// came, without those whose time is over. When none is left, the line is gone.
func (i *Inventory) next(event persistence.ID) []*waiter {
	i.mu.Lock()
	defer i.mu.Unlock()
	line := slices.DeleteFunc(i.lines[event], func(w *waiter) bool { return w.ctx.Err() != nil })
	if len(line) == 0 {
		delete(i.lines, event)
		return nil
	}
	slices.SortStableFunc(line, func(a, b *waiter) int { return cmp.Compare(a.rank(), b.rank()) })
	n := min(len(line), maxRound)
	i.lines[event] = slices.Clone(line[n:])
	return line[:n]
}

func (w *waiter) rank() int {
	if w.request.booking().IsZero() {
		return 0
	}
	return 1
}

func (i *Inventory) putBack(event persistence.ID, again []*waiter) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.lines[event] = append(again, i.lines[event]...)
}

// round decides requests together and answers them. It gives back those that have to be decided again: all of them,
// with the reason, where the decisions could not be committed.
func (i *Inventory) round(event persistence.ID, waiters []*waiter) (again []*waiter, err error) {
	ctx, cancel := roundContext(waiters)
	defer cancel()
	snapshot, err := i.load(ctx, event, waiters)
	if err != nil {
		return i.failed(waiters, err)
	}
	requests := make([]Request, len(waiters))
	for n, w := range waiters {
		requests[n] = w.request
	}
	changes, answers := Decide(snapshot, requests)
	if len(changes) > 0 {
		i.address(snapshot, changes, origins(waiters, answers))
		if err := i.commit(ctx, snapshot, changes, waiters); err != nil {
			return i.failed(waiters, err)
		}
		i.tell(snapshot, changes)
	}
	for n, w := range waiters {
		if errors.Is(answers[n].Err, errNextRound) {
			again = append(again, w)
			continue
		}
		w.answer <- answers[n]
	}
	return again, nil
}

// roundContext ends when the first of the requests does: nothing is committed for a request whose time is over. It does
// not end with any one's client. What is done for all belongs to the trace of the first that is recorded.
func roundContext(waiters []*waiter) (context.Context, context.CancelFunc) {
	var first time.Time
	for _, w := range waiters {
		if d, _ := w.ctx.Deadline(); first.IsZero() || d.Before(first) {
			first = d
		}
	}
	lead := waiters[max(0, slices.IndexFunc(waiters, (*waiter).recorded))]
	return context.WithDeadline(context.WithoutCancel(lead.ctx), first)
}

func bookings(waiters []*waiter) []persistence.ID {
	ids := make([]persistence.ID, 0, len(waiters))
	seen := make(map[persistence.ID]bool, len(waiters))
	for _, w := range waiters {
		if id := w.request.booking(); !id.IsZero() && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// failed tells what passes, so that it is tried again until the requests' time is over, from faults, which are
// answered.
func (*Inventory) failed(waiters []*waiter, err error) ([]*waiter, error) {
	for _, passes := range []error{
		persistence.ErrConflict, persistence.ErrUnknown, persistence.ErrUnavailable, context.DeadlineExceeded,
	} {
		if errors.Is(err, passes) {
			return waiters, err
		}
	}
	for _, w := range waiters {
		w.answer <- Answer{Err: err}
	}
	return nil, err
}

// address adds the domain event to every change that is one of the counted decisions. It belongs to the trace of the
// request that made the change.
func (i *Inventory) address(s persistence.Snapshot, changes []persistence.Change, origins []context.Context) {
	sequence := s.Inventory.Sequence
	for n, c := range changes {
		if c.Inventory.Sequence > sequence {
			sequence = c.Inventory.Sequence
			m := i.encode(c)
			m.Trace = tracing.Parent(origins[n])
			changes[n].Message = &m
		}
	}
}

// tell hands on what was committed. The messages of a booking that has older ones waiting are found in the store in
// their turn, and so are the event's own.
func (i *Inventory) tell(s persistence.Snapshot, changes []persistence.Change) {
	first := make([]persistence.Message, 0, len(changes))
	others := false
	for _, c := range changes {
		switch {
		case c.Message == nil:
		case c.Booking != nil && !s.Waiting[c.Booking.ID]:
			first = append(first, *c.Message)
		default:
			others = true
		}
	}
	if len(first) > 0 {
		i.publisher.Offer(first...)
	}
	if others {
		i.publisher.Offer()
	}
	i.changed(changes[len(changes)-1].Inventory)
}
