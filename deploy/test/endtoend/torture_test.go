package endtoend

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

const (
	customers = 8
	seats     = 200
	mostSeats = 300 // more than there ever were before the end
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

// TestEverythingIsKilled has customers book through both booking services while each of the services, the broker and the
// database are killed and started again, and the organiser changes capacities and cancels; in the end an event is sold
// out. All of it happens on every combination of store and broker. TORTURE_DURATION and TORTURE_SEED make it a long run:
// `make torture`.
func TestEverythingIsKilled(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(combinations())) {
		t.Run(name, func(t *testing.T) { torture(t, startSystem(t, name)) })
	}
}

func torture(t *testing.T, s *system) {
	t.Helper()
	random, until := plan(t)
	o := organiser{crowd.NewVisitor(), s}
	hot := o.insist(t, "POST", "/events", describe("Hot", seats), "organiser-creates-the-hot-event")
	roomy := o.insist(t, "POST", "/events", describe("Roomy", 1_000_000), "organiser-creates-the-roomy-event")
	doomed := o.insist(t, "POST", "/events", describe("Doomed", 1_000_000), "organiser-creates-the-doomed-event")
	for _, e := range []event{hot, roomy, doomed} {
		eventually(t, "the booking services know the event", func() bool { return s.seats(t, e.ID).Capacity != nil })
	}

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
	o.insist(t, "PUT", "/events/"+hot.ID, describe("Hot", mostSeats), "")
	eventually(t, "the hot event is sold out", func() bool { return s.seats(t, hot.ID).sold(mostSeats) })
	stop()
	buying.Wait()
	if sold := *s.seats(t, hot.ID).Booked; sold > mostSeats {
		t.Errorf("%d of %d seats are sold", sold, mostSeats)
	}
	for _, service := range s.services() {
		eventually(t, service.name+" has told everything", func() bool { return service.outbox(t) == "0" })
	}
	t.Logf("%d bookings were acknowledged; how often was killed what: %v", c.Acknowledged(), s.kills)
	s.verify(t, c, o, hot.ID, roomy.ID, doomed.ID)
}

// availability is what a booking service says of an event's seats.
type availability struct{ Capacity, Booked, Available *int64 }

// sold says whether all seats are known and sold.
func (a availability) sold(capacity int64) bool {
	return a.Capacity != nil && *a.Capacity == capacity && *a.Booked == capacity && *a.Available == 0
}

func (s *system) seats(t *testing.T, event string) (a availability) {
	t.Helper()
	v := crowd.NewVisitor()
	defer v.CloseIdleConnections()
	_, err := v.Do(t.Context(), "GET", "http://"+s.bookings[0].address+"/events/"+event+"/availability", nil, &a, "")
	if err != nil {
		t.Fatal(err)
	}
	return a
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
	store, broker := s.servers[0], s.servers[1]
	steps := []func(){
		func() {
			s.killServer(t, broker, func() {
				before := c.Acknowledged()
				eventually(t, "seats are sold without the broker", func() bool { return c.Acknowledged() > before+5 })
			})
		},
		func() { s.killServer(t, store, func() { time.Sleep(200 * time.Millisecond) }) },
	}
	for _, server := range s.servers {
		if server.between != nil {
			steps = append(steps, func() { server.between.loseAnswers(time.Duration(random.IntN(300)) * time.Millisecond) })
		}
	}
	for _, service := range s.services() {
		steps = append(steps, func() {
			service.kill(t)
			s.kills[service.name]++
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

// killServer kills a server, and starts it again after something was done.
func (s *system) killServer(t *testing.T, b backend, meanwhile func()) {
	t.Helper()
	b.kill(t)
	s.kills[b.name]++
	meanwhile()
	b.restart(t)
}
