// Package security attacks both services, as they run, by their APIs.
package security

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	bookings "myevents/bookingservice/service"
	events "myevents/eventservice/service"
	"myevents/lib/auth/authtest"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
	"myevents/lib/rest/resttest"
)

type object = map[string]any

const (
	adminEmail, adminPassword = "admin@people.example", "the password of the admin"

	startDate = 1_900_000_000
	endDate   = startDate + 7200
	// patience is how long something may take that must happen in the end.
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
	people           map[string]person
	signer           *authtest.Signer // has the booking service's key
	broker           builder.Broker
	data             string
	log              string // the file
	clients          atomic.Int64
}

// person is somebody who has an account, and a session.
type person struct {
	ID              persistence.ID
	email, password string
	session         struct {
		Token string
		User  struct{ ID persistence.ID }
	}
}

// Those who have an account.
const (
	customer       = "customer"
	otherCustomer  = "another customer"
	organiser      = "organiser"
	otherOrganiser = "another organiser"
	admin          = "admin"
	somebody       = "somebody" // who does nothing
)

// seed is of the key with which the booking service signs.
var seed = authtest.Seed(7)

// startSystem starts both services, with accounts and, unless the environment says otherwise, without limits. Clients
// say by themselves what address they have.
func startSystem(t *testing.T, environment map[string]string) *system {
	t.Helper()
	s := &system{data: t.TempDir(), people: make(map[string]person)}
	var err error
	s.broker, err = builder.Open(builder.Settings{
		Type: "inproc", Directory: s.data, Subscriptions: contracts.Subscriptions(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.broker.Close(); err != nil {
			t.Error(err)
		}
	})
	s.startServices(t, environment)
	var set jose.JSONWebKeySet
	s.bookings.Want(t, 200, "GET", "/.well-known/jwks.json", nil).JSON(t, &set)
	s.signer = authtest.New(seed, set.Keys[0].KeyID)
	return s
}

func (s *system) startServices(t *testing.T, environment map[string]string) {
	t.Helper()
	defer s.divertLog(t)()
	b, err := bookings.New(t.Context(), s.settings(t, configuration.BookingService, environment),
		bookings.Dependencies{Emitter: s.broker, Listener: s.broker})
	if err != nil {
		t.Fatal(err)
	}
	running(t, b.Run)
	url := "http://" + b.Address.String()
	keys := map[string]string{"AUTH_KEYS": url + "/.well-known/jwks.json"}
	maps.Copy(keys, environment)
	e, err := events.New(t.Context(), s.settings(t, configuration.EventService, keys), events.Dependencies{Emitter: s.broker})
	if err != nil {
		t.Fatal(err)
	}
	running(t, e.Run)
	s.bookings = newAPI(t, url, "bookingservice", b.MetricsAddress.String())
	s.events = newAPI(t, "http://"+e.Address.String(), "eventservice", e.MetricsAddress.String())
}

// person is somebody, who signs up at the first time. The admin, whom the service makes, makes organisers.
func (s *system) person(t *testing.T, name string) person {
	t.Helper()
	if p, ok := s.people[name]; ok {
		return p
	}
	p := person{email: strings.ReplaceAll(name, " ", ".") + "@people.example", password: "the password of " + name}
	if name == admin {
		p.email, p.password = adminEmail, adminPassword
		eventually(t, "the first admin is there", func() bool { return s.signIn(t, &p) == http.StatusCreated })
	} else {
		s.bookings.Visitor(t).Want(t, 201, "POST", "/users",
			object{"email": p.email, "password": p.password, "name": "Name of " + name}).JSON(t, &p.session)
	}
	if name == organiser || name == otherOrganiser {
		path := "/users/" + p.session.User.ID.String() + "/roles"
		s.as(t, s.bookings, admin).Want(t, 200, "PUT", path, object{"roles": []string{"organiser"}})
		s.signIn(t, &p)
	}
	p.ID = p.session.User.ID
	s.people[name] = p
	return p
}

// signIn gets a token that says what somebody may do now.
func (s *system) signIn(t *testing.T, p *person) (status int) {
	t.Helper()
	a := s.bookings.Visitor(t).Do(t, "POST", "/sessions", object{"email": p.email, "password": p.password})
	if a.Status == http.StatusCreated {
		a.JSON(t, &p.session)
	}
	return a.Status
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
			"ADMIN_EMAIL": adminEmail, "ADMIN_PASSWORD": adminPassword, "SIGNING_KEY": signingKey(t),
			"TRUSTED_PROXIES": "127.0.0.0/8,::1",
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

// signingKey is the key as it is configured.
func signingKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// as makes a client of a service for somebody who has an account.
func (s *system) as(t *testing.T, service api, name string) *resttest.Client {
	t.Helper()
	return service.As(t, s.person(t, name).session.Token)
}

// address is a client's own, as a header.
func (s *system) address() []string {
	n := s.clients.Add(1)
	return []string{"X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

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
	eventually(t, "the booking service knows the event", func() bool {
		return s.bookings.Do(t, "GET", "/events/"+e.ID+"/availability", nil).Status == http.StatusOK
	})
	return e.ID
}
