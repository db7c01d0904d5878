package endtoend

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// How the commands of the log end: with faults or differences, and where the broker keeps none.
const (
	faultsStatus = 2
	noLogStatus  = 3
)

// verify checks everything that was promised, in the store, in the log, and between the services.
func (s *system) verify(t *testing.T, c *crowd.Crowd, o organiser, events ...string) {
	t.Helper()
	store, broker := open(t, settings(t, s.conf, os.LookupEnv))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	log, keeps := broker.(msgqueue.Log)
	if keeps == s.noLog {
		t.Errorf("the broker keeps a log: %t", keeps)
	}
	if err := c.Verify(ctx, store, log, events...); err != nil {
		t.Error(err)
	}
	for _, id := range events {
		eventually(t, "both services know the same of the event "+id, func() bool {
			e := o.insist(t, "GET", "/events/"+id, nil, "")
			copies, err := store.FindEventCopies(ctx, parse(t, id))
			return err == nil && len(copies) == 1 && copies[0].Version == e.Version &&
				copies[0].Capacity == persistence.CapacityOf(e.Capacity)
		})
	}
	n, err := broker.(msgqueue.DeadLetters).CountDeadLetters(ctx, contracts.BookingService)
	if err != nil || n != 0 {
		t.Errorf("there are %d dead letters, %v", n, err)
	}
	s.verifyLog(t)
}

// verifyLog has the commands of the log, and the services that audit themselves, find everything as it must be. Where
// there is no log, they say so.
func (s *system) verifyLog(t *testing.T) {
	t.Helper()
	if s.noLog {
		for _, command := range []string{"audit", "log", "log -f -to kafka://nobody:9092", "replay", "replay -verify"} {
			s.bookings[0].ends(t, noLogStatus, "keeps no log", strings.Fields(command)...)
		}
		return
	}
	s.bookings[0].agrees(t)
	for _, b := range s.bookings {
		for line := range strings.Lines(b.measured(t)) {
			if strings.HasPrefix(line, "myevents_audit_faults") && !strings.HasSuffix(line, " 0\n") {
				t.Errorf("a service has audited itself: %s", line)
			}
		}
	}
}

// agrees has the service's commands find that all that is in the log is in the store, and the other way round.
func (s *service) agrees(t *testing.T) {
	t.Helper()
	s.ends(t, 0, " bookings\n0 events could not be compared", "audit")
	s.does(t, "replay", "-verify")
}

// open opens the booking service's store and broker until the test ends.
func open(t *testing.T, s configuration.Settings) (persistence.BookingHandler, builder.Broker) {
	t.Helper()
	store, err := dblayer.OpenBooking(dblayer.FromConfiguration(s, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // it was only read
	broker, err := builder.Open(builder.FromConfiguration(s, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() }) // it was only read
	return store, broker
}

func parse(t *testing.T, id string) persistence.ID {
	t.Helper()
	parsed, err := persistence.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
