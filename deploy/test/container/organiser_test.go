package container

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"myevents/deploy/test/crowd"
)

// api is the address of both services' APIs, through the gateway.
func (s *system) api(t *testing.T) string {
	t.Helper()
	return "http://" + s.run(t, "port", "frontend", "8080") + "/api"
}

// admin signs in as the first admin, whose password was made at the first start.
func (s *system) admin(t *testing.T) *organiser {
	t.Helper()
	o := &organiser{crowd.NewVisitor(), s.api(t)}
	fields := strings.Fields(s.run(t, "run", "--rm", "secrets", "show"))
	for n, field := range fields {
		if field == "admin@localhost" {
			o.insist(t, http.MethodPost, "/sessions", map[string]string{"email": field, "password": fields[n+1]}, nil, "")
			return o
		}
	}
	t.Fatalf("there is no admin among %d words", len(fields)) // which are secret
	return nil
}

// organiser makes events, and insists on an answer.
type organiser struct {
	*crowd.Visitor
	api string
}

// event is as both services have it.
type event struct {
	ID        string
	Available *int64
}

// insist repeats a request until it is answered. 404 is no answer: a service may learn of an event a moment later.
func (o *organiser) insist(t *testing.T, method, path string, body, result any, key string) {
	t.Helper()
	eventually(t, method+" "+path+" is answered", func() error {
		status, err := o.Do(t.Context(), method, o.api+path, body, result, key)
		switch {
		case err != nil:
			return err
		case status == http.StatusNotFound || status >= http.StatusInternalServerError:
			return fmt.Errorf("the answer is %d", status)
		case status >= http.StatusBadRequest:
			t.Fatalf("%s %s: %d", method, path, status)
		}
		return nil
	})
}

// create makes an event, of which the booking service knows when it is back.
func (o *organiser) create(t *testing.T, name string, capacity int) event {
	t.Helper()
	e := o.announce(t, name, capacity)
	o.await(t, e)
	return e
}

func (o *organiser) announce(t *testing.T, name string, capacity int) event {
	t.Helper()
	var e event
	o.insist(t, http.MethodPost, "/events", map[string]any{
		"Name": name, "StartDate": 1_900_000_000, "EndDate": 1_900_007_200,
		"Location": map[string]any{"Name": "Hall of " + name, "Halls": []map[string]any{{"name": "A", "capacity": capacity}}},
	}, &e, "organiser-creates-the-event-"+name)
	return e
}

func (o *organiser) await(t *testing.T, e event) {
	t.Helper()
	o.insist(t, http.MethodGet, "/events/"+e.ID+"/availability", nil, nil, "")
}
