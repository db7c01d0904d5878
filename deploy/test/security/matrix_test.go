package security

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
	"myevents/lib/rest/resttest"
)

// kinds are the kinds of callers, in the order in which the table has them. Those whose token is not valid have one
// place in it: why it is not must make no difference.
var kinds = []string{
	"nobody", "guest", customer, otherCustomer, organiser, otherOrganiser, admin,
	"forged", "expired", "wrong key", "alg: none",
}

// row is what a route answers, by the kind of the caller. What a request is about is the customer's, if it is a booking,
// and the organiser's, if it is an event or a location.
type row struct {
	nobody, guest, customer, otherCustomer, organiser, otherOrganiser, admin, invalid int

	// method is another than the route's, where that would not end.
	method string
	// body is that of the request, or a function that makes one; query stands behind the path.
	body  any
	query string
}

func (r row) want(kind int) int {
	statuses := []int{
		r.nobody, r.guest, r.customer, r.otherCustomer, r.organiser, r.otherOrganiser, r.admin, r.invalid,
	}
	return statuses[min(kind, len(statuses)-1)]
}

// everybody is the row of what is public.
func everybody(status int) row {
	return row{status, status, status, status, status, status, status, status, "", nil, ""}
}

// its is the row of what the organiser, and administrators, may do.
func its(status int, body any) row {
	return row{401, 403, 403, 403, status, 403, status, 401, "", body, ""}
}

// organisers is the row of what every organiser may do.
func organisers(status int, body any) row {
	return row{401, 403, 403, 403, status, status, status, 401, "", body, ""}
}

// members is the row of what takes an account.
func members(status int, body any) row {
	return row{401, 403, status, status, status, status, status, 401, "", body, ""}
}

// admins is the row of what administrators may do.
func admins(status int, body any) row {
	return row{401, 403, 403, 403, 403, 403, status, 401, "", body, ""}
}

// theCustomers is the row of what the customer may do, to whom alone it exists.
func theCustomers(status int, body any) row {
	return row{401, 404, status, 404, 404, 404, 404, 401, "", body, ""}
}

// table has all routes of both services.
func (s *system) table(t *testing.T) map[string]row {
	t.Helper()
	stream := everybody(200)
	stream.method, stream.query = http.MethodHead, "?event=0123456789abcdef01234567"
	signUp, n := everybody(201), 0
	signUp.body = func() any {
		n++
		return object{"email": fmt.Sprintf("number%d@people.example", n), "password": "a good password", "name": "N"}
	}
	signIn := everybody(201)
	signIn.body = object{"email": s.person(t, somebody).email, "password": s.person(t, somebody).password}
	find := admins(200, nil)
	find.query = "?email=" + s.person(t, somebody).email
	refresh := everybody(401)
	refresh.guest = 200 // whose cookies are those of a session
	return map[string]row{
		"GET /events":                           everybody(200),
		"GET /events.ics":                       everybody(200),
		"GET /events/{eventID}":                 everybody(200),
		"GET /events/{eventID}/event.ics":       everybody(200),
		"GET /events/{SearchCriteria}/{search}": everybody(200),
		"GET /locations":                        everybody(200),
		"GET /locations/{locationID}":           everybody(200),
		"POST /events":                          organisers(201, newEvent("New")),
		"POST /locations":                       organisers(201, object{"Name": "New"}),
		"PUT /events/{eventID}":                 its(200, newEvent("Changed")),
		"DELETE /events/{eventID}":              its(200, nil),
		"PUT /locations/{locationID}":           its(200, object{"Name": "Changed"}),
		"DELETE /locations/{locationID}":        its(204, nil),
		"GET /openapi.json":                     everybody(200),

		"POST /events/{eventID}/bookings":    {201, 201, 201, 201, 201, 201, 201, 401, "", object{"seats": 1}, ""},
		"GET /events/{eventID}/availability": everybody(200),
		"GET /availability/stream":           stream,
		"GET /bookings":                      {401, 200, 200, 200, 200, 200, 200, 401, "", nil, ""},
		"GET /bookings/{bookingID}":          theCustomers(200, nil),
		"PATCH /bookings/{bookingID}":        theCustomers(200, object{"seats": 1}),
		"DELETE /bookings/{bookingID}":       theCustomers(200, nil),
		"GET /tickets/{bookingID}/{code}":    everybody(200),

		"GET /events/{eventID}/bookings":          its(200, nil),
		"POST /bookings/{bookingID}/cancellation": its(200, object{"reason": "It rains."}),
		"GET /statistics":                         organisers(200, nil),

		"POST /users":                signUp,
		"GET /users":                 find,
		"PUT /users/{userID}/roles":  admins(200, object{"roles": []string{}}),
		"GET /users/me":              {204, 200, 200, 200, 200, 200, 200, 401, "", nil, ""},
		"PATCH /users/me":            members(200, object{"name": "Another name"}),
		"PUT /users/me/password":     members(422, object{"password": "not the password", "newPassword": "a better password"}),
		"DELETE /users/me":           members(422, object{"password": "not the password"}),
		"GET /users/me/export":       {401, 200, 200, 200, 200, 200, 200, 401, "", nil, ""},
		"POST /sessions":             signIn,
		"POST /sessions/refresh":     refresh,
		"DELETE /sessions":           everybody(204),
		"GET /.well-known/jwks.json": everybody(200),
	}
}

