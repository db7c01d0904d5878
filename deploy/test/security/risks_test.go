package security

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
	"myevents/lib/rest/resttest"
)

// TestFieldsThatAreNotTheCallers has nobody set what the services answer by themselves: whose something is, how often it
// was changed, what it costs to be somebody else (API3).
func TestFieldsThatAreNotTheCallers(t *testing.T) {
	s := startSystem(t, nil)
	mine := s.as(t, s.events, organiser)
	var e struct {
		ID, OrganiserID string
		Version         int64
		Cancelled       bool
		Capacity        *int64
		Location        struct{ OrganiserID string }
	}
	wish := newEvent("Mine")
	wish["OrganiserID"], wish["Version"], wish["Cancelled"], wish["Capacity"] = s.person(t, otherOrganiser).ID, 99, true, 1_000_000
	wish["Location"] = object{
		"Name": "Hall", "OrganiserID": s.person(t, otherOrganiser).ID, "Version": 99, "Halls": []object{{"name": "A", "capacity": 5}},
	}
	check := func(what string, version int64) {
		t.Helper()
		if e.OrganiserID != s.person(t, organiser).ID.String() || e.Location.OrganiserID != s.person(t, organiser).ID.String() ||
			e.Version != version || e.Cancelled || e.Capacity == nil || *e.Capacity != 5 {
			t.Errorf("what was %s is %+v", what, e)
		}
	}
	mine.Want(t, 201, "POST", "/events", wish).JSON(t, &e)
	check("created", 1)
	mine.Want(t, 200, "PUT", "/events/"+e.ID, wish).JSON(t, &e)
	check("changed", 2)
	foreign := object{"Request": "mark", "organiser_id": s.person(t, otherOrganiser).ID, "Booked": 0, "$where": "1"}
	for field, value := range foreign {
		wish := newEvent("Mine")
		wish[field] = value
		mine.Want(t, 422, "POST", "/events", wish)
	}

	event := s.addEvent(t, "Concert")
	buyer := s.as(t, s.bookings, customer)
	foreign = object{"UserID": s.person(t, otherCustomer).ID, "user": s.person(t, otherCustomer).ID, "ID": event, "Date": 1, "price": 0}
	for field, value := range foreign {
		buyer.Want(t, 422, "POST", "/events/"+event+"/bookings", object{"seats": 1, field: value})
	}
	foreign = object{"roles": []string{"admin"}, "ID": s.person(t, admin).ID, "epoch": 1, "Guest": false}
	for field, value := range foreign {
		buyer.Want(t, 422, "PATCH", "/users/me", object{"name": "N", field: value})
		s.bookings.Visitor(t).Want(t, 422, "POST", "/users",
			object{"email": "new@people.example", "password": "a good password", "name": "N", field: value})
	}
	var b document
	buyer.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 1}).JSON(t, &b)
	buyer.Want(t, 422, "PATCH", "/bookings/"+b.ID, object{"seats": 1, "EventID": event})
	buyer.Want(t, 422, "PATCH", "/bookings/"+b.ID, object{"seats": 19}) // more than it holds
}

// TestAnswersHaveOnlyWhatIsDescribed has no field slip out that the documents do not have (API3).
func TestAnswersHaveOnlyWhatIsDescribed(t *testing.T) {
	s := startSystem(t, nil)
	event := s.addEvent(t, "Concert")
	buyer := s.as(t, s.bookings, customer)
	var b document
	booked := buyer.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": 1})
	booked.JSON(t, &b)
	for name, c := range map[string]struct {
		body []byte
		want []string
	}{
		"an event": {
			s.events.Want(t, 200, "GET", "/events/"+event, nil).Body,
			[]string{
				"Cancelled", "Capacity", "Duration", "EndDate", "ID", "Location", "Name", "OrganiserID", "StartDate", "Version",
			},
		},
		"a booking": {booked.Body, []string{"Date", "Event", "EventID", "ID", "Seats", "Ticket"}},
		"a ticket": { // that whoever has the link may see
			s.bookings.Want(t, 200, "GET", b.Ticket, nil).Body, []string{"Date", "Event", "EventID", "ID", "Seats"},
		},
		"the seats": {
			s.bookings.Want(t, 200, "GET", "/events/"+event+"/availability", nil).Body,
			[]string{"Available", "Booked", "Capacity", "EventID", "Sequence"},
		},
	} {
		var document map[string]json.RawMessage
		if err := json.Unmarshal(c.body, &document); err != nil {
			t.Fatal(err)
		}
		var fields []string
		for field := range document {
			fields = append(fields, field)
		}
		slices.Sort(fields)
		if !slices.Equal(fields, c.want) {
			t.Errorf("%s has the fields %q", name, fields)
		}
	}
}

