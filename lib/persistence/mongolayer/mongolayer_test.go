package mongolayer_test

import (
	"testing"

	"go.uber.org/goleak"

	backends "myevents/deploy/test"
	"myevents/lib/inventory/inventorytest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
	"myevents/lib/persistence/persistencetest"
)

func TestMain(m *testing.M) {
	// mgo lets each of these sleep up to 15 s before it sees that it is not needed any more.
	pinger := goleak.IgnoreAnyFunction("gopkg.in/mgo%2ev2.(*mongoServer).pinger")
	goleak.VerifyTestMain(m, pinger)
}

// database names a database that no other test has, on a server.
func database(m *backends.Mongo) string { return m.URL + "/test_" + persistence.NewID().String() }

func openBookings(t *testing.T, c mongolayer.Config) persistence.BookingHandler {
	t.Helper()
	s, err := mongolayer.OpenBookings(c)
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

func openEvents(t *testing.T, c mongolayer.Config) persistence.DatabaseHandler {
	t.Helper()
	s, err := mongolayer.OpenEvents(c)
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
	server := backends.SharedMongo(t)
	inventorytest.Run(t, func(t *testing.T) inventorytest.Store {
		t.Helper()
		return openBookings(t, mongolayer.Config{URL: database(server)})
	})
}

func TestDatabaseHandler(t *testing.T) {
	server := backends.SharedMongo(t)
	persistencetest.TestDatabaseHandler(t, func(t *testing.T) persistence.DatabaseHandler {
		t.Helper()
		return openEvents(t, mongolayer.Config{URL: database(server)})
	})
}

func TestBookingHandler(t *testing.T) {
	server := backends.SharedMongo(t)
	persistencetest.TestBookingHandler(t, func(t *testing.T) persistence.BookingHandler {
		t.Helper()
		return openBookings(t, mongolayer.Config{URL: database(server)})
	})
}
