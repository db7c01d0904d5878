package endtoend

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
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
	store dblayer.Settings
	// open opens the database of a service that does not run.
	open   func(dblayer.Settings) (persistence.Common, error)
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
			s.begin(t)
			test(t, s)
		})
	}
}

func (s *shop) begin(t *testing.T) {
	t.Helper()
	s.organiser = organiser{crowd.NewVisitor(), &system{events: s.events.service}}
	s.events.open = func(d dblayer.Settings) (persistence.Common, error) { return dblayer.OpenDatabase(d) }
	s.bookings.open = func(d dblayer.Settings) (persistence.Common, error) { return dblayer.OpenBooking(d) }
	s.events.begin(t)
	s.bookings.begin(t)
}

func inFile(t *testing.T, name, file, url string) *keeper {
	t.Helper()
	s := newService(t, name, "AMQP_BROKER_URL="+url)
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
		service: newService(t, name, "MONGO_URL="+m.URL, "AMQP_BROKER_URL="+url), store: dblayer.Settings{Kind: "mongodb", Connection: m.URL}, file: m.File,
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

// rest ends the service when it has told everything.
func (k *keeper) rest(t *testing.T) {
	t.Helper()
	eventually(t, k.name+" has told everything", func() bool {
		k.stop(t)
		if k.backlog(t) == 0 {
			return true
		}
		k.begin(t)
		time.Sleep(time.Second) // it looks into its outbox once a second
		return false
	})
}

func (k *keeper) backlog(t *testing.T) int {
	t.Helper()
	store, err := k.open(k.store)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	b, err := store.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Messages
}

// restore puts the database of the past in the place of the present one, which is lost. The service does not run then.
func (k *keeper) restore(t *testing.T) {
	t.Helper()
	k.rest(t)
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