// TestEveryRouteForEveryCaller walks all routes that the services' documents have, as every kind of caller, each time
// with an event, a location and a booking of their own. A route that the table does not have is a fault.
func TestEveryRouteForEveryCaller(t *testing.T) {
	s := startSystem(t, nil)
	rows := s.table(t)
	for _, service := range []api{s.events, s.bookings} {
		for _, route := range routes(t, service.document) {
			row, ok := rows[route]
			if !ok {
				t.Errorf("the table does not say who may call %s", route)
				continue
			}
			for kind, name := range kinds {
				s.try(t, service, route, row, kind, name)
			}
			if route != "GET /openapi.json" { // which both have
				delete(rows, route)
			}
		}
	}
	delete(rows, "GET /openapi.json")
	for route := range rows {
		t.Errorf("the table has %s, which is there no more", route)
	}
}

// routes lists what a document has, as METHOD /template.
func routes(t *testing.T, document []byte) []string {
	t.Helper()
	var read struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(document, &read); err != nil {
		t.Fatal(err)
	}
	var all []string
	for path, methods := range read.Paths {
		for method := range methods {
			if method != "parameters" {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// try calls a route as one kind of caller.
func (s *system) try(t *testing.T, service api, route string, r row, kind int, name string) {
	t.Helper()
	method, template, _ := strings.Cut(route, " ")
	if r.method != "" {
		method = r.method
	}
	values := s.fixture(t, template)
	path := regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(template, func(part string) string {
		return values[strings.Trim(part, "{}")]
	})
	body := r.body
	if f, ok := body.(func() any); ok {
		body = f()
	}
	a := s.client(t, service, kind).Do(t, method, path+r.query, body, s.address()...)
	if a.Status != r.want(kind) {
		t.Errorf("%s, as %s: got %d, want %d: %s", route, name, a.Status, r.want(kind), a.Body)
	}
	if got := a.Header.Get("Cache-Control"); service.personal && template != "/.well-known/jwks.json" && got != "no-store" {
		t.Errorf("%s, as %s: what is somebody's own may be kept: %q", route, name, got)
	}
	for _, fault := range headerFaults(a) {
		t.Errorf("%s, as %s: %s", route, name, fault)
	}
}

// fixture makes what a template names.
func (s *system) fixture(t *testing.T, template string) map[string]string {
	t.Helper()
	values := map[string]string{
		"SearchCriteria": "name", "search": "searched", "userID": s.person(t, somebody).ID.String(),
	}
	if strings.Contains(template, "{eventID}") || strings.Contains(template, "{bookingID}") {
		values["eventID"] = s.addEvent(t, "Searched")
	}
	if strings.Contains(template, "{locationID}") {
		var l document
		s.as(t, s.events, organiser).Want(t, 201, "POST", "/locations", object{"Name": "Hall"}).JSON(t, &l)
		values["locationID"] = l.ID
	}
	if strings.Contains(template, "{bookingID}") {
		var b document
		s.as(t, s.bookings, customer).Want(t, 201, "POST", "/events/"+values["eventID"]+"/bookings", object{"seats": 2}).JSON(t, &b)
		values["bookingID"], values["code"] = b.ID, b.Ticket[strings.LastIndex(b.Ticket, "/")+1:]
	}
	return values
}

// client is a caller of a kind.
func (s *system) client(t *testing.T, service api, kind int) *resttest.Client {
	t.Helper()
	everything := auth.Caller{ID: s.person(t, admin).ID, Organiser: true, Admin: true} // what a liar would like to be
	switch kinds[kind] {
	case "nobody":
		return service.Visitor(t)
	case "guest":
		return s.guest(t, service)
	case "forged":
		parts := strings.Split(s.person(t, customer).session.Token, ".")
		parts[1] = strings.Split(s.signer.Token(t, everything), ".")[1]
		return service.As(t, strings.Join(parts, "."))
	case "expired":
		return service.As(t, s.signer.Token(t, everything, authtest.Expired))
	case "wrong key":
		return service.As(t, authtest.New(authtest.Seed(8), s.signer.ID()).Token(t, everything))
	case "alg: none":
		return service.As(t, authtest.Unsigned(t, everything))
	}
	return s.as(t, service, kinds[kind])
}

// guest is somebody who has booked, and so has a session's cookies, for both services.
func (s *system) guest(t *testing.T, service api) *resttest.Client {
	t.Helper()
	visitor := s.bookings.Visitor(t)
	visitor.Want(t, 201, "POST", "/events/"+s.addEvent(t, "Searched")+"/bookings", object{"seats": 1})
	return visitor.At(service.Client)
}

// headerFaults says what an answer lacks that all must have.
func headerFaults(a resttest.Answer) []string {
	var faults []string
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"Cross-Origin-Resource-Policy": "same-origin", "Server": "", "X-Powered-By": "", "Strict-Transport-Security": "",
		"Access-Control-Allow-Origin": "",
	}
	if a.Status >= http.StatusBadRequest {
		want["Content-Type"], want["Cache-Control"] = "application/problem+json", "no-store"
	}
	for name, value := range want {
		if got := a.Header.Get(name); got != value {
			faults = append(faults, fmt.Sprintf("%s is %q", name, got))
		}
	}
	if challenge := a.Header.Get("WWW-Authenticate"); strings.HasPrefix(challenge, "Bearer ") != (a.Status == 401) {
		faults = append(faults, fmt.Sprintf("WWW-Authenticate is %q", challenge))
	}
	return faults
}
