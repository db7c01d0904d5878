package container

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

const customers = 6

// TestSystem starts the system as docker-compose.yml has it. Customers buy from the moment on when the first container is
// stopped, until the last has been. What fails ends it: what comes next rests on it.
func TestSystem(t *testing.T) {
	s := start(t)
	o := s.admin(t)
	_ = t.Run("the app is shown", func(t *testing.T) { checkApp(t, s) }) &&
		t.Run("an event is sold out", func(t *testing.T) { checkSoldOut(t, o, "Small") }) &&
		t.Run("seats are told live", func(t *testing.T) { checkStream(t, o) }) &&
		t.Run("Prometheus reaches everything", func(t *testing.T) { s.checkTargets(t, 1) }) &&
		t.Run("nothing is lost", func(t *testing.T) { s.sellThroughFaults(t, o) }) &&
		t.Run("Kafka in place of RabbitMQ", func(t *testing.T) { s.checkKafka(t) })
}

// sellThroughFaults has everything fail while customers buy, and looks at what is left of it.
func (s *system) sellThroughFaults(t *testing.T, o *organiser) {
	t.Helper()
	hot, roomy := o.create(t, "Hot", 200), o.create(t, "Roomy", 1_000_000)
	c := crowd.New(func() string { return o.api })
	ctx, stop := context.WithCancel(t.Context())
	var buying sync.WaitGroup
	for n := range customers {
		buying.Go(func() { c.Buy(ctx, n, hot.ID, roomy.ID, hot.ID) })
	}
	ok := t.Run("every container is restarted", func(t *testing.T) { s.restartAll(t, c) }) &&
		t.Run("every container is killed", func(t *testing.T) { s.killAll(t, c) }) &&
		t.Run("the services are cut off from the broker", func(t *testing.T) { s.cutOff(t, o, c) }) &&
		t.Run("replicas are restarted in turn", func(t *testing.T) { s.roll(t, o, c) }) &&
		t.Run("Prometheus reaches every replica", func(t *testing.T) { s.checkTargets(t, 2) })
	stop()
	buying.Wait()
	if ok {
		t.Logf("%d bookings were acknowledged", c.Acknowledged())
		s.verify(t, c, hot.ID, roomy.ID)
	}
}

func checkApp(t *testing.T, s *system) {
	t.Helper()
	status, body := get(t, "http://"+s.run(t, "port", "frontend", "8080")+"/")
	if status != http.StatusOK || !strings.Contains(body, "<title>MyEvents") {
		t.Errorf("the page is answered with %d, %.300s", status, body)
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
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

func checkSoldOut(t *testing.T, o *organiser, name string) {
	t.Helper()
	e := o.create(t, name, 5)
	v := crowd.NewVisitor()
	defer v.CloseIdleConnections()
	for _, step := range []struct{ seats, status int }{
		{3, http.StatusCreated}, {3, http.StatusConflict}, {2, http.StatusCreated}, {1, http.StatusConflict},
	} {
		status, err := v.Do(t.Context(), http.MethodPost, o.api+"/events/"+e.ID+"/bookings",
			map[string]int{"seats": step.seats}, nil, "")
		if err != nil || status != step.status {
			t.Errorf("%d seats were answered with %d, %v", step.seats, status, err)
		}
	}
}

// checkStream follows an event's seats. The answer does not end by itself: what comes was not held back by the gateway.
func checkStream(t *testing.T, o *organiser) {
	t.Helper()
	e := o.create(t, "Watched", 7)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.api+"/availability/stream?event="+e.ID, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{} // without a bound: that is the context's
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(response.Body)
	awaitSeats(t, lines, 7)
	o.insist(t, http.MethodPost, "/events/"+e.ID+"/bookings", map[string]int{"seats": 3}, nil, "")
	awaitSeats(t, lines, 4)
}

func awaitSeats(t *testing.T, lines *bufio.Scanner, left int64) {
	t.Helper()
	for lines.Scan() {
		var told event
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if ok && json.Unmarshal([]byte(data), &told) == nil && told.Available != nil && *told.Available == left {
			return
		}
	}
	t.Fatalf("in vain waited for %d seats: %v", left, lines.Err())
}

// checkTargets asks Prometheus what it scrapes.
func (s *system) checkTargets(t *testing.T, replicas int) {
	t.Helper()
	url := "http://" + s.run(t, "port", "prometheus", "9090") + "/api/v1/targets?state=active"
	want := map[string]int{"events": replicas, "bookings": replicas, "rabbitmq": 1, "rabbitmq-queues": 1, "prometheus": 1}
	eventually(t, "every target is up", func() error {
		var answer struct {
			Data struct {
				ActiveTargets []struct {
					Health string
					Labels map[string]string
				}
			}
		}
		_, body := get(t, url)
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			return err
		}
		up := make(map[string]int)
		for _, target := range answer.Data.ActiveTargets {
			if target.Health != "up" {
				return fmt.Errorf("%v is %s", target.Labels, target.Health)
			}
			up[target.Labels["job"]]++
		}
		if !maps.Equal(up, want) {
			return fmt.Errorf("there are %v", up)
		}
		return nil
	})
}
