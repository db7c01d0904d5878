package outbox

import (
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"myevents/lib/persistence"
)

const (
	// maxBytes bounds what the relay has in memory, where each message counts with its body and overhead.
	maxBytes = 4 << 20
	overhead = 512
	// maxResting bounds how many documents wait because the broker refuses their message.
	maxResting = 1024
	// forgotten is how long after its pause a document is still remembered, if nobody came by it.
	forgotten = time.Minute
	// firstPause and maxPause bound how long the relay waits after a failure.
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
	// settled is the age at which a message that nobody told of counts as left behind: younger ones are on another
	// replica's fast path.
	settled = time.Second
)

// item is a message that the relay has in hand: queued, being emitted, or confirmed and not yet removed from the store.
type item struct {
	persistence.Message
	swept bool   // comes from the store, where newer ones of its document may lie behind it; see hand
	hints uint64 // see hand
	size  int
	span  trace.Span // of sending it, once it is emitted
}

// hand is what the relay has in hand: of each document one message at most, which is the oldest.
type hand struct {
	publish  chan struct{} // there is something in the queue
	remove   chan struct{} // there is something confirmed
	sweep    chan struct{} // there is something in the store
	released chan struct{} // something was let go

	mu        sync.Mutex
	closed    bool
	documents map[string]*item
	bytes     int
	queue     []*item
	confirmed []*item
	// swept counts what the sweeper took. When the last of it is let go, it looks for what lies behind.
	swept int
	// hints counts how often the relay was told of messages that it could not take. Where it has risen since a message
	// was taken, newer ones of the same document may be in the store.
	hints uint64
	full  bool // the sweeper waits for room
	// recent has what was removed from the store while the sweeper read it.
	recent map[string]struct{}

	resting map[string]pause // documents whose message the broker refused
	away    pause            // the broker
}

// pause is a time in which something that failed is not tried again.
type pause struct {
	failures int
	until    time.Time
}

func (p *pause) on(now time.Time) bool { return now.Before(p.until) }

// extend doubles the pause; half of it is random, so that replicas do not all come back at the same moment.
func (p *pause) extend(now time.Time) {
	d := min(firstPause<<min(p.failures, 10), maxPause)
	p.failures++
	p.until = now.Add(d/2 + rand.N(d/2)) //nolint:gosec // spreads attempts, protects nothing
}

func newHand() *hand {
	signals := make([]chan struct{}, 4)
	for n := range signals {
		signals[n] = make(chan struct{}, 1)
	}
	return &hand{
		publish: signals[0], remove: signals[1], sweep: signals[2], released: signals[3],
		documents: make(map[string]*item), resting: make(map[string]pause),
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// offer takes what fits, unless the broker is away, and has the sweeper look for the rest.
func (h *hand) offer(messages []persistence.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := len(messages) == 0
	for _, m := range messages {
		if h.documents[m.Document] != nil || h.bytes >= maxBytes || h.away.on(time.Now()) {
			left = true
			continue
		}
		h.add(m, false)
	}
	if left {
		h.hints++
		signal(h.sweep)
	}
}

// adopt takes a page of messages out of the store, but for those that are in hand already, and says how many it took.
// Unless it is prompted, it leaves young ones to whoever stored them. So many others the store may have that are not to
// be taken now: in hand, or resting.
func (h *hand) adopt(page []persistence.Message, prompted bool) (taken, others int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for _, m := range page {
		age := now.Sub(m.Time)
		young := !prompted && age >= 0 && age < settled
		if !young && h.isFree(&m, now) {
			h.add(m, true)
			taken++
		}
	}
	h.recent = nil
	return taken, len(h.documents) + len(h.resting)
}

func (h *hand) isFree(m *persistence.Message, now time.Time) bool {
	resting := h.resting[m.Document]
	_, gone := h.recent[m.ID]
	return h.documents[m.Document] == nil && !gone && !h.away.on(now) && !resting.on(now)
}

func (h *hand) add(m persistence.Message, swept bool) {
	i := &item{Message: m, swept: swept, hints: h.hints, size: overhead + len(m.Body)}
	h.documents[m.Document] = i
	h.bytes += i.size
	h.queue = append(h.queue, i)
	if swept {
		h.swept++
	}
	signal(h.publish)
}

// mayAsk says whether the sweeper may read another page, which then goes to adopt; what is removed from the store
// meanwhile will be known there. Where there is no room the sweeper is called when there is.
func (h *hand) mayAsk() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.full = h.bytes >= maxBytes/2
	if h.closed || h.full || h.away.on(time.Now()) {
		return false
	}
	h.recent = make(map[string]struct{})
	return true
}

// take gives the next batch to be emitted.
func (h *hand) take() []*item {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := cut(&h.queue, batch)
	if len(h.queue) > 0 {
		signal(h.publish)
	}
	return taken
}

// confirmations gives messages that the broker has and the store still keeps.
func (h *hand) confirmations(limit int) []*item {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := cut(&h.confirmed, limit)
	if len(h.confirmed) > 0 {
		signal(h.remove)
	}
	return taken
}

// cut takes up to limit items from the front. An empty rest is dropped, so that what is behind it can be collected.
func cut(items *[]*item, limit int) []*item {
	n := min(len(*items), limit)
	front := (*items)[:n:n]
	*items = (*items)[n:]
	if len(*items) == 0 {
		*items = nil
	}
	return front
}

// confirm records that the broker has messages. Unremoved ones come back to it.
func (h *hand) confirm(items ...*item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.confirmed = append(h.confirmed, items...)
	for _, i := range items {
		delete(h.resting, i.Document)
	}
	signal(h.remove)
}

// finish lets go of messages that were removed from the store.
func (h *hand) finish(items []*item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range items {
		h.release(i)
		if h.recent != nil {
			h.recent[i.ID] = struct{}{}
		}
		if h.full || i.hints != h.hints {
			signal(h.sweep)
		}
	}
}

func (h *hand) release(i *item) {
	delete(h.documents, i.Document)
	h.bytes -= i.size
	if i.swept {
		h.swept--
		if h.swept == 0 {
			signal(h.sweep)
		}
	}
	signal(h.released)
}

// refused leaves a message in the store for a while, because the broker takes others but not this one. It says whether
// this is the first time.
func (h *hand) refused(i *item) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.release(i)
	now := time.Now()
	p, known := h.resting[i.Document]
	if !known && len(h.resting) >= maxResting {
		maps.DeleteFunc(h.resting, func(_ string, p pause) bool { return now.Sub(p.until) > forgotten })
		h.leave()
		return false
	}
	p.extend(now)
	h.resting[i.Document] = p
	return !known
}

// broken leaves messages, and all that are queued, in the store until the broker is tried again.
func (h *hand) broken(items []*item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range items {
		h.release(i)
	}
	h.leave()
}

func (h *hand) leave() {
	for _, i := range h.queue {
		h.release(i)
	}
	h.queue = nil
	if now := time.Now(); !h.away.on(now) {
		h.away.extend(now)
	}
}

// works records that the broker takes messages.
func (h *hand) works() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = pause{}
}

// pausing says how long the broker is to be left alone.
func (h *hand) pausing() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Until(h.away.until)
}

func (h *hand) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.documents)
}

// close has nothing taken from the store any more.
func (h *hand) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}
