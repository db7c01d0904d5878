package boltlayer_test

import (
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// downgrade makes of a file one that was written before organisers had lists, when messages were stored as JSON.
func downgrade(t *testing.T, path string, messages []persistence.Message) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, list := range []string{"bookings_by_event", "events_by_start"} {
			if err := tx.DeleteBucket([]byte(list)); err != nil {
				return err
			}
		}
		for _, m := range messages {
			value, err := json.Marshal(m)
			if err != nil {
				return err
			}
			value = append(binary.BigEndian.AppendUint64(nil, uint64(m.Time.UnixNano())), value...)
			if err := tx.Bucket([]byte("outbox")).Put([]byte(m.ID), value); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// lists reads what organisers see, and what waits to be told.
type lists struct {
	Bookings    []persistence.Booking
	Inventories []persistence.Inventory
	Own         []persistence.Inventory
	Sales       []persistence.Sale
	Pending     []persistence.Message
}

func readLists(t *testing.T, store persistence.BookingHandler, event persistence.EventCopy) (l lists) {
	t.Helper()
	page := persistence.Page{Limit: 100}
	var errs [5]error
	l.Bookings, errs[0] = store.FindBookingsOfEvent(t.Context(), event.ID, page)
	l.Inventories, errs[1] = store.FindInventories(t.Context(), persistence.ID{}, page)
	l.Own, errs[2] = store.FindInventories(t.Context(), event.OrganiserID, page)
	l.Sales, errs[3] = store.Sales(t.Context(), event.ID)
	l.Pending, errs[4] = store.Pending(t.Context(), 100)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// TestEarlierFile opens a file of an earlier version: organisers find in it what was stored before, and what
// was not told yet still waits.
func TestEarlierFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bookings.db")
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := newSale(1_800_000_000), newSale(1_800_000_900)
	first.Inventory.Event.OrganiserID = persistence.NewID()
	second.Inventory.Event, second.Booking.EventID = first.Inventory.Event, first.Booking.EventID
	second.Booking.Seats = 1
	for _, c := range []*persistence.Change{&first, &second} {
		m := encodeSample(*c)
		c.Message = &m
	}
	for _, changes := range [][]persistence.Change{{first, second}, {newSale(1)}} {
		s, err := store.Load(t.Context(), changes[0].Booking.EventID)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Commit(t.Context(), s, changes); err != nil {
			t.Fatal(err)
		}
	}
	want := readLists(t, store, first.Inventory.Event)
	if len(want.Bookings) != 2 || len(want.Inventories) != 2 || len(want.Own) != 1 || len(want.Sales) != 2 ||
		len(want.Pending) != 2 {
		t.Errorf("it has %+v", want)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, want.Pending)
	if store, err = boltlayer.OpenBookings(path, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, readLists(t, store, first.Inventory.Event)); diff != "" {
		t.Errorf("the lists differ (-before +after):\n%s", diff)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
