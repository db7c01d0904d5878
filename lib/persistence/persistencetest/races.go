package persistencetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"myevents/lib/persistence"
)

// exactlyOne has many do something of which only one may succeed, and all others get the refusal.
func exactlyOne(t *testing.T, refusal error, do func(n int) error) (winner int) {
	t.Helper()
	const clients = 16
	var done, won atomic.Int64
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			switch err := do(n); {
			case err == nil:
				done.Add(1)
				won.Store(int64(n))
			case !errors.Is(err, refusal):
				t.Errorf("got %v, want %v", err, refusal)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("%d of %d succeeded", done.Load(), clients)
	}
	return int(won.Load())
}

// testConcurrentAdds has many add a document with one ID: one of them does, and sends its message.
func (d documents[T]) testConcurrentAdds(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	exactlyOne(t, persistence.ErrExists, func(int) error {
		return d.add(store, ctx, d.make(id, 1, "New"), message(id.String(), 1))
	})
	if sent := drain(ctx, t, store); len(sent) != 1 {
		t.Errorf("one document sent %+v", sent)
	}
}

// testRefusedChanges checks that what is refused sends nothing.
func (d documents[T]) testRefusedChanges(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	want(t, d.add(store, ctx, d.make(id, 1, "New"), message(id.String(), 1)), nil)
	drain(ctx, t, store)
	refusal := errors.New("not like that")
	change := func(id persistence.ID, version int64, err error) error {
		_, failed := d.change(store, ctx, id, version, func(T) (T, persistence.Message, error) {
			return d.make(id, 2, "Changed"), message(id.String(), 2), err
		})
		return failed
	}
	want(t, change(id, 7, nil), persistence.ErrVersion)
	want(t, change(id, 1, refusal), refusal)
	want(t, change(persistence.NewID(), 0, nil), persistence.ErrNotFound)
	want(t, d.add(store, ctx, d.make(id, 1, "New"), message(id.String(), 3)), persistence.ErrExists)
	if sent := drain(ctx, t, store); len(sent) != 0 {
		t.Errorf("what was refused sent %+v", sent)
	}
}

// testConcurrentAdoption has many adopt one guest: it becomes one of them.
func testConcurrentAdoption(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	guest := persistence.NewID()
	users := make([]persistence.ID, 16)
	for n := range users {
		users[n] = persistence.NewID()
	}
	winner := exactlyOne(t, persistence.ErrExists, func(n int) error { return store.AdoptGuest(ctx, users[n], guest) })
	owners, err := store.OwnersOf(ctx, guest)
	want(t, err, nil)
	if owners[guest] != users[winner] {
		t.Errorf("the owner is %v, the adoption of %v succeeded", owners[guest], users[winner])
	}
	for n, user := range users {
		guests, err := store.GuestsOf(ctx, user)
		want(t, err, nil)
		if (len(guests) == 1) != (n == winner) {
			t.Errorf("user %d, where %d adopted the guest, has %v", n, winner, guests)
		}
	}
}

// testExpiryMoment removes what expired before a moment, and neither what does at it nor what is already gone.
func testExpiryMoment(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	before, at, gone := newSession(199), newSession(200), newSession(100)
	for _, s := range []persistence.Session{before, at, gone} {
		want(t, store.AddSession(ctx, s), nil)
	}
	want(t, store.RemoveSession(ctx, gone.ID), nil)
	for _, expected := range []int{1, 0} {
		removed, err := store.RemoveExpired(ctx, 200)
		want(t, err, nil)
		if removed != expected {
			t.Errorf("%d sessions were removed, not %d", removed, expected)
		}
	}
	_, err := store.FindSession(ctx, at.ID)
	want(t, err, nil)
}

// testForeignBooking loads another event's booking: it exists, so that nobody makes it a second time.
func testForeignBooking(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	want(t, writeBooking(ctx, store, id, 1), nil)
	s, err := store.Load(ctx, persistence.ID{0xf}, id)
	want(t, err, nil)
	if b, ok := s.Bookings[id]; !ok || b.EventID != theEvent || s.Inventory.Event.Version != 0 {
		t.Errorf("with another event's booking, an unknown event is loaded as %+v", s)
	}
}

// testConcurrentRelays has two take messages out while others are stored: none is lost.
func testConcurrentRelays(t *testing.T, store persistence.Common, write writer) {
	t.Helper()
	const writers, each = 4, 20
	ctx := bounded(t)
	var writing, relaying sync.WaitGroup
	for range writers {
		writing.Go(func() {
			for range each {
				if err := write(ctx, store, persistence.NewID(), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var sent sync.Map
	finished, finish := context.WithCancel(ctx)
	defer finish()
	for range 2 {
		relaying.Go(func() {
			for last := false; ; last = finished.Err() != nil {
				n, err := relay(ctx, store, &sent)
				if err != nil {
					t.Error(err)
				}
				if err != nil || last && n == 0 {
					return
				}
			}
		})
	}
	writing.Wait()
	finish()
	relaying.Wait()
	count := 0
	sent.Range(func(any, any) bool { count++; return true })
	if count != writers*each {
		t.Errorf("of %d messages %d were sent", writers*each, count)
	}
}

// relay takes a page of messages out.
func relay(ctx context.Context, store persistence.Outbox, sent *sync.Map) (int, error) {
	pending, err := store.Pending(ctx, 10)
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(pending))
	for n, m := range pending {
		ids[n] = m.ID
		sent.Store(m.ID, true)
	}
	return len(ids), store.Done(ctx, ids...)
}
