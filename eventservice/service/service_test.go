package service_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"myevents/eventservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func settings(t *testing.T, data string) configuration.Settings {
	t.Helper()
	s, err := configuration.Load(configuration.EventService, "", func(name string) (string, bool) {
		value, ok := map[string]string{
			"LISTEN_URL": "localhost:0", "METRICS_URL": "localhost:0", "DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": data, "MESSAGE_BROKER_TYPE": "inproc", "INPROC_DIRECTORY": data,
			"LOG_LEVEL": "error", "AUTH": "open",
		}[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// running is a service that runs until stop is called.
func running(t *testing.T, data string) (url, operators string, stop func()) {
	t.Helper()
	s, err := service.New(t.Context(), settings(t, data), service.Dependencies{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return "http://" + s.Address.String(), s.MetricsAddress.String(), func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
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

const event = `{"Name":"A","StartDate":1900000000,"EndDate":1900007200,"Location":{"Name":"Hall"}}`

// TestRestart has what was created still there after a restart, its messages sent, and the health known.
func TestRestart(t *testing.T) {
	data := t.TempDir()
	url, operators, stop := running(t, data)
	if status, body := call(t, "POST", url+"/events", event); status != 201 {
		t.Fatal(status, body)
	}
	if err := telemetry.CheckReady(t.Context(), operators); err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	_, metrics := call(t, "GET", "http://"+operators+"/metrics", "")
	for _, want := range []string{
		`myevents_http_requests_total{method="POST",route="/events",status="201"} 1`, "go_goroutines",
		`myevents_store_operation_duration_seconds_count{operation="commit"}`, "myevents_outbox_messages",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	stop()
	http.DefaultClient.CloseIdleConnections()
	url, _, stop = running(t, data)
	if _, body := call(t, "GET", url+"/events", ""); !strings.Contains(body, `"Name":"A"`) {
		t.Errorf("after the restart there is %s", body)
	}
	stop()
	if names := logged(t, data, 2); names["event.created"] != 1 || names["location.created"] != 1 {
		t.Errorf("the broker has %v", names)
	}
}

// logged reads the broker's log, and checks that each message is right.
func logged(t *testing.T, data string, least int) map[string]int {
	t.Helper()
	broker, err := inproc.Open(data, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	names := make(map[string]int)
	mapper := msgqueue.NewMapper(contracts.New())
	err = broker.ReadLog(t.Context(), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		names[e.Name]++
		least--
		_, err := mapper.MapEvent(e.Name, e.Body)
		return err
	})
	if err != nil || least > 0 {
		t.Errorf("%d messages are missing, %v", least, err)
	}
	return names
}

// TestRepublish tells everything again, for a new subscriber as it is, after a restore with higher versions.
func TestRepublish(t *testing.T) {
	data := t.TempDir()
	url, _, stop := running(t, data)
	_, body := call(t, "POST", url+"/events", event)
	var created struct{ ID string }
	if err := json.Unmarshal([]byte(body), &created); err != nil {
		t.Fatal(err)
	}
	call(t, "POST", url+"/events", strings.Replace(event, "A", "B", 1))
	call(t, "DELETE", url+"/events/"+created.ID, "")
	if _, err := service.Republish(t.Context(), settings(t, data), false); err == nil {
		t.Error("the store of a running service was opened")
	}
	stop()
	for _, restored := range []bool{false, true} {
		told, err := service.Republish(t.Context(), settings(t, data), restored)
		if err != nil || told != 4 {
			t.Fatalf("%d documents were told again, %v", told, err)
		}
	}
	began := time.Now().Add(-time.Minute).UnixMilli()
	url, operators, stop := running(t, data)
	_, body = call(t, "GET", url+"/events/"+created.ID, "")
	var now struct {
		Version   int64
		Cancelled bool
	}
	if err := json.Unmarshal([]byte(body), &now); err != nil {
		t.Fatal(err)
	}
	if now.Version < began || !now.Cancelled {
		t.Errorf("after the restore it is %+v", now)
	}
	wait(t, operators)
	stop()
	names := logged(t, data, 5)
	if names["event.cancelled"] < 2 || names["event.updated"] < 1 || names["location.updated"] < 2 {
		t.Errorf("the broker has %v", names)
	}
}

// wait waits until the outbox is empty.
func wait(t *testing.T, operators string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, metrics := call(t, "GET", "http://"+operators+"/metrics", "")
		if strings.Contains(metrics, "myevents_outbox_messages 0\n") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("messages stay in the outbox")
		}
	}
}

func TestUnknownKindOfStore(t *testing.T) {
	s := settings(t, t.TempDir())
	s.DatabaseType = "cassandra"
	if _, err := service.New(t.Context(), s, service.Dependencies{}); err == nil || !strings.Contains(err.Error(), "bolt") {
		t.Errorf("an unknown kind of store: %v", err)
	}
}
