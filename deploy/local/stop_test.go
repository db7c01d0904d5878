package main

import (
	"bufio"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/persistence"
)

// TestStoppedWhileSelling asks the process to end in the middle of load: whatever was booked was also answered, and
// nothing waits for the next start.
func TestStoppedWhileSelling(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "-demo=false")
	var event eventDocument
	newOrganiser(t, p.gateway+"/api").want(t, 201, "POST", p.gateway+"/api/events", newEvent("Roomy", 100_000), &event)
	url := p.gateway + "/api/events/" + event.ID + "/bookings"

	var answered atomic.Int64
	var buying sync.WaitGroup
	for n := range killClients {
		buying.Go(func() { answered.Add(buyUntilTheEnd(t, url, n)) })
	}
	eventually(t, "the sale is on", func() bool { return bookedSeats(t, p, event.ID) > 20*killClients })
	p.stop(t)
	buying.Wait()

	id, err := persistence.ParseID(event.ID)
	if err != nil {
		t.Fatal(err)
	}
	if n := waiting(t, data); n > 0 {
		t.Errorf("%d messages wait for the next start", n)
	}
	store := openBookings(t, data)
	defer store.Close() //nolint:errcheck // it was only read
	found, err := store.Availability(t.Context(), id)
	if err != nil || len(found) != 1 || found[0].Booked != answered.Load() {
		t.Errorf("%d bookings were answered, the store has %+v, %v", answered.Load(), found, err)
	}
	t.Logf("%d bookings were answered", answered.Load())
}

// buyUntilTheEnd books seats one by one until no answer comes, and says how many bookings were answered. Each request
// has its own connection, since one that stays open may be closed by a server that stops when the next request is on
// its way.
func buyUntilTheEnd(t *testing.T, url string, customer int) (answered int64) {
	t.Helper()
	v := newVisitor()
	v.Transport = &http.Transport{DisableKeepAlives: true}
	for n := 0; ; n++ {
		key := fmt.Sprintf("key-of-customer-%02d-and-request-%06d", customer, n)
		status, err := v.Do(t.Context(), http.MethodPost, url, map[string]int{"seats": 1}, nil, key)
		switch {
		case err != nil:
			return answered
		case status == http.StatusCreated:
			answered++
		case status != http.StatusNotFound: // the booking service learns of the event a moment later
			t.Errorf("a booking was answered with %d", status)
			return answered
		}
	}
}

func bookedSeats(t *testing.T, p *process, event string) int64 {
	t.Helper()
	var seats seatsDocument
	_, err := newVisitor().Do(t.Context(), http.MethodGet, p.gateway+"/api/events/"+event+"/availability", nil, &seats, "")
	if err != nil {
		t.Fatal(err)
	}
	return seats.Booked
}

// TestStreamEndsWithTheProcess stops the process while somebody watches the seats: the stream ends, and holds up nobody.
func TestStreamEndsWithTheProcess(t *testing.T) {
	p := start(t, t.TempDir(), "-demo=false")
	v := newOrganiser(t, p.gateway+"/api")
	var event eventDocument
	v.want(t, 201, "POST", p.gateway+"/api/events", newEvent("Watched", 5), &event)
	request, err := http.NewRequestWithContext(
		t.Context(), http.MethodGet, p.gateway+"/api/availability/stream?event="+event.ID, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := v.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || response.StatusCode != http.StatusOK {
		t.Fatalf("the stream begins with %d %q", response.StatusCode, lines.Text())
	}
	began := time.Now()
	p.stop(t) // which fails where the process runs into the bound
	for lines.Scan() {
		continue
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream ended with %v", err)
	}
	t.Logf("it stopped within %v", time.Since(began))
}
