// Package availability tells many clients how many seats are left, at little cost: however many there are, the store is
// asked once per half second for all the events that anybody watches.
package availability

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/persistence"
)

// pollEvery is how often the store is asked, for the sake of what other replicas sold.
const pollEvery = 500 * time.Millisecond

// Store is what the hub needs of the booking service's store.
type Store interface {
	Availability(ctx context.Context, events ...persistence.ID) ([]persistence.Inventory, error)
}

// Hub knows who watches which events. It is safe for concurrent use.
type Hub struct {
	store  Store
	look   chan struct{}
	closed chan struct{}
	close  sync.Once

	mu      sync.Mutex
	watched map[persistence.ID]*topic
}

// topic is an event that somebody watches.
type topic struct {
	asked    bool                  // whether the store was asked for it yet
	latest   persistence.Inventory // Sequence 0 until something is known
	watchers map[*Watcher]bool
}

// Watcher is told of some events. What it was not told in time is replaced by what is newer, so that a slow one costs
// no more than a fast one.
type Watcher struct {
	// News is ready when Take has something.
	News <-chan struct{}

	hub    *Hub
	news   chan struct{}
	events []persistence.ID
	fresh  map[persistence.ID]persistence.Inventory // guarded by hub.mu
}

// New makes a hub, and a metric of how many watch.
func New(store Store, r prometheus.Registerer) *Hub {
	h := &Hub{
		store: store, look: make(chan struct{}, 1), closed: make(chan struct{}),
		watched: make(map[persistence.ID]*topic),
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_availability_watched_events", Help: "Events whose seats somebody watches.",
	}, func() float64 {
		h.mu.Lock()
		defer h.mu.Unlock()
		return float64(len(h.watched))
	}))
	return h
}

// Watch begins to tell of events: of what is known at once, and of every change. Stop ends it.
func (h *Hub) Watch(events ...persistence.ID) *Watcher {
	news := make(chan struct{}, 1)
	w := &Watcher{
		News: news, hub: h, news: news, events: events, fresh: make(map[persistence.ID]persistence.Inventory),
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range events {
		t, ok := h.watched[id]
		if !ok {
			t = &topic{watchers: make(map[*Watcher]bool)}
			h.watched[id] = t
			signal(h.look)
		}
		t.watchers[w] = true
		if t.latest.Sequence > 0 {
			w.tell(t.latest)
		}
	}
	return w
}

// Stop ends it.
func (w *Watcher) Stop() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	for _, id := range w.events {
		if t, ok := w.hub.watched[id]; ok {
			delete(t.watchers, w)
			if len(t.watchers) == 0 {
				delete(w.hub.watched, id)
			}
		}
	}
}

// Take gives what is new since the last time.
func (w *Watcher) Take() []persistence.Inventory {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	taken := make([]persistence.Inventory, 0, len(w.fresh))
	for _, i := range w.fresh {
		taken = append(taken, i)
	}
	clear(w.fresh)
	return taken
}

// tell needs hub.mu.
func (w *Watcher) tell(i persistence.Inventory) {
	w.fresh[i.Event.ID] = i
	signal(w.news)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // there is a signal already
	}
}

// Changed tells the watchers of a new state, unless they know a newer one. It does not block.
func (h *Hub) Changed(i persistence.Inventory) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, ok := h.watched[i.Event.ID]
	if !ok || i.Sequence <= t.latest.Sequence {
		return
	}
	t.latest = i
	for w := range t.watchers {
		w.tell(i)
	}
}

// Run asks the store, while anybody watches, until the context ends. What goes wrong is reported.
func (h *Hub) Run(ctx context.Context, report func(error)) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		onlyNew := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		case <-h.look:
			onlyNew = true
		}
		if err := h.poll(ctx, h.topics(onlyNew)); ctx.Err() == nil {
			report(err)
		}
	}
}

// topics are the events that somebody watches: all, or those that the store was not asked for yet. Whoever comes is
// told at once, and a crowd that comes, each for another event, does not have all the others asked for again and again.
func (h *Hub) topics(onlyNew bool) []persistence.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	events := make([]persistence.ID, 0, len(h.watched))
	for id, t := range h.watched {
		if onlyNew && t.asked {
			continue
		}
		t.asked = true
		events = append(events, id)
	}
	return events
}

func (h *Hub) poll(ctx context.Context, events []persistence.ID) error {
	if len(events) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*pollEvery)
	defer cancel()
	found, err := h.store.Availability(ctx, events...)
	for _, i := range found {
		h.Changed(i)
	}
	return err
}

// Close ends all streams. It may be repeated.
func (h *Hub) Close() { h.close.Do(func() { close(h.closed) }) }

// Closed is closed when all streams have to end.
func (h *Hub) Closed() <-chan struct{} { return h.closed }
