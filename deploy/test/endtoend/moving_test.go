package endtoend

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// TestBrokerIsChanged has a system that runs on DynamoDB and Kafka, which is none of the examples, go over to RabbitMQ:
// the log is copied while seats are sold, by a process that is killed in between, and then the services go on at the new
// broker. The log is sound at either, and stores of other kinds can be filled from it.
func TestBrokerIsChanged(t *testing.T) {
	backends.UseDynamoDB(t, backends.SharedDynamoDB(t).Endpoint)
	kafka, rabbit := backends.StartKafka(t), backends.StartRabbitMQ(t)
	target := rabbit.URL + rabbit.Empty(t)
	for name, value := range map[string]string{
		"DATABASE_TYPE": "dynamodb", "DYNAMODB_TABLE_PREFIX": "moving-", "DYNAMODB_CREATE_TABLES": "true",
	} {
		t.Setenv(name, value)
	}
	before, after := "KAFKA_BROKER_URLS="+strings.Join(kafka.URLs, ","), "AMQP_BROKER_URL="+target
	s := &system{
		events: newService(t, "eventservice", before), bookings: []*service{newService(t, "bookingservice", before)},
	}
	s.startAll(t)
	o := organiser{crowd.NewVisitor(), s}
	e := o.insist(t, "POST", "/events", describe("Moving", 1_000_000), "organiser-creates-the-event-that-moves")
	c := crowd.New(func() string { return "http://" + s.bookings[0].address })

	s.sell(t, c, e.ID, 100, func() {
		bookmark := filepath.Join(s.bookings[0].folder, "bookmark.json")
		copying := []string{"log", "-f", "-bookmark", bookmark, "-to", target}
		s.bookings[0].interrupt(t, bookmark, syscall.SIGKILL, copying...)
		s.bookings[0].interrupt(t, bookmark, syscall.SIGTERM, copying...)
	})
	bookings := s.bookings[0]
	bookings.agrees(t)
	for _, service := range s.services() {
		service.kill(t)
	}
	bookings.does(t, "log", "-bookmark", filepath.Join(bookings.folder, "bookmark.json"), "-to", target)

	for _, service := range s.services() {
		service.env = append(service.env, "KAFKA_BROKER_URLS=", after)
	}
	s.startAll(t)
	o.insist(t, "PUT", "/events/"+e.ID, describe("Moved", 1_000_000), "")
	s.sell(t, c, e.ID, 50, func() {})
	s.verifyMoved(t, c, e.ID)
}

// verifyMoved checks what is there at the new broker, and fills other stores from its log.
func (s *system) verifyMoved(t *testing.T, c *crowd.Crowd, event string) {
	t.Helper()
	bookings := s.bookings[0]
	store, broker := open(t, settings(t, "", bookings.lookup))
	id, err := persistence.ParseID(event)
	if err != nil {
		t.Fatal(err)
	}
	// What the event service that was killed had in its outbox comes first, and waits for the end of the dead one's lease.
	eventually(t, "the change has come through", func() bool {
		known, err := store.Load(t.Context(), id)
		return err == nil && known.Inventory.Event.Version > 1
	})
	bookings.agrees(t)
	if err := c.Verify(t.Context(), store, broker.(msgqueue.Log), event); err != nil {
		t.Error(err)
	}
	mongo := backends.SharedMongo(t).URL + "/filled"
	for into, env := range map[string][]string{
		mongo:              {"DATABASE_TYPE=mongodb", "MONGO_URL=" + mongo},
		"dynamodb:filled-": {"DYNAMODB_TABLE_PREFIX=filled-"},
	} {
		bookings.does(t, "replay", "-into", into)
		filled := newService(t, "bookingservice", append(bookings.env, env...)...)
		filled.does(t, "replay", "-verify")
	}
}

// sell has customers book while something else is done, and until there are so many bookings more.
func (s *system) sell(t *testing.T, c *crowd.Crowd, event string, bookings int, meanwhile func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	wanted := c.Acknowledged() + bookings
	var buying sync.WaitGroup
	for n := range customers {
		buying.Go(func() { c.Buy(ctx, wanted+n, event) }) // another one each time, whose keys are new
	}
	defer buying.Wait()
	defer stop()
	meanwhile()
	eventually(t, "the customers have booked", func() bool { return c.Acknowledged() >= wanted })
}

// interrupt runs a command until the file has changed twice, and ends it with a signal: by SIGTERM it ends well.
func (s *service) interrupt(t *testing.T, file string, how syscall.Signal, arguments ...string) {
	t.Helper()
	c := s.program(t.Context(), arguments...)
	var output strings.Builder
	c.Stdout, c.Stderr = &output, &output
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := content(t, file)
		eventually(t, strings.Join(arguments, " ")+" comes on", func() bool { return content(t, file) != before })
	}
	if err := c.Process.Signal(how); err != nil {
		t.Fatal(err)
	}
	err := c.Wait()
	if (err == nil) != (how == syscall.SIGTERM) {
		t.Errorf("%v ended with %v", arguments, err)
	}
	t.Logf("%v, until %v:\n%s", arguments, how, &output)
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}