// TestOneEventIsNotEverything has a rush for one event be bounded, wherever it comes from, while others are sold, and
// one user be bounded, whatever it is for (API4, API6).
func TestOneEventIsNotEverything(t *testing.T) {
	const perSecond = 20
	s := startSystem(t, map[string]string{"LIMIT_PER_EVENT": "20", "LIMIT_PER_USER": "20"})
	hot, other := s.addEvent(t, "Hot"), s.addEvent(t, "Other")
	refused := func(ask func() int) (n int) {
		for range 10 * perSecond {
			if ask() == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	visitor := s.bookings.Visitor(t)
	book := func(event string) int {
		return visitor.Visitor(t).Do(t, "POST", "/events/"+event+"/bookings", object{"seats": 1}).Status
	}
	if refused(func() int { return book(hot) }) == 0 {
		t.Error("guests without number book one event without end")
	}
	if status := book(other); status != 201 {
		t.Errorf("meanwhile another event's booking is answered with %d", status)
	}
	greedy := s.as(t, s.bookings, customer)
	if refused(func() int { return greedy.Do(t, "GET", "/bookings", nil).Status }) == 0 {
		t.Error("one user asks without end")
	}
	s.as(t, s.bookings, otherCustomer).Want(t, 200, "GET", "/bookings", nil)
}

// TestGuessing has whoever guesses the passwords of an account be stopped, but nobody else, nor the owner elsewhere (API2).
func TestGuessing(t *testing.T) {
	s := startSystem(t, nil)
	const guesser = "203.0.113.5"
	try := func(password, address string) resttest.Answer {
		credentials := object{"email": s.person(t, customer).email, "password": password}
		return s.bookings.Visitor(t).Do(t, "POST", "/sessions", credentials, "X-Forwarded-For", address)
	}
	stopped := false
	for range 30 {
		if a := try("a wrong password", guesser); a.Status == http.StatusTooManyRequests {
			stopped = a.Header.Get("Retry-After") != ""
			break
		}
	}
	if !stopped {
		t.Error("one may guess without end")
	}
	if a := try(s.person(t, customer).password, guesser); a.Status != http.StatusTooManyRequests {
		t.Errorf("the right password, from there, is answered with %d", a.Status)
	}
	if a := try(s.person(t, customer).password, "203.0.113.6"); a.Status != http.StatusCreated {
		t.Errorf("the owner is answered with %d", a.Status)
	}
}

// TestNobodyHasUsCallOut has tokens that say where their key is to be found not make the services look there (API7).
func TestNobodyHasUsCallOut(t *testing.T) {
	s := startSystem(t, nil)
	var called atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer trap.Close()
	key := ed25519.NewKeyFromSeed(authtest.Seed(9))
	claims := authtest.Claims(auth.Caller{ID: s.person(t, admin).ID, Admin: true})
	for name, headers := range map[string]map[jose.HeaderKey]any{
		"jku":           {"jku": trap.URL, "kid": "own"},
		"x5u":           {"x5u": trap.URL, "kid": "own"},
		"kid is an URL": {"kid": trap.URL},
		"kid is a file": {"kid": "../../../../../../dev/zero"},
		"kid is SQL":    {"kid": "' OR '1'='1"},
	} {
		signer, err := jose.NewSigner(
			jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, &jose.SignerOptions{ExtraHeaders: headers, EmbedJWK: true})
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(signer).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		s.events.As(t, token).Want(t, 401, "POST", "/events", newEvent(name))
		s.bookings.As(t, token).Want(t, 401, "GET", "/bookings", nil)
	}
	if n := called.Load(); n > 0 {
		t.Errorf("what tokens named was called %d times", n)
	}
}

// TestNothingButTheAPI has what is for operators, or was left behind, not be there for clients (API8, API9).
func TestNothingButTheAPI(t *testing.T) {
	s := startSystem(t, nil)
	for _, service := range []api{s.events, s.bookings} {
		client := s.as(t, service, admin)
		for _, path := range []string{
			"/", "/metrics", "/healthz", "/readyz", "/debug/pprof/", "/debug/vars", "/v1/events", "/events/", "/.git/config",
			"/.env", "/configuration.json", "/cert.pem", "/openapi.yaml", "/swagger", "/admin", "/users/", "/../etc/passwd",
			"/%2e%2e/%2e%2e/etc/passwd",
		} {
			client.Want(t, 404, "GET", path, nil)
		}
		for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "PUT"} {
			a := client.Want(t, 405, method, "/openapi.json", nil)
			if strings.Contains(string(a.Body), "Authorization") {
				t.Errorf("%s sends back what it was sent", method)
			}
		}
	}
}
