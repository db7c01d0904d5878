package boltlayer_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"myevents/lib/inventory/inventorytest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	"myevents/lib/persistence/persistencetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		sellForever(path)
	}
	goleak.VerifyTestMain(m)
}

func openBookings(t *testing.T) persistence.BookingHandler {
	t.Helper()
	s, err := boltlayer.OpenBookings(filepath.Join(t.TempDir(), "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestInventory(t *testing.T) {
	inventorytest.Run(t, func(t *testing.T) inventorytest.Store {
		t.Helper()
		return openBookings(t)
	})
}

func TestDatabaseHandler(t *testing.T) {
	persistencetest.TestDatabaseHandler(t, func(t *testing.T) persistence.DatabaseHandler {
		t.Helper()
		s, err := boltlayer.OpenEvents(filepath.Join(t.TempDir(), "events.db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	})
}

func TestBookingHandler(t *testing.T) { persistencetest.TestBookingHandler(t, openBookings) }
