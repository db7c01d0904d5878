package endtoend

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/amqp"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

const (
	customers = 8
	seats     = 200
)

// event is what the event service answers with.
type event struct {
	ID       string
	Version  int64
	Capacity *int64
}

func describe(name string, capacity int) map[string]any {
	return map[string]any{
		"Name": name, "StartDate": 1_900_000_000, "EndDate": 1_900_007_200,
		"Location": map[string]any{"Name": "Hall of " + name, "Halls": []map[string]any{{"name": "A", "capacity": capacity}}},
	}
}

// organiser creates and changes events, and insists on an answer.
type organiser struct {
	*crowd.Visitor
	system *system
}

func (o organiser) insist(t *testing.T, method, path string, body any, key string) event {
	t.Helper()
	var e event
	eventually(t, method+" "+path+" is answered", func() bool {
		status, err := o.Do(t.Context(), method, "http://"+o.system.events.address+path, body, &e, key)
		if err == nil && status >= 400 && status < 500 {
			t.Fatalf("%s %s: %d", method, path, status)
		}
		return err == nil && status < 400
	})
	return e
}

// TestEverythingIsKilled has customers book through both booking services while each of the services, RabbitMQ and the
// database are killed and started again, and the organiser changes capacities and cancels. TORTURE_DURATION and
// TORTURE_SEED make it a long run: `make torture`.
func TestEverythingIsKilled(t *testing.T) {
	random, until := plan(t)
	s := startSystem(t)
	o := organiser{crowd.NewVisitor(), s}
	hot := o.insist(t, "POST", "/events", describe("Hot", seats), "organiser-creates-the-hot-event")
	roomy := o.insist(t, "POST", "/events", describe("Roomy", 1_000_000), "organiser-creates-the-roomy-event")
	doomed := o.insist(t, "POST", "/events", describe("Doomed", 1_000_000), "organiser-creates-the-doomed-event")

	ctx, stop := context.WithCancel(t.Context())
	c := crowd.New(func() string {
		return "http://" + s.bookings[rand.IntN(len(s.bookings))].address
	})
	var buying sync.WaitGroup
	for n := range customers {
		buying.Go(func() { c.Buy(ctx, n, hot.ID, roomy.ID, hot.ID, doomed.ID, hot.ID) })
	}
	for round := 0; round < 1 || time.Now().Before(until); round++ {
		s.killAll(t, random, c)
		o.insist(t, "PUT", "/events/"+hot.ID, describe("Hot", seats+10*random.IntN(20)-100), "")
	}
	o.insist(t, "DELETE", "/events/"+doomed.ID, nil, "")
	time.Sleep(time.Second)
	stop()
	buying.Wait()
	for _, service := range s.services() {
		eventually(t, service.name+" has told everything", func() bool { return service.outbox(t) == "0" })
	}
	t.Logf("%d bookings were acknowledged; killed were services %d times, MongoDB %d, RabbitMQ %d",
		c.Acknowledged(), s.kills.services, s.kills.mongo, s.kills.rabbit)
	s.verify(t, c, o, hot.ID, roomy.ID, doomed.ID)
}

// plan says how the run is chosen, and how long it lasts: one round of everything, if nothing else is asked for.
func plan(t *testing.T) (*rand.Rand, time.Time) {
	t.Helper()
	seed := rand.Uint64()
	if given := os.Getenv("TORTURE_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	duration, _ := time.ParseDuration(os.Getenv("TORTURE_DURATION")) // none: one round
	return rand.New(rand.NewPCG(seed, 0)), time.Now().Add(duration)
}

// killAll kills everything once, in any order, and starts it again after a while. In between, answers are lost and
// connections cut.
func (s *system) killAll(t *testing.T, random *rand.Rand, c *crowd.Crowd) {
	t.Helper()
	steps := []func(){
		func() { s.killRabbit(t, c) },
		func() {
			s.mongo.Kill(t)
			s.kills.mongo++
			time.Sleep(200 * time.Millisecond)
			s.mongo.Restart(t)
		},
	}
	for _, between := range s.proxies {
		steps = append(steps, func() { between.loseAnswers(time.Duration(random.IntN(300)) * time.Millisecond) })
	}
	for _, service := range slices.Repeat(s.services(), 3) {
		steps = append(steps, func() {
			service.kill(t)
			s.kills.services++
			time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
			service.start(t)
		})
	}
	random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		time.Sleep(time.Duration(200+random.IntN(800)) * time.Millisecond)
		step()
	}
	for _, service := range s.services() {
		service.waitReady(t)
	}
}

// killRabbit kills the broker: selling goes on meanwhile.
func (s *system) killRabbit(t *testing.T, c *crowd.Crowd) {
	t.Helper()
	s.rabbit.Settle(t)
	s.rabbit.Kill(t)
	s.kills.rabbit++
	before := c.Acknowledged()
	eventually(t, "seats are sold without the broker", func() bool { return c.Acknowledged() > before+5 })
	s.rabbit.Restart(t)
}

// verify checks everything that was promised, in the store, in the log, and between the services.
func (s *system) verify(t *testing.T, c *crowd.Crowd, o organiser, events ...string) {
	t.Helper()
	store, err := mongolayer.OpenBookings(mongolayer.Config{URL: s.mongo.URL})
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
	for _, id := range events {
		parsed, err := persistence.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "both services know the same of the event "+id, func() bool {
			e := o.insist(t, "GET", "/events/"+id, nil, "")
			copies, err := store.FindEventCopies(ctx, parsed)
			return err == nil && len(copies) == 1 && copies[0].Version == e.Version &&
				copies[0].Capacity == persistence.CapacityOf(e.Capacity)
		})
	}
	if n, err := broker.CountDeadLetters(ctx, contracts.BookingService); err != nil || n != 0 {
		t.Errorf("there are %d dead letters, %v", n, err)
	}
	s.bookings[0].does(t, "audit")
	s.bookings[0].does(t, "replay", "-verify")
}
