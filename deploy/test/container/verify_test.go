package container

import (
	"context"
	"encoding/json"
	"testing"

	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/amqp"
	"myevents/lib/persistence/mongolayer"
)

// verify checks everything that was promised, in the store and in the log.
func (s *system) verify(t *testing.T, c *crowd.Crowd, events ...string) {
	t.Helper()
	store, err := mongolayer.OpenBookings(mongolayer.Config{URL: s.mongoURL(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it was only read
	broker, err := amqp.Open(amqp.Config{URL: s.amqpURL(t), Subscriptions: contracts.Subscriptions()})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	s.does(t, "audit", "-settle", "1m")
	s.does(t, "replay", "-verify", "-settle", "1m")
	ctx, cancel := context.WithTimeout(t.Context(), upPatience)
	defer cancel()
	if err := c.Verify(ctx, store, broker, events...); err != nil {
		t.Error(err)
	}
	if n, err := broker.CountDeadLetters(ctx, contracts.BookingService); err != nil || n != 0 {
		t.Errorf("there are %d dead letters, %v", n, err)
	}
}

func (s *system) mongoURL(t *testing.T) string {
	t.Helper()
	user := "myevents:" + s.secret(t, "bookings-db", "service_password") + "@"
	if s.standin {
		user = ""
	}
	return "mongodb://" + user + s.run(t, "port", "bookings-db", "27017") + "/myevents_bookings?directConnection=true"
}

func (s *system) amqpURL(t *testing.T) string {
	t.Helper()
	var definitions struct {
		Users []struct{ Name, Password string }
	}
	if err := json.Unmarshal([]byte(s.secret(t, "rabbitmq", "definitions.json")), &definitions); err != nil {
		t.Fatal(err)
	}
	u := definitions.Users[0]
	return "amqp://" + u.Name + ":" + u.Password + "@" + s.run(t, "port", "rabbitmq", "5672") + "/"
}

// does has the booking service's program do something else than serve.
func (s *system) does(t *testing.T, arguments ...string) {
	t.Helper()
	t.Logf("%v:\n%s", arguments, s.run(t, append([]string{"exec", "-T", "bookings", "/bookingservice"}, arguments...)...))
}

// secret is what a container has in a file of its secrets.
func (s *system) secret(t *testing.T, service, file string) string {
	t.Helper()
	return s.run(t, "exec", "-T", service, "cat", "/run/secrets/"+file)
}
