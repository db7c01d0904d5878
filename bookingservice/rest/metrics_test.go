package rest_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"myevents/lib/persistence"
)

// TestAnswersAreCounted books in every way that is decided otherwise.
func TestAnswersAreCounted(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 3)
	over := w.event(t, 3, func(e *persistence.EventCopy) { e.EndDate = 1000 })
	ask := func(status int, event string, seats int) {
		t.Helper()
		w.Want(t, status, "POST", "/events/"+event+"/bookings", object{"seats": seats}, "Idempotency-Key", key)
	}
	ask(201, event, 3)
	ask(201, event, 3)
	ask(422, event, 2) // of the same key
	ask(409, over, 1)
	ask(404, persistence.NewID().String(), 1)
	w.Want(t, 409, "POST", "/events/"+event+"/bookings", object{"seats": 1})
	err := testutil.GatherAndCompare(w.registry, strings.NewReader(`
# HELP myevents_booking_answers_total What it was decided about requests to book.
# TYPE myevents_booking_answers_total counter
myevents_booking_answers_total{result="booked"} 1
myevents_booking_answers_total{result="closed"} 1
myevents_booking_answers_total{result="failed"} 0
myevents_booking_answers_total{result="refused"} 1
myevents_booking_answers_total{result="repeated"} 1
myevents_booking_answers_total{result="sold_out"} 1
myevents_booking_answers_total{result="unknown"} 1
`), "myevents_booking_answers_total")
	if err != nil {
		t.Error(err)
	}
}
