package endtoend

import (
	"net/http"
	"strings"
	"testing"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/msgqueue"
	"myevents/lib/telemetry/otlp/otlptest"
)

// The traces that the requests of the test name, and the span in them.
const (
	creation    = "0af7651916cd43dd8448eb211c80319c"
	booking     = "4bf92f3577b34da6a3ce929d0e0e4736"
	lateBooking = "7d3efb1ab5c145a0b4a2f7bd0c2b4f63"
	browser     = "b7ad6b7169203331"
)

// within is a client whose requests belong to a trace.
type within struct{ trace string }

// RoundTrip implements http.RoundTripper.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Traceparent", "00-"+w.trace+"-"+browser+"-01")
	r.Close = true
	return http.DefaultTransport.RoundTrip(r)
}

func (w within) ask(t *testing.T, method, url string, body any) answer {
	t.Helper()
	v := crowd.NewVisitor()
	v.Transport = w
	var a answer
	if status, err := v.Do(t.Context(), method, url, body, &a, ""); err != nil || status != http.StatusCreated {
		t.Fatalf("%s %s: %d, %v", method, url, status, err)
	}
	return a
}

// chain finds the spans of a trace by their names, and checks that each is the child of the one before, the first of
// the one in the request. It gives the last.
func chain(t *testing.T, c *otlptest.Collector, trace string, names ...string) otlptest.Span {
	t.Helper()
	var s otlptest.Span
	parent := browser
	for _, name := range names {
		service, span, _ := strings.Cut(name, ": ")
		s = c.Find(t, trace, span)
		if s.Service != service || s.Parent != parent || s.Failed {
			t.Errorf("%s is of %s, the child of %s, want of %s. There are\n%s", name, s.Service, s.Parent, parent,
				otlptest.Describe(c.Spans(trace)))
		}
		parent = s.ID
	}
	return s
}

// TestOneTrace follows a new event and bookings from the request through the service, the store, the outbox and RabbitMQ
// to who receives the message: it is one trace, also where the message is sent by another process, when the broker is
// back.
func TestOneTrace(t *testing.T) {
	mongo := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	rabbit := backends.StartRabbitMQ(t)
	url := strings.TrimSuffix(rabbit.URL, "/") + "/" + rabbit.Empty(t)
	collector := otlptest.Start(t)
	env := []string{
		"MONGO_URL=mongodb://" + mongo.Address, "AMQP_BROKER_URL=" + url, "LOG_LEVEL=info",
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL, "OTEL_BSP_SCHEDULE_DELAY=20",
	}
	events, bookings := newService(t, "eventservice", env...), newService(t, "bookingservice", env...)
	for _, s := range []*service{events, bookings} {
		s.start(t)
		s.waitReady(t)
	}

	e := within{creation}.ask(t, "POST", "http://"+events.address+"/events", describe("Traced", 100))
	chain(t, collector, creation, "events: POST /events", "events: add event")
	chain(t, collector, creation, "events: POST /events", "events: send event.created",
		"bookings: process event.created", "bookings: decide", "bookings: send availability.changed")

	path := "http://" + bookings.address + "/events/" + e.ID + "/bookings"
	const route = "bookings: POST /events/{eventID}/bookings"
	within{booking}.ask(t, "POST", path, map[string]int{"seats": 2})
	chain(t, collector, booking, route, "bookings: decide", "bookings: load")
	chain(t, collector, booking, route, "bookings: decide", "bookings: commit")
	last := chain(t, collector, booking, route, "bookings: decide", "bookings: send event.booked")
	sent := map[string]string{booking: last.ID}

	rabbit.Settle(t)
	rabbit.Kill(t)
	within{lateBooking}.ask(t, "POST", path, map[string]int{"seats": 3})
	chain(t, collector, lateBooking, route, "bookings: decide", "bookings: commit")
	log := kill(t, bookings)
	before := len(collector.Spans(lateBooking))
	bookings.start(t)
	rabbit.Restart(t)
	eventually(t, "the late booking is told", func() bool {
		id, told := lastSent(collector, lateBooking, before)
		sent[lateBooking] = id
		return told
	})

	wantSent(t, url, sent)
	log += kill(t, events) + kill(t, bookings)
	for _, trace := range []string{creation, booking, lateBooking} {
		if !strings.Contains(log, `"trace_id":"`+trace+`"`) {
			t.Errorf("no line of the logs belongs to %s:\n%s", trace, log)
		}
	}
}

func kill(t *testing.T, s *service) (log string) {
	t.Helper()
	s.kill(t)
	return s.log.String()
}

// lastSent gives the span by which a booking was told, behind some others, if there is one by now. It must be the child
// of the decision, which another process made.
func lastSent(c *otlptest.Collector, trace string, behind int) (id string, told bool) {
	spans := c.Spans(trace)
	decision := ""
	for _, s := range spans {
		if s.Name == "decide" {
			decision = s.ID
		}
	}
	for _, s := range spans[behind:] {
		if s.Name == "send event.booked" && s.Parent == decision && !s.Failed {
			return s.ID, true
		}
	}
	return "", false
}

// wantSent reads the log of RabbitMQ: the bookings' messages belong to the spans by which they were sent.
func wantSent(t *testing.T, url string, spans map[string]string) {
	t.Helper()
	found := make(map[string]bool)
	eachBooked(t, url, func(e msgqueue.Envelope) { found[e.Trace] = true })
	for trace, span := range spans {
		if want := "00-" + trace + "-" + span + "-01"; !found[want] {
			t.Errorf("no message belongs to %s, they belong to %v", want, found)
		}
	}
}
