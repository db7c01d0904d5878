// Package monitoring holds deploy/prometheus and deploy/grafana to what the services export: it runs both of them on real
// RabbitMQ, has a real Prometheus scrape them, and asks it everything that rules, alerts and dashboards ask.
package monitoring

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	bookings "myevents/bookingservice/service"
	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	events "myevents/eventservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

const (
	adminEmail, adminPassword = "admin@people.example", "the password of the admin"
	// patience is how long something may take that must happen in the end.
	patience = 3 * time.Minute
)

type object = map[string]any

// system is both services, as they run as programs.
type system struct {
	*crowd.Visitor   // is the admin
	events, bookings string
	// targets are where the metrics are, by the names that the scrape configuration has.
	targets map[string]string
	mongo   *backends.Mongo
	amqp    string
}

func startSystem(t *testing.T) *system {
	t.Helper()
	rabbit := backends.StartRabbitMQ(t, "rabbitmq_prometheus")
	s := &system{
		Visitor: crowd.NewVisitor(), mongo: backends.StartMongo(t, backends.MongoOptions{Durable: true}),
		targets: map[string]string{"rabbitmq": rabbit.MetricsAddress},
	}
	t.Cleanup(s.CloseIdleConnections)
	s.amqp = strings.TrimSuffix(rabbit.URL, "/") + "/" + rabbit.Empty(t)
	certificates := filepath.Dir(rabbit.CAFile)
	environment := map[string]string{
		"LISTEN_URL": "127.0.0.1:0", "METRICS_URL": "127.0.0.1:0", "TLS_LISTEN_URL": "127.0.0.1:0",
		"TLS_CERT": filepath.Join(certificates, "cert.pem"), "TLS_KEY": filepath.Join(certificates, "key.pem"),
		"MONGO_URL": s.mongo.URL, "AMQP_BROKER_URL": s.amqp, "AUDIT": "true", "REQUEST_TIMEOUT": "4s", "LOG_LEVEL": "error",
		"ADMIN_EMAIL": adminEmail, "ADMIN_PASSWORD": adminPassword,
	}
	b, err := bookings.New(t.Context(), settings(t, configuration.BookingService, environment), bookings.Dependencies{})
	if err != nil {
		t.Fatal(err)
	}
	running(t, b.Run)
	s.bookings, s.targets["bookings"] = "http://"+b.Address.String(), b.MetricsAddress.String()
	environment["AUTH_KEYS"] = s.bookings + "/.well-known/jwks.json"
	e, err := events.New(t.Context(), settings(t, configuration.EventService, environment), events.Dependencies{})
	if err != nil {
		t.Fatal(err)
	}
	running(t, e.Run)
	s.events, s.targets["events"] = "http://"+e.Address.String(), e.MetricsAddress.String()
	return s
}

func settings(t *testing.T, service configuration.Service, environment map[string]string) configuration.Settings {
	t.Helper()
	s, err := configuration.Load(service, "", func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// running has a service run until the test ends.
func running(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = run(ctx) // that the store is away in the end makes no difference here
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// ask makes a request, always with the same key, and answers with its status, 0 where there is none.
func (s *system) ask(t *testing.T, method, url string, body, result any) int {
	t.Helper()
	key := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, method, url, body)))
	status, err := s.Do(t.Context(), method, url, body, result, key)
	if err != nil {
		return 0
	}
	return status
}

// want makes a request until its answer has this status.
func (s *system) want(t *testing.T, status int, method, url string, body, result any) {
	t.Helper()
	got := 0
	defer func() {
		if t.Failed() {
			t.Logf("%s %s is answered with %d", method, url, got)
		}
	}()
	eventually(t, method+" "+url+" is answered with "+strconv.Itoa(status), func() bool {
		got = s.ask(t, method, url, body, result)
		return got == status
	})
}

// signIn makes the visitor the admin, who has to be made first.
func (s *system) signIn(t *testing.T) {
	t.Helper()
	s.want(t, 201, "POST", s.bookings+"/sessions", object{"email": adminEmail, "password": adminPassword}, nil)
}

// drive has everything happen once, of which there are metrics: what goes well, and what does not.
func (s *system) drive(t *testing.T, name string) {
	t.Helper()
	var full struct{ ID string }
	s.want(t, 201, "POST", s.events+"/events", event(name, 10), &full)
	book := func(status int, id string, seats int) {
		t.Helper()
		s.want(t, status, "POST", s.bookings+"/events/"+id+"/bookings", object{"seats": seats}, nil)
	}
	book(201, full.ID, 10)
	book(409, full.ID, 1)
	book(404, "0123456789abcdef01234567", 1)
	s.want(t, 200, "PUT", s.events+"/events/"+full.ID, event(name, 8), nil)
	s.poison(t)
	s.want(t, 429, "POST", s.bookings+"/sessions", object{"email": adminEmail, "password": "a guess of somebody"}, nil)
}

func event(name string, capacity int) object {
	return object{
		"Name": name, "StartDate": 1_900_000_000, "EndDate": 1_900_007_200,
		"Location": object{"Name": "Hall of " + name, "Halls": []object{{"name": "A", "capacity": capacity}}},
	}
}

// poison sends what the booking service cannot read.
func (s *system) poison(t *testing.T) {
	t.Helper()
	broker, err := amqp.Open(amqp.Config{URL: s.amqp, Subscriptions: contracts.Subscriptions()})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // all was confirmed
	for _, err := range broker.Emit(t.Context(), []msgqueue.Envelope{
		{ID: "poison", Name: "event.created", Key: "poison", Body: []byte("{}"), Time: time.Now()},
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// watch keeps a stream of an event's seats open until the test ends.
func (s *system) watch(t *testing.T) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		s.bookings+"/availability/stream?event=0123456789abcdef01234567", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r) //nolint:bodyclose // it is closed at the end of the test
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, response.Body) // until the stream ends
	}()
	t.Cleanup(func() {
		_ = response.Body.Close()
		<-done
	})
}

// fail has the store be away, and both services say so.
func (s *system) fail(t *testing.T) {
	t.Helper()
	s.mongo.Kill(t)
	s.want(t, 503, "POST", s.events+"/events", event("Never", 1), nil)
	s.want(t, 503, "GET", s.bookings+"/bookings/0123456789abcdef01234567", nil, nil)
	s.mongo.Restart(t)
}
