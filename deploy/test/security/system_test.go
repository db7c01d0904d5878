// Package security attacks both services, as they run, by their APIs.
package security

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	bookings "myevents/bookingservice/service"
	events "myevents/eventservice/service"
	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	"myevents/lib/rest/resttest"
)

type object = map[string]any

const (
	startDate = 1_900_000_000
	endDate   = startDate + 7200
	// patience is how long the booking service may take to learn of an event.
	patience = 20 * time.Second
)

// api is one of the services.
type api struct {
	*resttest.Client // of nobody
	document         []byte
	metrics          string // the address
	personal         bool   // whether the answers are about people
}

// system is both services, each as it runs as a program, but for the embedded broker that they share.
type system struct {
	events, bookings api
	signer           *authtest.Signer // has the booking service's key
	broker           builder.Broker
	data             string
	log              string // the file
}

// seed is of the key with which the booking service signs.
var seed = authtest.Seed(7)

// startSystem starts both services, with accounts and, unless the environment says otherwise, without limits.
func startSystem(t *testing.T, environment map[string]string) *system {
	t.Helper()
	s := &system{data: t.TempDir()}
	s.keepKey(t)
	broker, err := builder.Open(builder.Settings{
		Type: "inproc", Directory: s.data, Subscriptions: contracts.Subscriptions(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.broker = broker
	t.Cleanup(func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	})
	stderr := s.divertLog(t)
	defer stderr()
	b, err := bookings.New(t.Context(), s.settings(t, configuration.BookingService, environment),
		bookings.Dependencies{Emitter: broker, Listener: broker})
	if err != nil {
		t.Fatal(err)
	}
	running(t, b.Run)
	url := "http://" + b.Address.String()
	keys := map[string]string{"AUTH_KEYS": url + "/.well-known/jwks.json"}
	for name, value := range environment {
		keys[name] = value
	}
	e, err := events.New(t.Context(), s.settings(t, configuration.EventService, keys), events.Dependencies{Emitter: broker})
	if err != nil {
		t.Fatal(err)
	}
	running(t, e.Run)
	s.bookings = newAPI(t, url, "bookingservice", b.MetricsAddress.String())
	s.events = newAPI(t, "http://"+e.Address.String(), "eventservice", e.MetricsAddress.String())
	var set jose.JSONWebKeySet
	s.bookings.Want(t, 200, "GET", "/.well-known/jwks.json", nil).JSON(t, &set)
	s.signer = authtest.New(seed, set.Keys[0].KeyID)
	return s
}

// keepKey has the booking service find its key in its store, as at every start but the first.
func (s *system) keepKey(t *testing.T) {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(s.data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Keep(t.Context(), "signing-key", seed); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// divertLog has what is started from now on log into a file, until the end of it is called.
func (s *system) divertLog(t *testing.T) (end func()) {
	t.Helper()
	s.log = filepath.Join(t.TempDir(), "log")
	file, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	was := os.Stderr
	os.Stderr = file
	return func() { os.Stderr = was }
}

func (s *system) settings(t *testing.T, service configuration.Service, environment map[string]string) configuration.Settings {
	t.Helper()
	settings, err := configuration.Load(service, "", func(name string) (string, bool) {
		if value, ok := environment[name]; ok {
			return value, ok
		}
		value, ok := map[string]string{
			"LISTEN_URL": "localhost:0", "METRICS_URL": "localhost:0", "AUTH": "on", "LOG_LEVEL": "debug",
			"DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": s.data, "MESSAGE_BROKER_TYPE": "inproc", "INPROC_DIRECTORY": s.data,
			"LIMIT_PER_ADDRESS": "0", "LIMIT_PER_USER": "0", "LIMIT_PER_EVENT": "0",
		}[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// running has a service run until the test ends.
func running(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func newAPI(t *testing.T, url, service, metrics string) api {
	t.Helper()
	document, err := os.ReadFile("../../../" + service + "/rest/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	return api{
		Client: resttest.NewClient(t, url, document), document: document, metrics: metrics,
		personal: service == "bookingservice",
	}
}

// as makes a client of a service for a caller.
func (s *system) as(t *testing.T, service api, c auth.Caller) *resttest.Client {
	t.Helper()
	return service.As(t, s.signer.Token(t, c))
}

// Callers, whose tokens are signed as the booking service would.
var (
	customer       = auth.Caller{ID: persistence.ID{1}}
	otherCustomer  = auth.Caller{ID: persistence.ID{2}}
	organiser      = auth.Caller{ID: persistence.ID{3}, Organiser: true}
	otherOrganiser = auth.Caller{ID: persistence.ID{4}, Organiser: true}
	admin          = auth.Caller{ID: persistence.ID{5}, Admin: true}
)

func newEvent(name string) object {
	return object{"Name": name, "StartDate": startDate, "EndDate": endDate}
}

type document struct {
	ID, Ticket string
}

// addEvent has the organiser make an event that the booking service knows.
func (s *system) addEvent(t *testing.T, name string) string {
	t.Helper()
	var e document
	s.as(t, s.events, organiser).Want(t, 201, "POST", "/events", newEvent(name)).JSON(t, &e)
	deadline := time.Now().Add(patience)
	for s.bookings.Do(t, "GET", "/events/"+e.ID+"/availability", nil).Status != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatal("in vain waited until the booking service knows the event")
		}
		time.Sleep(5 * time.Millisecond)
	}
	return e.ID
}
