package boltlayer_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// newSale is a first state of an event, and a booking on it.
func newSale(date int64) persistence.Change {
	c := sample()
	c.Booking.Date = date
	return c
}

// TestCloseUnderLoad closes the store while it is written to: what was acknowledged is there, all else was not done.
func TestCloseUnderLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bookings.db")
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	acknowledged := make(map[persistence.ID]bool)
	some := make(chan struct{}, 1000)
	for range 8 {
		all.Go(func() {
			for {
				c := newSale(1)
				unknown := persistence.Snapshot{EventID: c.Booking.EventID, Tag: "0"}
				err := store.Commit(t.Context(), unknown, []persistence.Change{c})
				if err != nil && !errors.Is(err, persistence.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
				mu.Lock()
				acknowledged[c.Booking.ID] = err == nil
				mu.Unlock()
				if err != nil {
					return
				}
				select {
				case some <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 100 {
		<-some
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
	if store, err = boltlayer.OpenBookings(path, nil); err != nil {
		t.Fatal(err)
	}
	for id, ok := range acknowledged {
		if _, err := store.FindBooking(t.Context(), id); (err == nil) != ok {
			t.Errorf("acknowledged %t, found with %v", ok, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func TestClosed(t *testing.T) {
	store := openBookings(t)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	_, found := store.FindBooking(t.Context(), persistence.NewID())
	_, pending := store.Pending(t.Context(), 1)
	for name, err := range map[string]error{
		"ping": store.Ping(t.Context()), "read": found, "outbox": pending,
		"write": store.RemoveSession(t.Context(), persistence.NewID()),
	} {
		if !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestBookingVersions commits, on the right state of an event, a booking that is not what somebody saw: bookings of two
// events can have one ID, and the inventory's state does not tell.
func TestBookingVersions(t *testing.T) {
	store := openBookings(t)
	first := newSale(1)
	commit := func(c persistence.Change) error {
		s, err := store.Load(t.Context(), c.Booking.EventID)
		if err != nil {
			return err
		}
		return store.Commit(t.Context(), s, []persistence.Change{newSale(2), c})
	}
	if err := commit(first); err != nil {
		t.Fatal(err)
	}
	stolen, skipped := newSale(1), first
	stolen.Booking.ID = first.Booking.ID
	later := *first.Booking
	later.Version, skipped.Booking = 3, &later
	for name, c := range map[string]persistence.Change{"another event's": stolen, "one version too far": skipped} {
		if err := commit(c); !errors.Is(err, persistence.ErrConflict) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if b, err := store.FindBooking(t.Context(), first.Booking.ID); err != nil || b != *first.Booking {
		t.Errorf("it became %+v, %v", b, err)
	}
	if s, err := store.Load(t.Context(), stolen.Booking.EventID); err != nil || s.Inventory.Sequence != 0 {
		t.Errorf("half of a refused commit was made: %+v, %v", s, err)
	}
}

// TestManyExpired removes more sessions than one transaction does.
func TestManyExpired(t *testing.T) {
	const sessions = 2500
	store := openBookings(t)
	var all sync.WaitGroup
	for n := range int64(sessions) {
		all.Go(func() {
			s := persistence.Session{ID: persistence.NewID(), Expires: 1 + n, Version: 1}
			if err := store.AddSession(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, err := store.RemoveExpired(t.Context(), sessions+1); n != sessions || err != nil {
		t.Errorf("%d of %d were removed, %v", n, sessions, err)
	}
}

// TestWrongFile opens the file of one service as that of the other.
func TestWrongFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	store, err := boltlayer.OpenEvents(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := boltlayer.OpenBookings(path, nil); !errors.Is(err, boltfile.ErrForeign) {
		t.Errorf("it was opened with %v", err)
	}
}

// TestNothingIsLeftOfSessions removes sessions in every way: their places in the orders by which they are found go, too.
func TestNothingIsLeftOfSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bookings.db")
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	removed := persistence.Session{ID: persistence.NewID(), UserID: persistence.NewID(), Expires: 300, Version: 1}
	expired := persistence.Session{ID: persistence.NewID(), UserID: persistence.NewID(), Expires: 100, Version: 1}
	renewed := expired
	renewed.Expires, renewed.Version = 101, 2
	_, failed := store.RemoveExpired(t.Context(), 0)
	for _, err := range []error{
		failed, store.AddSession(t.Context(), removed), store.AddSession(t.Context(), expired),
		store.ChangeSession(t.Context(), renewed), store.RemoveSession(t.Context(), removed.ID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	n, err := store.RemoveExpired(t.Context(), 200)
	if err = errors.Join(err, store.Close()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	for _, bucket := range []string{"sessions", "sessions_by_expiry", "sessions_by_user"} {
		err := db.View(func(tx *bolt.Tx) error {
			if n := tx.Bucket([]byte(bucket)).Stats().KeyN; n != 0 {
				t.Errorf("%s has %d entries", bucket, n)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
