package rest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"myevents/lib/persistence"
)

type withReason struct {
	Seats              int64
	CancellationReason string
}

func TestCancellationByTheOrganiser(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 5)
	customer := w.Visitor(t)
	b := book(t, customer, event, 5)
	path := "/bookings/" + b.ID + "/cancellation"
	for _, reason := range []string{" the balcony is closed\n", "another reason"} {
		var a attendee
		w.Want(t, 200, "POST", path, object{"reason": reason}).JSON(t, &a)
		if a.ID != b.ID || a.Seats != 0 || a.GivenBack != 5 || a.Status != "cancelled" ||
			a.CancellationReason != "the balcony is closed" || !strings.Contains(a.BookedAt, "T") {
			t.Errorf("it is answered with %+v", a)
		}
	}
	for _, path := range []string{"/bookings/" + b.ID, b.Ticket} {
		var shown withReason
		customer.Want(t, 200, "GET", path, nil).JSON(t, &shown)
		if shown != (withReason{0, "the balcony is closed"}) {
			t.Errorf("%s shows the customer %+v", path, shown)
		}
	}
	customer.Want(t, 200, "DELETE", "/bookings/"+b.ID, nil)
	book(t, w.Visitor(t), event, 5)
	if names := w.messages(t, b.ID); len(names) != 2 || names[1] != "booking.cancelled" {
		t.Errorf("the messages are %v", names)
	}
}

// messages gives the names of a booking's messages, and takes all of it out of the outbox.
func (w *world) messages(t *testing.T, booking string) (names []string) {
	t.Helper()
	for {
		pending, err := w.store.Pending(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(pending) == 0 {
			return names
		}
		for _, m := range pending {
			if m.Document == booking {
				names = append(names, m.Name)
				var body map[string]any
				if err := json.Unmarshal(m.Body, &body); err != nil || strings.Contains(string(m.Body), "balcony") {
					t.Errorf("the message is %s, %v", m.Body, err)
				}
			}
			if err := w.store.Done(t.Context(), m.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCancellationRefused(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100)
	customer := w.Visitor(t)
	given, late, kept := book(t, customer, event, 1), book(t, customer, event, 1), book(t, customer, event, 1)
	customer.Want(t, 200, "DELETE", "/bookings/"+given.ID, nil)
	path := func(id string) string { return "/bookings/" + id + "/cancellation" }
	w.Want(t, 409, "POST", path(given.ID), object{"reason": "ill"})
	w.Want(t, 404, "POST", path(persistence.NewID().String()), object{"reason": "ill"})
	for _, body := range []any{object{}, object{"reason": ""}, object{"reason": " \t"}, object{"reason": 1},
		object{"reason": strings.Repeat("é", 501)}, object{"because": "x"}} {
		w.Want(t, 422, "POST", path(kept.ID), body)
	}
	w.Want(t, 400, "POST", path(kept.ID), "{")
	w.Want(t, 200, "POST", path(kept.ID), object{"reason": strings.Repeat("é", 500)})
	w.adopt(t, persistence.EventCopy{
		ID: mustParse(t, event), EndDate: time.Now().Unix() - 1, Capacity: 100, Version: 2,
	})
	w.Want(t, 409, "POST", path(late.ID), object{"reason": "ill"})
}
