package rest_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/persistence"
)

const key = "a-key-of-enough-characters"

func TestKeyBooksOnce(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	first := book(t, w.Client, event, 2, "Idempotency-Key", key)
	second := book(t, w.Client, event, 2, "Idempotency-Key", key)
	if second != first {
		t.Errorf("the repeated request made %+v after %+v", second, first)
	}
	w.Want(t, 422, "POST", "/events/"+event+"/bookings", object{"seats": 3}, "Idempotency-Key", key)
	w.Want(t, 200, "PATCH", "/bookings/"+first.ID, object{"seats": 1})
	if b := book(t, w.Client, event, 2, "Idempotency-Key", key); b.Seats != 1 {
		t.Errorf("after giving back, the repeated request is answered with %d seats", b.Seats)
	}
	other := w.event(t, 10)
	if b := book(t, w.Client, other, 2, "Idempotency-Key", key); b.ID == first.ID {
		t.Error("the same key at another event gives the same booking")
	}
	stranger := w.Visitor(t)
	book(t, stranger, other, 1)
	stranger.Want(t, 422, "POST", "/events/"+other+"/bookings", object{"seats": 1}, "Idempotency-Key", key)
}

// TestLostFirstAnswer has the answer to a guest's first booking lost: the key finds the booking and opens the session.
func TestLostFirstAnswer(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	first := book(t, w.Visitor(t), event, 2, "Idempotency-Key", key) // whose cookies nobody has
	again := book(t, w.Client, event, 2, "Idempotency-Key", key)
	if again.ID != first.ID {
		t.Fatal("it was booked twice")
	}
	w.Want(t, 200, "GET", "/bookings/"+first.ID, nil)
}

// TestSessionTakesGuestOver has a visitor with a session repeat a request that was made without: the guest is the
// visitor from then on, and the key alone opens nothing any more.
func TestSessionTakesGuestOver(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	book(t, w.Client, event, 1)
	first := book(t, w.Visitor(t), event, 2, "Idempotency-Key", key)
	again := book(t, w.Client, event, 2, "Idempotency-Key", key)
	if again.ID != first.ID {
		t.Fatal("it was booked twice")
	}
	w.Want(t, 200, "GET", "/bookings/"+first.ID, nil)
	var mine []booking
	w.Want(t, 200, "GET", "/bookings", nil).JSON(t, &mine)
	if len(mine) != 2 {
		t.Errorf("the visitor has %d bookings", len(mine))
	}
	w.Visitor(t).Want(t, 401, "POST", "/events/"+event+"/bookings", object{"seats": 2}, "Idempotency-Key", key)

	stranger := w.Visitor(t)
	book(t, stranger, event, 1)
	stranger.Want(t, 422, "POST", "/events/"+event+"/bookings", object{"seats": 2}, "Idempotency-Key", key)
}

func TestBadTokenIsNeverANewGuest(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	for _, header := range []string{"Bearer nonsense", "Bearer a.b.c", "Basic dXNlcjpwYXNz", "Bearer"} {
		w.Want(t, 401, "POST", "/events/"+event+"/bookings", object{"seats": 1}, "Authorization", header)
	}
	w.Want(t, 401, "GET", "/users/me", nil, "Cookie", "myevents_access=nonsense")
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	w.Want(t, 204, "GET", "/users/me", nil)
	w.Want(t, 401, "POST", "/sessions/refresh", nil)
	b := book(t, w.Client, event, 1)
	var me struct{ ID string }
	w.Want(t, 200, "GET", "/users/me", nil).JSON(t, &me)

	var session struct {
		Token string
		User  struct{ ID string }
	}
	w.Want(t, 200, "POST", "/sessions/refresh", nil).JSON(t, &session)
	if session.User.ID != me.ID {
		t.Errorf("the session was of %s and is of %s", me.ID, session.User.ID)
	}
	api := w.Visitor(t) // an API client has no cookies
	api.Want(t, 200, "GET", "/bookings/"+b.ID, nil, "Authorization", "Bearer "+session.Token)
	w.Want(t, 204, "DELETE", "/sessions", nil)
	w.Want(t, 401, "POST", "/sessions/refresh", nil)
	w.Want(t, 204, "GET", "/users/me", nil)
}

