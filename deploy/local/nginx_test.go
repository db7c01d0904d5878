package main

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	backends "myevents/deploy/test"
	"myevents/lib/telemetry/otlp/otlptest"
)

// TestBehindNginx puts the production's gateway in front of the services: an organiser changes what was read, by its
// tag, and a customer books and sees the seats go down.
func TestBehindNginx(t *testing.T) {
	byAddress := strings.NewReplacer("localhost", "127.0.0.1") // nginx asks only name servers, not the machine's table
	events, bookings := byAddress.Replace(freeOrigin(t)), byAddress.Replace(freeOrigin(t))
	collector := otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
	p := start(t, t.TempDir(), "-demo=false", "-events", host(events), "-bookings", host(bookings))
	n := backends.StartNginx(t, "../../frontend/nginx/templates", map[string]string{
		"APP": t.TempDir(), "EVENTS_URL": events, "BOOKINGS_URL": bookings, "EVENTS_API": "", "BOOKINGS_API": "",
		"AUTH": "on", "NGINX_LOCAL_RESOLVERS": "127.0.0.1:9",
	})
	api, v := n.URL+"/api", newVisitor()
	organiser := newOrganiser(t, api)
	var event eventDocument
	organiser.want(t, 201, "POST", api+"/events", newEvent("Behind", 5), &event)
	read := send(t, v, http.MethodGet, api+"/events/"+event.ID, n.URL, "Accept-Encoding", "gzip",
		"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	collector.Find(t, "0af7651916cd43dd8448eb211c80319c", "GET /events/{eventID}")
	for tag, want := range map[string]int{`"99"`: 412, read.header.Get("ETag"): 200} {
		if got := send(t, organiser, http.MethodDelete, api+"/events/"+event.ID, n.URL, "If-Match", tag); got.status != want {
			t.Errorf("a change of the version %s is answered with %d", tag, got.status)
		}
	}

	organiser.want(t, 201, "POST", api+"/events", newEvent("Watched", 5), &event)
	eventually(t, "the booking service knows the event", func() bool {
		status, err := v.Do(t.Context(), "POST", api+"/events/"+event.ID+"/bookings", map[string]int{"seats": 1}, nil, "")
		return err == nil && status == 201
	})
	stream := bufio.NewScanner(send(t, v, http.MethodGet, api+"/availability/stream?event="+event.ID, n.URL).body)
	shows := func(text string) {
		t.Helper()
		for stream.Scan() {
			if strings.Contains(stream.Text(), text) {
				return
			}
		}
		t.Fatalf("the stream ends without %s: %v", text, stream.Err())
	}
	shows(`"Available":4`)
	var booking bookingDocument
	v.want(t, 201, "POST", api+"/events/"+event.ID+"/bookings", map[string]int{"seats": 2}, &booking)
	shows(`"Available":2`)
	v.want(t, 200, "GET", api+"/bookings/"+booking.ID, nil, nil)
	newVisitor().want(t, 200, "GET", api+booking.Ticket, nil, nil)
	p.stop(t)
}
