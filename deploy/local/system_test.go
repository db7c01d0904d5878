package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	startDate = 1_900_000_000
	endDate   = startDate + 7200
)

type eventDocument struct {
	ID        string
	Name      string
	Version   int64
	Cancelled bool
}

type bookingDocument struct {
	ID    string
	Seats int64
	Event struct {
		Name      string
		Cancelled bool
		Location  struct{ Name, TimeZone string }
	}
	Ticket string
}

type seatsDocument struct {
	Capacity, Available *int64
	Booked, Sequence    int64
}

// newEvent describes an event at a new location with two halls.
func newEvent(name string, capacity int64) map[string]any {
	return map[string]any{
		"Name": name, "StartDate": startDate, "EndDate": endDate,
		"Location": map[string]any{
			"Name": "Old Mill", "TimeZone": "Europe/Berlin",
			"Halls": []map[string]any{{"name": "Stalls", "capacity": capacity - 1}, {"name": "Box", "capacity": 1}},
		},
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// TestMainJob is what the system is for: an organiser creates an event, customers find it and book until it is sold
// out, and each service learns what the other did.
func TestMainJob(t *testing.T) {
	p := start(t, t.TempDir(), "-demo=false")
	api := p.gateway + "/api"
	organiser, anna, ben := newOrganiser(t, api), newVisitor(), newVisitor()

	var event eventDocument
	organiser.want(t, 201, "POST", api+"/events", newEvent("Mill Concert", 5), &event)
	var list []eventDocument
	anna.want(t, 200, "GET", api+"/events?q=old+mill", nil, &list)
	if len(list) != 1 || list[0].ID != event.ID {
		t.Fatalf("the search finds %+v", list)
	}
	var found eventDocument
	anna.want(t, 200, "GET", api+"/events/name/mill%20concert", nil, &found)

	bookings := api + "/events/" + event.ID + "/bookings"
	var first bookingDocument
	eventually(t, "the booking service knows the event", func() bool {
		status, err := anna.Do(t.Context(), "POST", bookings, map[string]int{"seats": 3}, &first, "")
		return err == nil && status == 201
	})
	if first.Event.Name != "Mill Concert" || first.Event.Location.TimeZone != "Europe/Berlin" {
		t.Errorf("the booking shows %+v", first.Event)
	}
	var problem struct{ Available *int64 }
	ben.want(t, 409, "POST", bookings, map[string]int{"seats": 3}, &problem)
	if problem.Available == nil || *problem.Available != 2 {
		t.Errorf("%+v seats are said to be left, not 2", problem.Available)
	}
	var second bookingDocument
	ben.want(t, 201, "POST", bookings, map[string]int{"seats": 2}, &second)
	ben.want(t, 409, "POST", bookings, map[string]int{"seats": 1}, nil)
	anna.want(t, 404, "GET", api+"/bookings/"+second.ID, nil, nil)
	anna.want(t, 200, "GET", api+second.Ticket, nil, &second)

	anna.want(t, 200, "PATCH", api+"/bookings/"+first.ID, map[string]int{"seats": 1}, &first)
	ben.want(t, 201, "POST", bookings, map[string]int{"seats": 2}, nil)
	anna.want(t, 409, "POST", bookings, map[string]int{"seats": 1}, nil)

	organiser.want(t, 200, "PUT", api+"/events/"+event.ID, newEvent("Mill Concert", 6), &event)
	eventually(t, "the new capacity arrives", func() bool {
		var seats seatsDocument
		organiser.want(t, 200, "GET", api+"/events/"+event.ID+"/availability", nil, &seats)
		return *seats.Capacity == 6
	})
	anna.want(t, 201, "POST", bookings, map[string]int{"seats": 1}, nil)

	organiser.want(t, 200, "DELETE", api+"/events/"+event.ID, nil, &event)
	eventually(t, "the cancellation arrives", func() bool {
		anna.want(t, 200, "GET", api+"/bookings/"+first.ID, nil, &first)
		return first.Event.Cancelled
	})
	anna.want(t, 200, "GET", api+"/events", nil, &list)
	if len(list) != 0 {
		t.Errorf("a cancelled event is listed: %+v", list)
	}
	p.stop(t)
}

// TestWhoMayWhat has the event service know by itself whom the booking service gave a token, and the samples belong to
// nobody, so that the admin may change them.
func TestWhoMayWhat(t *testing.T) {
	p := start(t, t.TempDir())
	api := p.gateway + "/api"
	anna := newVisitor()
	var list []eventDocument
	eventually(t, "the samples are made", func() bool {
		anna.want(t, 200, "GET", api+"/events", nil, &list)
		return len(list) == len(samples())
	})
	anna.want(t, 401, "POST", api+"/events", newEvent("Anybody's", 5), nil)
	eventually(t, "a guest could book", func() bool {
		var b bookingDocument
		status, err := anna.Do(t.Context(), "POST", api+"/events/"+list[len(list)-1].ID+"/bookings", map[string]int{"seats": 1}, &b, "")
		return err == nil && status == 201
	})
	anna.want(t, 403, "POST", api+"/events", newEvent("A guest's", 5), nil)
	anna.want(t, 403, "DELETE", api+"/events/"+list[0].ID, nil, nil)
	newOrganiser(t, api).want(t, 200, "DELETE", api+"/events/"+list[0].ID, nil, nil)
	p.stop(t)
}

// TestOpen has everybody do everything, as in the book.
func TestOpen(t *testing.T) {
	t.Setenv("AUTH", "open")
	p := start(t, t.TempDir(), "-demo=false")
	anna, ben := newVisitor(), newVisitor()
	var event eventDocument
	anna.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Anybody's", 5), &event)
	ben.want(t, 200, "DELETE", p.gateway+"/api/events/"+event.ID, nil, nil)
	p.stop(t)
}

func TestBusyPort(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing came in
	for _, name := range []string{"-addr", "-events", "-bookings", "-metrics"} {
		flags := []string{"-data", t.TempDir(), "-demo=false"}
		for _, other := range []string{"-addr", "-events", "-bookings", "-metrics"} {
			address := "localhost:0"
			if other == name {
				address = l.Addr().String()
			}
			flags = append(flags, other, address)
		}
		if out := fails(t, flags...); !strings.Contains(out, name) || !strings.Contains(out, "address already in use") {
			t.Errorf("a busy %s is reported as %q", name, out)
		}
	}
}

func TestSecondProcessOnTheSameData(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "-demo=false")
	if out := fails(t, "-data", data, "-addr", "localhost:0"); !strings.Contains(out, "in use by another process") {
		t.Errorf("it says %q", out)
	}
	p.stop(t)
}

func TestDamagedData(t *testing.T) {
	for _, file := range []string{"events.db", "bookings.db", "broker.db"} {
		data := t.TempDir()
		start(t, data, "-demo=false").stop(t)
		if err := os.Truncate(filepath.Join(data, file), 5000); err != nil {
			t.Fatal(err)
		}
		out := fails(t, "-data", data, "-demo=false", "-addr", "localhost:0", "-events", "localhost:0",
			"-bookings", "localhost:0", "-metrics", "localhost:0")
		if !strings.Contains(out, file) || !strings.Contains(out, "damaged") {
			t.Errorf("a damaged %s is reported as %q", file, out)
		}
	}
}

// TestSamples checks that the sample events are made once, also when the first attempt was interrupted.
func TestSamples(t *testing.T) {
	data := t.TempDir()
	start(t, data).kill(t)
	p := start(t, data)
	v := newVisitor()
	made := func() bool {
		_, err := os.Stat(filepath.Join(data, samplesFile))
		return os.IsNotExist(err)
	}
	eventually(t, "the samples are made", made)
	var list []eventDocument
	v.want(t, 200, "GET", p.gateway+"/api/events", nil, &list)
	if len(list) != len(samples()) {
		t.Fatalf("there are %d sample events, not %d", len(list), len(samples()))
	}
	soldOut, nearly := 0, 0
	for _, e := range list {
		var seats seatsDocument
		v.want(t, 200, "GET", p.gateway+"/api/events/"+e.ID+"/availability", nil, &seats)
		switch {
		case seats.Available == nil:
		case *seats.Available == 0:
			soldOut++
		case *seats.Available*20 < *seats.Capacity:
			nearly++
		}
	}
	if soldOut != 1 || nearly != 1 {
		t.Errorf("%d sample events are sold out, and %d nearly", soldOut, nearly)
	}
	newOrganiser(t, p.gateway+"/api").want(t, 200, "DELETE", p.gateway+"/api/events/"+list[0].ID, nil, nil)
	p.stop(t)

	p = start(t, data)
	v.want(t, 200, "GET", p.gateway+"/api/events", nil, &list)
	if len(list) != len(samples())-1 {
		t.Errorf("the second start shows %d events", len(list))
	}
	p.stop(t)
}

// TestSamplesOfAnotherDay goes on days later with what the first start has begun: the samples have the dates of the
// first start, and those that are over by now hinder nobody.
func TestSamplesOfAnotherDay(t *testing.T) {
	data := t.TempDir()
	start(t, data, "-demo=false").stop(t)
	todo := filepath.Join(data, samplesFile)
	if err := os.WriteFile(todo, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first := time.Now().AddDate(0, 0, -15)
	if err := os.Chtimes(todo, first, first); err != nil {
		t.Fatal(err)
	}
	p := start(t, data)
	eventually(t, "the samples are made", func() bool {
		_, err := os.Stat(todo)
		return os.IsNotExist(err)
	})
	var list []eventDocument
	newVisitor().want(t, 200, "GET", p.gateway+"/api/events", nil, &list)
	upcoming := 0
	for _, s := range samples() {
		if s.days > 15 {
			upcoming++
		}
	}
	if len(list) != upcoming {
		t.Errorf("%d sample events are to come, not %d", len(list), upcoming)
	}
	p.stop(t)
}

func TestOperatorsPort(t *testing.T) {
	p := start(t, t.TempDir(), "-demo=false")
	v := newVisitor()
	for _, path := range []string{"/healthz", "/readyz"} {
		v.want(t, 200, "GET", p.metrics+path, nil, nil)
	}
	v.want(t, 200, "GET", p.gateway+"/api/events", nil, nil)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.metrics+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := v.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`myevents_http_requests_total{method="GET",route="/events",service="events",status="200"} 1`,
		`myevents_outbox_messages{service="bookings"} 0`, `myevents_seats_per_booking_bucket{service="bookings",le="4"} 0`,
		"go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	p.stop(t)
}
