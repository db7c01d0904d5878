package security

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/rest/resttest"
)

// TestNothingSecretIsTold has people do what people do, and looks for what is theirs in what others get to see: the logs,
// the metrics, and the domain events.
func TestNothingSecretIsTold(t *testing.T) {
	s := startSystem(t, nil)
	secrets := s.live(t)
	told := map[string]string{
		"the log": s.readLog(t), "the metrics of the events": get(t, "http://"+s.events.metrics+"/metrics"),
		"the metrics of the bookings": get(t, "http://"+s.bookings.metrics+"/metrics"), "the domain events": s.readEvents(t),
	}
	for what, sign := range map[string]string{ // that these are what they are said to be
		"the log":                     `"route":"/tickets/{bookingID}/{code}","status":404`,
		"the metrics of the events":   `route="/events/{SearchCriteria}/{search}"`,
		"the metrics of the bookings": `route="/tickets/{bookingID}/{code}",status="200"`,
		"the domain events":           s.person(t, customer).ID.String(),
	} {
		if !strings.Contains(told[what], sign) {
			t.Errorf("%s do not tell %s:\n%.2000s", what, sign, told[what])
		}
	}
	for where, text := range told {
		for what, secret := range secrets {
			if secret == "" {
				t.Errorf("there is no %s to look for", what)
			} else if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s tell the %s: …%s…", where, what, text[max(0, i-200):min(len(text), i+200)])
			}
		}
	}
}

// live does what people do, rightly and wrongly, and says what of it is nobody else's business.
func (s *system) live(t *testing.T) map[string]string {
	t.Helper()
	const (
		key, address, agent = "0191f3c2-7d7e-7a53-9c1e-secret-key", "203.0.113.77", "Somebodys-Browser/1.0"
		searched, forgery   = "what-somebody-looks-for", "a-token-that-is-forged"
	)
	about := []string{"X-Forwarded-For", address, "User-Agent", agent}
	event := s.addEvent(t, "Concert")
	token := s.person(t, customer).session.Token
	buyer := s.bookings.As(t, token)
	var b document
	buyer.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 2},
		append(about, "Idempotency-Key", key)...).JSON(t, &b)
	buyer.Want(t, 422, "POST", "/events/"+event+"/bookings", object{"seats": 1}, append(about, "Idempotency-Key", key)...)
	buyer.Want(t, 200, "PATCH", "/bookings/"+b.ID, object{"seats": 1}, about...)
	buyer.Want(t, 200, "GET", b.Ticket, nil, about...)
	buyer.Want(t, 404, "GET", b.Ticket+"x", nil, about...)
	s.events.Want(t, 404, "GET", "/events/name/"+searched, nil, about...)
	s.events.Want(t, 200, "GET", "/events?q="+searched, nil, about...)
	s.bookings.As(t, forgery).Want(t, 401, "GET", "/bookings", nil, about...)
	s.events.As(t, forgery).Want(t, 401, "POST", "/events", object{"Name": searched}, about...)
	s.as(t, s.events, organiser).Want(t, 422, "POST", "/events", object{"Name": searched}, about...)

	guest := s.bookings.Visitor(t)
	first := cookies(guest.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 1}, about...))
	second := cookies(guest.Want(t, 200, "POST", "/sessions/refresh", nil, about...))
	const reason = "what-the-organiser-says-of-it"
	s.as(t, s.bookings, organiser).Want(t, 200, "GET", "/events/"+event+"/bookings", nil, about...)
	s.as(t, s.bookings, organiser).Want(t, 200, "POST", "/bookings/"+b.ID+"/cancellation", object{"reason": reason}, about...)
	const wrong = "a-password-that-is-wrong"
	s.bookings.Want(t, 401, "POST", "/sessions", object{"email": s.person(t, customer).email, "password": wrong}, about...)
	s.as(t, s.bookings, admin).Want(t, 200, "GET", "/users?email="+s.person(t, customer).email, nil, about...)
	return map[string]string{
		"email address": s.person(t, customer).email, "password": s.person(t, customer).password, "wrong password": wrong,
		"name": "Name of " + customer, "admin's email address": adminEmail, "admin's password": adminPassword,
		"organiser's reason": reason, "signing key": base64.StdEncoding.EncodeToString(seed)[:20],
		"customer's token": token, "idempotency key": key, "client's address": address, "browser": agent,
		"ticket's code": b.Ticket[strings.LastIndex(b.Ticket, "/")+1:], "search": searched, "forged token": forgery,
		"guest's token": first["myevents_access"], "refresh secret": secretOf(first["myevents_refresh"]),
		"guest's next token": second["myevents_access"], "next refresh secret": secretOf(second["myevents_refresh"]),
	}
}

// cookies are those that an answer sets, by name.
func cookies(a resttest.Answer) map[string]string {
	values := make(map[string]string)
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		values[c.Name] = c.Value
	}
	return values
}

// secretOf is the part of a refresh cookie that nobody may know; the other is the session's ID.
func secretOf(cookie string) string {
	_, secret, _ := strings.Cut(cookie, ".")
	return secret
}

func (s *system) readLog(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readEvents gives all domain events, once those of the bookings are there.
func (s *system) readEvents(t *testing.T) string {
	t.Helper()
	log, ok := s.broker.(msgqueue.Log)
	if !ok {
		t.Fatal("the broker has no log")
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		var all strings.Builder
		names := make(map[string]int)
		err := log.ReadLog(t.Context(), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
			names[e.Name]++
			all.WriteString(e.ID + " " + e.Key + " " + string(e.Body) + "\n")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if names["event.booked"] == 2 && names["booking.changed"] == 1 && names["booking.cancelled"] == 1 {
			return all.String()
		}
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited for the domain events of the bookings, there are %v", names)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
