package endtoend

import (
	"context"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/amqp"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// TestBookingsOfThePast restores the booking service's database to an earlier moment, while the log has everything. The
// audit lists what is missing, and fails; the log brings it back; then seats are sold on, none of them twice, and each
// decision has a number of its own.
func TestBookingsOfThePast(t *testing.T) {
	onDatabases(t, func(t *testing.T, s *shop) {
		t.Helper()
		hot := s.organiser.insist(t, "POST", "/events", describe("Hot", 300), "organiser-creates-the-hot-event")
		roomy := s.organiser.insist(t, "POST", "/events", describe("Roomy", 1_000_000), "organiser-creates-the-roomy-event")
		c := crowd.New(func() string { return "http://" + s.bookings.address })
		s.sell(t, c, 0, 40, hot.ID, roomy.ID)
		s.bookings.takeBackup(t)
		s.organiser.insist(t, "PUT", "/events/"+roomy.ID, describe("Roomier", 2_000_000), "")
		late := s.organiser.insist(t, "POST", "/events", describe("Late", 1_000_000), "organiser-creates-the-late-event")
		s.sell(t, c, 10, 40, hot.ID, roomy.ID, late.ID)
		customer, key, path := crowd.NewVisitor(), "the-key-of-a-customer-who-asks-again", "/events/"+late.ID+"/bookings"
		mine := insist(t, customer, "POST", c.Address()+path, map[string]int{"seats": 2}, key)
		s.bookings.restore(t)

		s.bookings.ends(t, faultsStatus, "the store lacks the booking "+mine.ID+", which has 2 seats", "audit", "-settle", "1s")
		s.bookings.does(t, "replay", "-restored")
		s.bookings.does(t, "audit")
		s.bookings.does(t, "replay", "-verify")

		s.bookings.begin(t)
		if again := insist(t, crowd.NewVisitor(), "POST", c.Address()+path, map[string]int{"seats": 2}, key); again != mine {
			t.Errorf("the customer who asked again has %v, not %v", again, mine)
		}
		s.sell(t, c, 20, 40, roomy.ID, late.ID, hot.ID)
		s.bookings.rest(t)
		s.verify(t, c, hot.ID, roomy.ID, late.ID)
		s.bookings.does(t, "audit")
		s.bookings.does(t, "replay", "-verify")
	})
}

// verify checks what customers were told with what the booking service has, and with the log.
func (s *shop) verify(t *testing.T, c *crowd.Crowd, events ...string) {
	t.Helper()
	store, err := dblayer.OpenBooking(s.bookings.store)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	broker, err := amqp.Open(amqp.Config{URL: s.amqp, Subscriptions: contracts.Subscriptions()})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := c.Verify(ctx, store, broker, events...); err != nil {
		t.Error(err)
	}
}

// seatsOf is what the booking service answers with.
type seatsOf struct{ Capacity, Booked int64 }

// wantAvailability waits until the booking service says that so many seats are sold of so many.
func (s *shop) wantAvailability(t *testing.T, event string, want seatsOf) {
	t.Helper()
	v := crowd.NewVisitor()
	defer v.CloseIdleConnections()
	eventually(t, "the seats are known", func() bool {
		var have seatsOf
		url := "http://" + s.bookings.address + "/events/" + event + "/availability"
		status, err := v.Do(t.Context(), "GET", url, nil, &have, "")
		return err == nil && status == 200 && have == want
	})
}

// TestEventsOfThePast restores the event service's database to an earlier moment. What was told since is known to the
// booking service in newer versions: it takes over the past when that is told again. An event that was created since can
// be created again with its ID, and has its bookings then.
func TestEventsOfThePast(t *testing.T) {
	onDatabases(t, func(t *testing.T, s *shop) {
		t.Helper()
		first := s.organiser.insist(t, "POST", "/events", describe("First", 10), "organiser-creates-the-first-event")
		s.events.takeBackup(t)
		for n := range 3 {
			s.organiser.insist(t, "PUT", "/events/"+first.ID, describe("First", 20+n), "")
		}
		lost := describe("Lost", 5)
		lost["ID"] = persistence.NewID().String()
		id := s.organiser.insist(t, "POST", "/events", lost, "organiser-creates-the-lost-event").ID
		s.wantAvailability(t, first.ID, seatsOf{22, 0})
		path := "http://" + s.bookings.address + "/events/" + id + "/bookings"
		insist(t, crowd.NewVisitor(), "POST", path, map[string]int{"seats": 4}, "the-key-of-the-booking-of-what-is-lost")
		s.events.restore(t)

		s.events.does(t, "republish", "-restored")
		s.events.begin(t)
		s.wantAvailability(t, first.ID, seatsOf{10, 0})
		// The next change is newer again, by itself.
		s.organiser.insist(t, "PUT", "/events/"+first.ID, describe("First", 11), "")
		s.wantAvailability(t, first.ID, seatsOf{11, 0})

		lost["Location"].(map[string]any)["Halls"] = []map[string]any{{"name": "A", "capacity": 6}}
		if again := s.organiser.insist(t, "POST", "/events", lost, "organiser-creates-it-another-time"); again.ID != id {
			t.Fatalf("the event has the ID %s now", again.ID)
		}
		eventually(t, "everything is told", func() bool { return s.events.outbox(t) == "0" })
		s.wantAvailability(t, id, seatsOf{5, 4})
		s.events.rest(t)
		s.events.does(t, "republish", "-restored")
		s.events.begin(t)
		s.wantAvailability(t, id, seatsOf{6, 4})

		s.bookings.rest(t)
		s.bookings.does(t, "audit")
		eventually(t, "the booking service knows the locations, too", func() bool {
			status, _ := s.bookings.tries(t, "replay", "-verify", "-settle", "0s")
			if status != 0 {
				s.bookings.begin(t)
				s.bookings.rest(t)
			}
			return status == 0
		})
	})
}

// TestLogIsLost has the broker lose everything, its log included, but for a copy of the log. Nothing that was sold is
// lost; the audit says what the log lacks, until it is filled from the copy. What a broker had for the booking service
// is told again.
func TestLogIsLost(t *testing.T) {
	rabbit := backends.StartRabbitMQ(t)
	url := rabbit.URL + rabbit.Empty(t)
	s := &shop{events: inFile(t, "eventservice", "events.db", url), bookings: inFile(t, "bookingservice", "bookings.db", url)}
	s.begin(t)
	hot := s.organiser.insist(t, "POST", "/events", describe("Hot", 100), "organiser-creates-the-hot-event")
	c := crowd.New(func() string { return "http://" + s.bookings.address })
	s.sell(t, c, 0, 20, hot.ID)
	s.bookings.rest(t)
	copied := t.TempDir()
	s.bookings.does(t, "log", "-to", "inproc:"+copied)
	late := s.organiser.insist(t, "POST", "/events", describe("Late", 7), "organiser-creates-the-late-event")
	s.events.rest(t)

	s.amqp = rabbit.URL + rabbit.Empty(t)
	s.events.env = append(s.events.env, "AMQP_BROKER_URL="+s.amqp)
	s.bookings.env = append(s.bookings.env, "AMQP_BROKER_URL="+s.amqp)
	s.bookings.ends(t, faultsStatus, "gap: event "+hot.ID, "audit", "-settle", "1s")
	s.bookings.does(t, "replay", "-restored") // which has nothing to do
	backup := *s.bookings.service
	backup.env = append(backup.env, "MESSAGE_BROKER_TYPE=inproc", "INPROC_DIRECTORY="+copied)
	backup.does(t, "log", "-to", s.amqp)
	s.bookings.does(t, "audit")
	s.events.does(t, "republish")
	s.events.begin(t)
	s.bookings.begin(t)
	s.wantAvailability(t, late.ID, seatsOf{7, 0})
	s.sell(t, c, 10, 10, late.ID, hot.ID, hot.ID)
	s.bookings.rest(t)
	s.verify(t, c, hot.ID, late.ID)
	s.bookings.does(t, "audit")
}
