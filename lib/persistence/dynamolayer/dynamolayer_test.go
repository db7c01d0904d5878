package dynamolayer_test

import (
	"testing"

	"go.uber.org/goleak"

	backends "myevents/deploy/test"
	"myevents/lib/inventory/inventorytest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dynamolayer"
	"myevents/lib/persistence/persistencetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fresh is a configuration with a table that no other test has, on the server that they share.
func fresh(t *testing.T) dynamolayer.Config {
	t.Helper()
	backends.UseDynamoDB(t, backends.SharedDynamoDB(t).Endpoint)
	return dynamolayer.Config{TablePrefix: "test-" + persistence.NewID().String() + "-", CreateTables: true}
}

func openBookings(t *testing.T, c dynamolayer.Config) persistence.BookingHandler {
	t.Helper()
	s, err := dynamolayer.OpenBookings(c)
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

func openEvents(t *testing.T, c dynamolayer.Config) persistence.DatabaseHandler {
	t.Helper()
	s, err := dynamolayer.OpenEvents(c)
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
		return openBookings(t, fresh(t))
	})
}

func TestDatabaseHandler(t *testing.T) {
	persistencetest.TestDatabaseHandler(t, func(t *testing.T) persistence.DatabaseHandler {
		t.Helper()
		return openEvents(t, fresh(t))
	})
}

func TestBookingHandler(t *testing.T) {
	persistencetest.TestBookingHandler(t, func(t *testing.T) persistence.BookingHandler {
		t.Helper()
		return openBookings(t, fresh(t))
	})
}