// TestStolenSecret uses a session's secret after it was replaced: within a minute another tab may, later it ends the
// session for everybody.
func TestReplacedSecret(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	a := w.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 1})
	var old string
	for _, c := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(c, "myevents_refresh=") {
			old, _, _ = strings.Cut(c, ";")
		}
		for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(c, attribute) {
				t.Errorf("the cookie lacks %s: %s", attribute, c)
			}
		}
	}
	w.Want(t, 200, "POST", "/sessions/refresh", nil)
	w.Visitor(t).Want(t, 200, "POST", "/sessions/refresh", nil, "Cookie", old)

	id, _, _ := strings.Cut(strings.TrimPrefix(old, "myevents_refresh="), ".")
	session, err := w.store.FindSession(t.Context(), mustParse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	session.Rotated -= 3600
	session.Version++
	if err := w.store.ChangeSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	w.Visitor(t).Want(t, 401, "POST", "/sessions/refresh", nil, "Cookie", old)
	w.Want(t, 401, "POST", "/sessions/refresh", nil)
}

// TestRestart has the service stop and start again: sessions, tickets and keys go on.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bookings.db")
	var b booking
	var event, token string
	t.Run("before", func(t *testing.T) {
		w := openWorld(t, path)
		event = w.event(t, 10)
		b = book(t, w.Client, event, 2, "Idempotency-Key", key)
		var session struct{ Token string }
		w.Want(t, 200, "POST", "/sessions/refresh", nil).JSON(t, &session)
		token = session.Token
	})
	w := openWorld(t, path)
	w.Want(t, 200, "GET", b.Ticket, nil)
	w.Want(t, 200, "GET", "/bookings/"+b.ID, nil, "Authorization", "Bearer "+token)
	if again := book(t, w.Client, event, 2, "Idempotency-Key", key); again.ID != b.ID {
		t.Error("the same key booked again after a restart")
	}
}

// TestHotEventOverHTTP has 64 visitors book one event: exactly its seats are sold.
func TestHotEventOverHTTP(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 100)
	var sold atomic.Int64
	var visitors sync.WaitGroup
	for range 64 {
		v := w.Visitor(t)
		visitors.Go(func() {
			for range 4 {
				a := v.Do(t, "POST", "/events/"+event+"/bookings", object{"seats": 1})
				if a.Status == 201 {
					sold.Add(1)
				} else if a.Status != 409 {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			}
		})
	}
	visitors.Wait()
	if sold.Load() != 100 {
		t.Errorf("%d seats were sold", sold.Load())
	}
}

func TestMetricsOfTheBook(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	book(t, w.Client, event, 3, "Idempotency-Key", key)
	book(t, w.Client, event, 3, "Idempotency-Key", key)
	gathered, err := w.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, family := range gathered {
		switch family.GetName() {
		case "myevents_bookings_count":
			found++
			if m := family.GetMetric(); len(m) != 1 || m[0].GetCounter().GetValue() != 3 {
				t.Errorf("the seats are counted as %v", m)
			}
		case "myevents_seats_per_booking":
			found++
			if n := family.GetMetric()[0].GetHistogram().GetSampleCount(); n != 1 {
				t.Errorf("%d bookings are counted", n)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of the book's metrics are there", found)
	}
}

// TestStream watches two events: their figures come at once and at every change, the own ones and other replicas'.
func TestStream(t *testing.T) {
	w := newWorld(t)
	one, two := w.event(t, 10), w.event(t, 20)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		w.URL+"/availability/stream?event="+one+"&event="+two, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	defer response.Body.Close() //nolint:errcheck // it was only read
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("the content type is %q", got)
	}
	lines := bufio.NewScanner(response.Body)
	until := func(event string, booked int64) {
		t.Helper()
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var seats struct {
				EventID string
				Booked  int64
			}
			if err := json.Unmarshal([]byte(data), &seats); err != nil {
				t.Fatal(err)
			}
			if seats.EventID == event && seats.Booked == booked {
				return
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
	}
	until(one, 0)
	book(t, w.Client, two, 4)
	until(two, 4)

	// Another replica on the same store: a commit that this one's inventory knows nothing of.
	s, err := w.store.Load(t.Context(), mustParse(t, one))
	if err != nil {
		t.Fatal(err)
	}
	s.Inventory.Booked, s.Inventory.Sequence = 6, s.Inventory.Sequence+1
	if err := w.store.Commit(t.Context(), s, []persistence.Change{{Inventory: s.Inventory}}); err != nil {
		t.Fatal(err)
	}
	until(one, 6)

	w.hub.Close()
	ended := make(chan struct{})
	go func() {
		for lines.Scan() {
		}
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the stream did not end with the service")
	}
}
