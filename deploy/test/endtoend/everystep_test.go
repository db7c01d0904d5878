package endtoend

import (
	"fmt"
	"testing"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/persistence/mongolayer"
)

// maxSteps is more messages to the store than any operation takes, those of the background among them.
const maxSteps = 60

// TestEveryStepMayBeTheLast kills a service after its k-th message to the store, for every k of a booking, of a
// give-back, and of a change of an event. After the restart the same request is made again, and has been done once.
func TestEveryStepMayBeTheLast(t *testing.T) {
	mongo := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	amqp := backends.StartRabbitMQ(t)
	url := amqp.URL + amqp.Empty(t)
	between := startProxy(t, mongo.Address, true)
	env := []string{"MONGO_URL=mongodb://" + between.address, "AMQP_BROKER_URL=" + url}
	events, bookings := newService(t, "eventservice", env...), newService(t, "bookingservice", env...)
	for _, s := range []*service{events, bookings} {
		s.start(t)
		s.waitReady(t)
	}
	o := organiser{crowd.NewVisitor(), &system{events: events}}
	e := o.insist(t, "POST", "/events", describe("Steps", 1_000_000), "organiser-creates-the-event-of-steps")
	v := crowd.NewVisitor()
	var sold int64

	t.Run("booking", func(t *testing.T) {
		everyStep(t, between, bookings, func(t *testing.T, k int, arm func()) {
			t.Helper()
			arm()
			key := fmt.Sprintf("the-key-of-the-booking-that-dies-at-%03d", k)
			insist(t, v, "POST", "http://"+bookings.address+"/events/"+e.ID+"/bookings", map[string]int{"seats": 2}, key)
			sold += 2
		})
	})
	t.Run("give-back", func(t *testing.T) {
		everyStep(t, between, bookings, func(t *testing.T, k int, arm func()) {
			t.Helper()
			key := fmt.Sprintf("the-key-of-the-booking-given-back-at-%03d", k)
			b := insist(t, v, "POST", "http://"+bookings.address+"/events/"+e.ID+"/bookings", map[string]int{"seats": 3}, key)
			arm() // the booking itself was to succeed
			insist(t, v, "PATCH", "http://"+bookings.address+"/bookings/"+b.ID, map[string]int{"seats": 1}, "")
			sold++
		})
	})
	t.Run("change", func(t *testing.T) {
		everyStep(t, between, events, func(t *testing.T, k int, arm func()) {
			t.Helper()
			arm()
			o.insist(t, "PUT", "/events/"+e.ID, describe("Steps", 1_000_000+k), "")
		})
	})

	for _, s := range []*service{events, bookings} {
		s.waitReady(t)
		eventually(t, s.name+" has told everything", func() bool { return s.outbox(t) == "0" })
	}
	store, err := mongolayer.OpenBookings(mongolayer.Config{URL: mongo.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	found, err := store.Availability(t.Context(), parse(t, e.ID))
	if err != nil || len(found) != 1 || found[0].Booked != sold {
		t.Errorf("%d seats should be sold, the store has %+v, %v", sold, found, err)
	}
}

// everyStep does something once for each k, until the service is not killed any more, since the operation takes fewer
// than k messages. It starts the service again whenever it was killed. What is done calls arm when it is about to begin.
func everyStep(t *testing.T, between *proxy, s *service, do func(t *testing.T, k int, arm func())) {
	t.Helper()
	for k := range maxSteps {
		killed := make(chan struct{}, 1)
		restarted := make(chan struct{})
		finished := make(chan struct{})
		go func() {
			defer close(restarted)
			select {
			case <-finished:
			case <-killed:
				_ = s.command.Wait()
				s.start(t)
			}
		}()
		do(t, k, func() {
			between.arm(k, func() {
				_ = s.command.Process.Kill()
				killed <- struct{}{}
			})
		})
		close(finished)
		<-restarted
		if between.arm(-1, nil) > 0 {
			t.Logf("it takes at most %d messages", k)
			if k < 3 {
				t.Errorf("it was killed only %d times", k)
			}
			return
		}
	}
	t.Errorf("it takes more than %d messages", maxSteps)
}

type answer struct{ ID string }

// insist repeats a request until it is answered.
func insist(t *testing.T, v *crowd.Visitor, method, url string, body any, key string) answer {
	t.Helper()
	var a answer
	eventually(t, method+" "+url+" is answered", func() bool {
		status, err := v.Do(t.Context(), method, url, body, &a, key)
		if err == nil && status >= 400 && status != 404 && status < 500 {
			t.Fatalf("%s %s: %d", method, url, status)
		}
		return err == nil && status < 400
	})
	return a
}
