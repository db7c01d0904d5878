package inventorytest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

// now is the date of all requests, well before the event's end.
const now = 1_800_000_000

// world is one event on one store, sold by some replicas, and what its clients were told.
type world struct {
	store    Store
	event    persistence.ID
	replicas []*inventory.Inventory

	mu   sync.Mutex
	asks map[persistence.ID]inventory.Book
	told map[persistence.ID]int64 // the version of each booking that a client was last told of
}

func newWorld(store Store, handlers ...persistence.InventoryHandler) *world {
	w := &world{
		store: store, event: persistence.NewID(),
		asks: make(map[persistence.ID]inventory.Book), told: make(map[persistence.ID]int64),
	}
	for _, h := range handlers {
		w.replicas = append(w.replicas, inventory.New(h, encode, silent{}, nil))
	}
	return w
}

// silent is a publisher that leaves all messages in the store, where verify finds them.
type silent struct{}

// Offer implements inventory.Publisher.
func (silent) Offer(...persistence.Message) {}

// encode makes a change itself its message, so that verify can read the log of decisions from the outboxes.
func encode(c persistence.Change) persistence.Message {
	body, err := json.Marshal(c)
	if err != nil {
		panic(err) // a Change has nothing that JSON does not
	}
	document, version := "availability:"+c.Inventory.Event.ID.String(), c.Inventory.Sequence
	if c.Booking != nil {
		document, version = c.Booking.ID.String(), c.Booking.Version
	}
	id := persistence.MessageID(document, version)
	return persistence.Message{ID: id, Document: document, Body: body, Time: time.Unix(now, 0)}
}

func (w *world) newBook(n int64) inventory.Book {
	b := inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: n, Date: now}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asks[b.ID] = b
	return b
}

func (w *world) adopt(ctx context.Context, version int64, c persistence.Capacity, cancelled bool) error {
	return w.do(ctx, inventory.Adopt{Event: persistence.EventCopy{
		ID: w.event, Name: "Concert", StartDate: now, EndDate: now + 3600,
		Capacity: c, Cancelled: cancelled, Version: version,
	}}).Err
}

// do asks any of the replicas, and remembers what it was told.
func (w *world) do(ctx context.Context, r inventory.Request) inventory.Answer {
	a := w.replicas[rand.IntN(len(w.replicas))].Do(ctx, w.event, r)
	if a.Err == nil && a.Booking.Version > 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told[a.Booking.ID] = max(w.told[a.Booking.ID], a.Booking.Version)
	}
	return a
}

// verify checks every promise on what is in the store in the end.
func (w *world) verify(ctx context.Context) (persistence.Inventory, error) {
	for _, r := range w.replicas {
		r.Close()
	}
	ids := make([]persistence.ID, 0, len(w.asks))
	for id := range w.asks {
		ids = append(ids, id)
	}
	s, err := w.store.Load(ctx, w.event, ids...)
	if err != nil {
		return persistence.Inventory{}, err
	}
	if err := w.verifyBookings(s); err != nil {
		return persistence.Inventory{}, err
	}
	return s.Inventory, w.verifyLog(ctx, s)
}

func (w *world) verifyBookings(s persistence.Snapshot) error {
	var sum int64
	for id, b := range s.Bookings {
		ask := w.asks[id]
		if b.ID != id || b.EventID != w.event || b.UserID != ask.UserID || b.Date != now {
			return fmt.Errorf("%+v is not what %+v asked for", b, ask)
		}
		sum += b.Seats
	}
	if sum != s.Inventory.Booked {
		return fmt.Errorf("the bookings hold %d seats, the inventory says %d", sum, s.Inventory.Booked)
	}
	for id, version := range w.told {
		if s.Bookings[id].Version < version {
			return fmt.Errorf("a client was told version %d of a booking, the store has %+v", version, s.Bookings[id])
		}
	}
	return nil
}

// verifyLog reads the messages of all decisions and follows them one by one.
func (w *world) verifyLog(ctx context.Context, s persistence.Snapshot) error {
	log, err := w.drain(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(log, func(a, b persistence.Change) int {
		return cmp.Compare(a.Inventory.Sequence, b.Inventory.Sequence)
	})
	held := make(map[persistence.ID]persistence.Booking)
	var last persistence.Inventory
	for n, c := range log {
		if c.Inventory.Sequence != int64(n+1) {
			return fmt.Errorf("decision %d of the log has the sequence %d", n+1, c.Inventory.Sequence)
		}
		if err := follows(last, held, c); err != nil {
			return fmt.Errorf("decision %d: %w", n+1, err)
		}
		if c.Booking != nil {
			held[c.Booking.ID] = *c.Booking
		}
		last = c.Inventory
	}
	if last.Sequence != s.Inventory.Sequence || last.Booked != s.Inventory.Booked {
		return fmt.Errorf("the log ends with %+v, the inventory is %+v", last, s.Inventory)
	}
	for id, b := range s.Bookings {
		if held[id] != b {
			return fmt.Errorf("the log has the booking %+v, the store %+v", held[id], b)
		}
	}
	return nil
}

// follows checks one decision against the state before it.
func follows(before persistence.Inventory, held map[persistence.ID]persistence.Booking, c persistence.Change) error {
	if c.Booking == nil {
		if c.Inventory.Booked != before.Booked {
			return fmt.Errorf("a copy of the event changed the seats from %d to %d", before.Booked, c.Inventory.Booked)
		}
		return nil
	}
	was := held[c.Booking.ID]
	more := c.Booking.Seats - was.Seats
	switch {
	case c.Booking.Version != was.Version+1:
		return fmt.Errorf("version %d of a booking follows on %d", c.Booking.Version, was.Version)
	case c.Inventory.Booked != before.Booked+more:
		return fmt.Errorf("%d seats are sold after %d more than %d", c.Inventory.Booked, more, before.Booked)
	case more > 0 && c.Inventory.Booked > int64(c.Inventory.Event.Capacity):
		return fmt.Errorf("oversold: %d of %d", c.Inventory.Booked, c.Inventory.Event.Capacity)
	}
	return nil
}

// drain takes all messages from the outboxes, and checks that those of a document come in their order.
func (w *world) drain(ctx context.Context) ([]persistence.Change, error) {
	var log []persistence.Change
	last := make(map[string]string)
	for {
		pending, err := w.store.Pending(ctx, 100)
		if err != nil || len(pending) == 0 {
			return log, err
		}
		var ids []string
		for _, m := range pending {
			if m.ID <= last[m.Document] {
				return nil, fmt.Errorf("the message %s comes after %s", m.ID, last[m.Document])
			}
			last[m.Document] = m.ID
			var c persistence.Change
			if err := json.Unmarshal(m.Body, &c); err != nil {
				return nil, err
			}
			log = append(log, c)
			ids = append(ids, m.ID)
		}
		if err := w.store.Done(ctx, ids...); err != nil {
			return nil, err
		}
	}
}
