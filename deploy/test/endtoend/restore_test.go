package endtoend

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/amqp"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// shop is one service of each kind, with a database of its own, of which there are backups.
type shop struct {
	amqp             string
	events, bookings *keeper
	organiser        organiser
}

// keeper is a service with the file that its database is in.
type keeper struct {
	*service
	store  dblayer.Settings
	file   string
	backup []byte
	// down and up stop and start the database's server, if it has one.
	down, up func(testing.TB)
}

// onDatabases runs a test with both services on each kind of database.
func onDatabases(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	for name, keep := range map[string]func(t *testing.T, service, file, url string) *keeper{
		"bolt": inFile, "mongodb": inMongo,
	} {
		t.Run(name, func(t *testing.T) {
			rabbit := backends.StartRabbitMQ(t)
			url := rabbit.URL + rabbit.Empty(t)
			s := &shop{
				amqp: url, events: keep(t, "eventservice", "events.db", url), bookings: keep(t, "bookingservice", "bookings.db", url),
			}
			s.organiser = organiser{crowd.NewVisitor(), &system{events: s.events.service}}
			s.events.begin(t)
			s.bookings.begin(t)
			test(t, s)
		})
	}
}

func inFile(t *testing.T, name, file, url string) *keeper {
	t.Helper()
	s := newService(t, name, "", url)
	s.env = append(s.env, "DATABASE_TYPE=bolt", "BOLT_DIRECTORY="+s.folder)
	nothing := func(testing.TB) {}
	return &keeper{
		service: s, store: dblayer.Settings{Kind: "bolt", Connection: s.folder}, file: filepath.Join(s.folder, file),
		down: nothing, up: nothing,
	}
}

func inMongo(t *testing.T, name, _, url string) *keeper {
	t.Helper()
	m := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	return &keeper{
		service: newService(t, name, m.URL, url), store: dblayer.Settings{Kind: "mongodb", Connection: m.URL}, file: m.File,
		down: m.Kill, up: m.Restart,
	}
}

func (k *keeper) begin(t *testing.T) {
	t.Helper()
	k.start(t)
	k.waitReady(t)
}

// takeBackup copies the database while nobody uses it.
func (k *keeper) takeBackup(t *testing.T) {
	t.Helper()
	k.kill(t)
	k.down(t)
	var err error
	if k.backup, err = os.ReadFile(k.file); err != nil {
		t.Fatal(err)
	}
	k.up(t)
	k.begin(t)
}

// restore puts the database of the past in the place of the present one, which is lost. The service does not run then.
func (k *keeper) restore(t *testing.T) {
	t.Helper()
	eventually(t, k.name+" has told everything", func() bool { return k.outbox(t) == "0" })
	k.kill(t)
	k.down(t)
	if err := os.WriteFile(k.file, k.backup, 0o600); err != nil {
		t.Fatal(err)
	}
	k.up(t)
}

// sell has a crowd buy until it has so many bookings more, with keys that begin with a number of their own.
func (s *shop) sell(t *testing.T, c *crowd.Crowd, keys, bookings int, events ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var buying sync.WaitGroup
	for n := range 4 {
		buying.Go(func() { c.Buy(ctx, keys+n, events...) })
	}
	enough := c.Acknowledged() + bookings
	eventually(t, "seats are sold", func() bool { return c.Acknowledged() >= enough })
	stop()
	buying.Wait()
}

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

		s.wantLost(t, mine.ID)
		s.bookings.does(t, "replay", "-restored")
		s.bookings.does(t, "audit")
		s.bookings.does(t, "replay", "-verify")

		s.bookings.begin(t)
		if again := insist(t, crowd.NewVisitor(), "POST", c.Address()+path, map[string]int{"seats": 2}, key); again != mine {
			t.Errorf("the customer who asked again has %v, not %v", again, mine)
		}
		s.sell(t, c, 20, 40, roomy.ID, late.ID, hot.ID)
		eventually(t, "everything is told", func() bool { return s.bookings.outbox(t) == "0" })
		s.bookings.kill(t)
		s.verify(t, c, hot.ID, roomy.ID, late.ID)
		s.bookings.does(t, "audit")
		s.bookings.does(t, "replay", "-verify")
	})
}

// wantLost checks that the audit fails, and lists a booking among what is lost.
func (s *shop) wantLost(t *testing.T, booking string) {
	t.Helper()
	out, err := s.bookings.tries(t, "audit", "-settle", "1s")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() < 1 {
		t.Errorf("the audit ended with %v", err)
	}
	for _, want := range []string{"the store lacks the booking " + booking + ", which has 2 seats", "the log goes on to "} {
		if !strings.Contains(out, want) {
			t.Errorf("the audit does not say %q", want)
		}
	}
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

// availability is what the booking service answers with.
type availability struct{ Capacity, Booked int64 }

// wantAvailability waits until the booking service says that so many seats are sold of so many.
func (s *shop) wantAvailability(t *testing.T, event string, want availability) {
	t.Helper()
	v := crowd.NewVisitor()
	defer v.CloseIdleConnections()
	eventually(t, "the seats are known", func() bool {
		var have availability
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
		s.wantAvailability(t, first.ID, availability{22, 0})
		path := "http://" + s.bookings.address + "/events/" + id + "/bookings"
		insist(t, crowd.NewVisitor(), "POST", path, map[string]int{"seats": 4}, "the-key-of-the-booking-of-what-is-lost")
		s.events.restore(t)

		s.events.does(t, "republish", "-restored")
		s.events.begin(t)
		s.wantAvailability(t, first.ID, availability{10, 0})
		// The next change is newer again, by itself.
		s.organiser.insist(t, "PUT", "/events/"+first.ID, describe("First", 11), "")
		s.wantAvailability(t, first.ID, availability{11, 0})

		lost["Location"].(map[string]any)["Halls"] = []map[string]any{{"name": "A", "capacity": 6}}
		if again := s.organiser.insist(t, "POST", "/events", lost, "organiser-creates-it-another-time"); again.ID != id {
			t.Fatalf("the event has the ID %s now", again.ID)
		}
		eventually(t, "everything is told", func() bool { return s.events.outbox(t) == "0" })
		s.wantAvailability(t, id, availability{5, 4})
		s.events.kill(t)
		s.events.does(t, "republish", "-restored")
		s.events.begin(t)
		s.wantAvailability(t, id, availability{6, 4})

		eventually(t, "everything is told", func() bool { return s.bookings.outbox(t) == "0" })
		s.bookings.kill(t)
		s.bookings.does(t, "audit")
		s.bookings.does(t, "replay", "-verify")
	})
}
