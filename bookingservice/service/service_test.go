package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/telemetry"
)

// running is a service on a broker, until the test or stop ends it.
func running(t *testing.T, data string, broker *inproc.Broker) (url, operators string, stop func()) {
	t.Helper()
	settings, err := configuration.Load(configuration.BookingService, "", func(name string) (string, bool) {
		value, ok := map[string]string{
			"AUDIT": os.Getenv("AUDIT"), "LISTEN_URL": "localhost:0", "METRICS_URL": "localhost:0", "DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": data, "LOG_LEVEL": "error",
		}[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := service.New(t.Context(), settings, service.Dependencies{Emitter: broker, Listener: broker})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return "http://" + s.Address.String(), "http://" + s.MetricsAddress.String(), func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func openBroker(t *testing.T, data string) *inproc.Broker {
	t.Helper()
	broker, err := inproc.Open(data, inproc.Options{Groups: []string{contracts.BookingService}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	return broker
}

func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "a-key-of-enough-characters")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// TestAlone has the booking service sell without an event service, from what the broker kept for it before its first
// start, and go on after a restart.
func TestAlone(t *testing.T) {
	data := t.TempDir()
	broker := openBroker(t, data)
	event, capacity := persistence.NewID().String(), int64(2)
	body, err := json.Marshal(contracts.EventCreated{EventState: contracts.EventState{
		ID: event, Name: "Concert", Start: time.Unix(1_900_000_000, 0), End: time.Unix(1_900_007_200, 0), Version: 1,
		Capacity: &capacity,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range broker.Emit(t.Context(), []msgqueue.Envelope{
		{ID: "1", Name: "unheard.of", Key: "k", Body: []byte("{}"), Time: time.Now()},
		{ID: "2", Name: "event.created", Key: event, Body: body, Time: time.Now()},
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	url, operators, stop := running(t, data, broker)
	bookings := url + "/events/" + event + "/bookings"
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		status, body := call(t, "POST", bookings, `{"seats":2}`)
		if status == 201 {
			break
		}
		if status != 404 || time.Now().After(deadline) {
			t.Fatal(status, body)
		}
	}
	if err := telemetry.CheckReady(t.Context(), strings.TrimPrefix(operators, "http://")); err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	_, metrics := call(t, "GET", operators+"/metrics", "")
	for _, want := range []string{
		`myevents_bookings_count{eventID="` + event + `",eventName="Concert"} 2`,
		`myevents_seats_per_booking_bucket{le="2"} 1`, `myevents_listener_messages_total{result="applied"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	stop()

	url, _, stop = running(t, data, broker)
	defer stop()
	if status, body := call(t, "POST", url+"/events/"+event+"/bookings", `{"seats":2}`); status != 201 {
		t.Errorf("the same request after a restart: %d %s", status, body)
	}
	if _, body := call(t, "GET", url+"/events/"+event+"/availability", ""); !strings.Contains(body, `"Booked":2`) {
		t.Errorf("after the restart: %s", body)
	}
}

// TestStreamsEndWithTheService has a client that watches seats not keep the service from stopping.
func TestStreamsEndWithTheService(t *testing.T) {
	data := t.TempDir()
	url, _, stop := running(t, data, openBroker(t, data))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		url+"/availability/stream?event="+persistence.NewID().String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	began := time.Now()
	stop()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if _, err := new(bytes.Buffer).ReadFrom(response.Body); err != nil {
		t.Errorf("the stream broke off: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
}
