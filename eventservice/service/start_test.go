package service_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"myevents/eventservice/service"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// TestStartOnDamagedStore shows that a file that is no store is an error that names it, and stays as it is.
func TestStartOnDamagedStore(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "events.db")
	damaged := []byte(strings.Repeat("this is no store ", 1000))
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := service.New(t.Context(), settings(t, data), service.Dependencies{})
	if err == nil || !strings.Contains(err.Error(), "store") || !strings.Contains(err.Error(), file) {
		t.Errorf("the error is %v", err)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, damaged) {
		t.Errorf("the file was changed, %v", err)
	}
}

// TestStartOnBusyPort shows that a port that is taken is an error that names the setting, and that nothing is left open.
func TestStartOnBusyPort(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // nobody connects
	data := t.TempDir()
	for _, setting := range []string{"restfulapi_endpoint", "metrics_endpoint"} {
		s := settings(t, data)
		if setting == "metrics_endpoint" {
			s.MetricsEndpoint = taken.Addr().String()
		} else {
			s.Endpoint = taken.Addr().String()
		}
		_, err := service.New(t.Context(), s, service.Dependencies{})
		if err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s is taken, but the error is %v", setting, err)
		}
	}
	_, _, stop := running(t, data) // it opens the store and the broker, so that nobody else has them
	stop()
}

// away is a broker that takes nothing.
type away struct{}

// Emit implements msgqueue.EventEmitter.
func (away) Emit(_ context.Context, envelopes []msgqueue.Envelope) []error {
	faults := make([]error, len(envelopes))
	for n := range faults {
		faults[n] = msgqueue.ErrUnavailable
	}
	return faults
}

// Close implements msgqueue.EventEmitter.
func (away) Close() error { return nil }

// TestBrokerAway shows that a broker that is away costs the caller nothing, and that what it did not take waits in the
// store until the next start.
func TestBrokerAway(t *testing.T) {
	data := t.TempDir()
	s, err := service.New(t.Context(), settings(t, data), service.Dependencies{Emitter: away{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	if status, body := call(t, "POST", "http://"+s.Address.String()+"/events", event); status != 201 {
		t.Errorf("without a broker the answer is %d %s", status, body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it does not stop in time: %v", err)
	}
	_, operators, stop := running(t, data)
	wait(t, operators)
	stop()
	if names := logged(t, data, 2); names["event.created"] != 1 || names["location.created"] != 1 {
		t.Errorf("the broker has %v", names)
	}
}

// TestRepublishOfMany tells each of many documents once, in a store where some are deleted.
func TestRepublishOfMany(t *testing.T) {
	data := t.TempDir()
	store, err := boltlayer.OpenEvents(filepath.Join(data, "events.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	const many = 300
	for n := range many {
		id := persistence.ID{1, byte(n >> 8), byte(n)}
		e := persistence.Event{ID: id, Name: "E", StartDate: 1, EndDate: 2, Version: 4}
		l := persistence.Location{ID: id, Name: "L", Version: 4, Deleted: n%2 == 0}
		m := persistence.Message{Document: id.String(), ID: persistence.MessageID(id.String(), 4), Name: "event.created"}
		if err := errors.Join(store.AddEvent(t.Context(), e, m), store.AddLocation(t.Context(), l, m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	told, err := service.Republish(t.Context(), settings(t, data), true)
	if err != nil || told != many+many/2 {
		t.Errorf("%d documents were told again, %v", told, err)
	}
}
