package endtoend

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
)

// TestRabbitNodesAreKilled has customers book while, of three nodes of RabbitMQ, the one that leads the booking service's
// queue is killed, and then the one that leads the log. Nobody waits for the dead one to come back: seats are sold and
// messages go on with the two that are left. `make container-test` runs it.
func TestRabbitNodesAreKilled(t *testing.T) {
	if os.Getenv("CONTAINER_TEST") == "" {
		t.Skip("it starts three containers: make container-test")
	}
	cluster := backends.StartRabbitCluster(t)
	t.Setenv("AMQP_BROKER_URL", cluster.URL)
	s := startServices(t, "mongodb-rabbitmq", startMongo(t))
	queues := []string{contracts.BookingService, "events.log"}
	for _, queue := range queues {
		cluster.Replicas(t, queue)
	}
	cluster.Settle(t)
	o := organiser{crowd.NewVisitor(), s}
	hot := o.insist(t, "POST", "/events", describe("Hot", seats), "organiser-creates-the-hot-event")
	roomy := o.insist(t, "POST", "/events", describe("Roomy", 1_000_000), "organiser-creates-the-roomy-event")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c := crowd.New(func() string { return "http://" + s.bookings[rand.IntN(len(s.bookings))].address })
	var buying sync.WaitGroup
	for n := range customers {
		buying.Go(func() { c.Buy(ctx, n, hot.ID, roomy.ID, roomy.ID) })
	}
	sells := func(when string) {
		before := c.Acknowledged()
		eventually(t, "seats are sold "+when, func() bool { return c.Acknowledged() > before+20 })
	}
	sells("at first")
	told := []string{hot.ID, roomy.ID}
	for _, queue := range queues {
		leader := cluster.Leader(t, queue)
		cluster.Kill(t, leader)
		sells("without " + leader)
		told = append(told, s.announce(t, o, "Made without the leader of "+queue))
		if next := cluster.Leader(t, queue); next == leader {
			t.Errorf("%s still leads %s", next, queue)
		}
		cluster.Restart(t, leader)
		for _, queue := range queues {
			cluster.Replicas(t, queue)
		}
		sells("with " + leader + " again")
	}
	stop()
	buying.Wait()
	for _, service := range s.services() {
		eventually(t, service.name+" has told everything", func() bool { return service.outbox(t) == "0" })
	}
	t.Logf("%d bookings were acknowledged", c.Acknowledged())
	s.verify(t, c, o, told...)
}

// announce creates an event, and waits until its seats can be booked: the message has come through.
func (s *system) announce(t *testing.T, o organiser, name string) (id string) {
	t.Helper()
	e := o.insist(t, "POST", "/events", describe(name, seats), "")
	eventually(t, name+" can be booked", func() bool {
		status, err := o.Do(t.Context(), "POST", "http://"+s.bookings[0].address+"/events/"+e.ID+"/bookings",
			map[string]int{"seats": 1}, nil, "key-of-the-first-customer-of-"+e.ID)
		return err == nil && status == 201
	})
	return e.ID
}
