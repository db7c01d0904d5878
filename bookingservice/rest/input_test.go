package rest_test

import (
	"strings"
	"testing"

	"myevents/lib/persistence"
)

// TestBadSeats sends bodies that are not right, to book and to give back. Each is answered with what is wrong, and
// changes nothing.
func TestBadSeats(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 100)
	mine := book(t, w.Client, event, 5)
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"not JSON":        {"seats=2", 400, "body"},
		"half of JSON":    {`{"seats":`, 400, "body"},
		"empty":           {"", 400, "body"},
		"not UTF-8":       {"{\"seats\":2,\"\xff\":1}", 400, "body"},
		"an array":        {`[{"seats":2}]`, 400, "body"},
		"only a number":   {"2", 400, "body"},
		"nothing":         {"null", 400, "body"},
		"two documents":   {`{"seats":2}{"seats":3}`, 400, "body"},
		"too deep":        {`{"seats":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}", 400, "body"},
		"65 KiB":          {`{"seats":2` + strings.Repeat(" ", 65<<10) + "}", 413, ""},
		"no seats":        {"{}", 422, "seats"},
		"null":            {`{"seats":null}`, 422, "seats"},
		"zero":            {`{"seats":0}`, 422, "seats"},
		"negative":        {`{"seats":-1}`, 422, "seats"},
		"a fraction":      {`{"seats":1.5}`, 422, "seats"},
		"too many":        {`{"seats":21}`, 422, "seats"},
		"far too many":    {`{"seats":1000000000000}`, 422, "seats"},
		"beyond 64 bits":  {`{"seats":100000000000000000000}`, 422, "seats"},
		"beyond all bits": {`{"seats":1e400}`, 422, "seats"},
		"a text":          {`{"seats":"2"}`, 422, "seats"},
		"true":            {`{"seats":true}`, 422, "seats"},
		"a list":          {`{"seats":[2]}`, 422, "seats"},
		"an object":       {`{"seats":{"n":2}}`, 422, "seats"},
		"unknown field":   {`{"seats":2,"row":5}`, 422, "row"},
	} {
		t.Run(name, func(t *testing.T) {
			for method, path := range map[string]string{
				"POST": "/events/" + event + "/bookings", "PATCH": "/bookings/" + mine.ID,
			} {
				problem := w.Want(t, c.status, method, path, c.body).Problem(t)
				if problem.Detail == "" {
					t.Errorf("%s: the answer says nothing", method)
				}
				if c.field != "" && (len(problem.Errors) == 0 || problem.Errors[0].Field != c.field) {
					t.Errorf("%s: the answer does not name %q: %+v", method, c.field, problem)
				}
			}
		})
	}
	w.unchanged(t, event, 5)
}

// unchanged fails the test if anything but one booking of so many seats was decided about an event.
func (w *world) unchanged(t *testing.T, event string, seats int64) {
	t.Helper()
	found, err := w.store.Availability(t.Context(), mustParse(t, event))
	if err != nil || len(found) != 1 || found[0].Booked != seats || found[0].Sequence != 2 {
		t.Errorf("the inventory is %+v, %v", found, err)
	}
}

func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 100)
	mine := book(t, w.Client, event, 5)
	bookings, one := "/events/"+event+"/bookings", "/bookings/"+mine.ID
	const unknown, body = "0123456789abcdef01234567", `{"seats":1}`
	for name, c := range map[string]struct {
		status       int
		method, path string
		header       []string
	}{
		"unknown event":            {404, "POST", "/events/" + unknown + "/bookings", nil},
		"malformed event":          {404, "POST", "/events/xyz/bookings", nil},
		"event with too much":      {404, "POST", "/events/" + event + "0/bookings", nil},
		"unknown event's seats":    {404, "GET", "/events/" + unknown + "/availability", nil},
		"unknown booking":          {404, "GET", "/bookings/" + unknown, nil},
		"malformed booking":        {404, "GET", "/bookings/xyz", nil},
		"giving back unknown":      {404, "DELETE", "/bookings/" + unknown, nil},
		"keeping of unknown":       {404, "PATCH", "/bookings/" + unknown, nil},
		"no event to watch":        {400, "GET", "/availability/stream", nil},
		"malformed event to watch": {400, "GET", "/availability/stream?event=" + event + "&event=x", nil},
		"too many to watch":        {400, "GET", "/availability/stream?" + strings.Repeat("event="+event+"&", 51), nil},
		"limit of nothing":         {400, "GET", "/bookings?limit=0", nil},
		"limit of no number":       {400, "GET", "/bookings?limit=x", nil},
		"limit too high":           {400, "GET", "/bookings?limit=1001", nil},
		"cursor of nobody":         {400, "GET", "/bookings?after=x", nil},
		"cursor cut off":           {400, "GET", "/bookings?after=AAAA", nil},
		"plain text":               {415, "POST", bookings, []string{"Content-Type", "text/plain"}},
		"no content type":          {415, "PATCH", one, []string{"Content-Type", ""}},
		"key too short":            {400, "POST", bookings, []string{"Idempotency-Key", "short"}},
		"key of nothing":           {400, "POST", bookings, []string{"Idempotency-Key", ""}},
		"key too long":             {400, "POST", bookings, []string{"Idempotency-Key", strings.Repeat("k", 201)}},
		"key with a space":         {400, "POST", bookings, []string{"Idempotency-Key", "a key of enough characters"}},
		"key beyond ASCII":         {400, "POST", bookings, []string{"Idempotency-Key", "ein-schlüssel-der-lang-genug-ist"}},
	} {
		t.Run(name, func(t *testing.T) {
			var content any
			if c.method != "GET" && c.method != "DELETE" {
				content = body
			}
			problem := w.Want(t, c.status, c.method, c.path, content, c.header...).Problem(t)
			if problem.Detail == "" {
				t.Error("the answer says nothing")
			}
			if strings.HasPrefix(name, "key") && (len(problem.Errors) != 1 || problem.Errors[0].Field != "Idempotency-Key") {
				t.Errorf("the answer does not name the header: %+v", problem)
			}
		})
	}
	w.unchanged(t, event, 5)
}

func TestWrongMethods(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 100)
	mine := book(t, w.Client, event, 5)
	for path, allow := range map[string]string{
		"/events/" + event + "/bookings":         "GET, HEAD, POST",
		"/events/" + event + "/availability":     "GET, HEAD",
		"/availability/stream":                   "GET, HEAD",
		"/bookings":                              "GET, HEAD",
		"/bookings/" + mine.ID:                   "DELETE, GET, HEAD, PATCH",
		mine.Ticket:                              "GET, HEAD",
		"/bookings/" + mine.ID + "/cancellation": "POST",
		"/statistics":                            "GET, HEAD",
		"/sessions":                              "DELETE, POST",
		"/users":                                 "GET, HEAD, POST",
		"/users/me/export":                       "GET, HEAD",
		"/sessions/refresh":                      "POST",
		"/users/me":                              "DELETE, GET, HEAD, PATCH",
		"/.well-known/jwks.json":                 "GET, HEAD",
	} {
		if a := w.Want(t, 405, "PUT", path, object{"seats": 1}); a.Header.Get("Allow") != allow {
			t.Errorf("%s: Allow is %q, want %q", path, a.Header.Get("Allow"), allow)
		}
	}
	w.unchanged(t, event, 5)
}

// TestHeadOfAStream asks for the header only: nobody watches after that.
func TestHeadOfAStream(t *testing.T) {
	w := newWorld(t)
	a := w.Want(t, 200, "HEAD", "/availability/stream?event="+persistence.NewID().String(), nil)
	if got := a.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("the content type is %q", got)
	}
	if n := w.metric(t, "myevents_availability_watched_events"); n != 0 {
		t.Errorf("%v events are watched", n)
	}
}
