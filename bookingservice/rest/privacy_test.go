package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/common/expfmt"

	"myevents/bookingservice/rest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	librest "myevents/lib/rest"
)

// record is a log that can be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// halfStore has accounts be away for changes, so that there is something to log.
type halfStore struct {
	persistence.BookingHandler
}

func (halfStore) ChangeUser(context.Context, persistence.User) error {
	return fmt.Errorf("%w: for a test", persistence.ErrUnavailable)
}

// TestNothingPersonalIsLogged does all that one can with an account, successfully and not, and looks for what a person
// typed, and for secrets, in the log and in the metrics.
func TestNothingPersonalIsLogged(t *testing.T) {
	opened, err := boltlayer.OpenBookings(filepath.Join(t.TempDir(), "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log record
	w := worldOn(t, halfStore{opened}, func(o *librest.Options, _ *rest.Parts) {
		o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, err := w.accounts.EnsureAdmin(t.Context(), adminEmail, "the admin's own"); err != nil {
		t.Fatal(err)
	}
	event := w.event(t, 10)
	b := book(t, w.Client, event, 1, "Idempotency-Key", key)
	s := signUp(t, w.Client)
	admin := w.Visitor(t)
	signIn(t, admin, adminEmail, "the admin's own")
	w.Want(t, 200, "GET", b.Ticket, nil)
	for _, c := range []struct {
		status       int
		method, path string
		body         any
	}{
		{409, "POST", "/users", object{"email": annasEmail, "password": annasPassword, "name": "Anna Holm"}},
		{422, "POST", "/users", object{"email": annasEmail, "password": "short", "name": "Anna Holm"}},
		{401, "POST", "/sessions", object{"email": annasEmail, "password": "wrong horse"}},
		{400, "POST", "/sessions", `{"email": "` + annasEmail + `", "password": "` + annasPassword + `"`},
		{503, "PATCH", "/users/me", object{"name": "Anna Holm", "email": annasEmail, "password": annasPassword}},
		{503, "PUT", "/users/me/password", object{"password": annasPassword, "newPassword": "a better one"}},
		{503, "DELETE", "/users/me", object{"password": annasPassword}},
		{403, "GET", "/users?email=" + annasEmail, nil},
		{200, "GET", "/users/me/export", nil},
		{200, "POST", "/sessions/refresh", nil},
	} {
		w.Want(t, c.status, c.method, c.path, c.body)
	}
	admin.Want(t, 200, "GET", "/users?email="+annasEmail, nil)
	admin.Want(t, 503, "PUT", "/users/"+s.User.ID+"/roles", object{"roles": []string{"organiser"}})
	signIn(t, w.Client, annasEmail, annasPassword)

	gathered, err := w.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var metrics bytes.Buffer
	for _, family := range gathered {
		if _, err := expfmt.MetricFamilyToText(&metrics, family); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "for a test"); n != 4 {
		t.Errorf("the log has %d of the failures", n)
	}
	code := b.Ticket[strings.LastIndex(b.Ticket, "/")+1:]
	for _, secret := range []string{
		annasEmail, "anna.holm", adminEmail, "Holm", annasPassword, "horse", "the admin's own", "a better one", s.Token, key, code,
		"argon2",
	} {
		for where, text := range map[string]string{"log": log.String(), "metrics": metrics.String()} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
				t.Errorf("the %s has %q:\n%s", where, secret, text)
			}
		}
	}
}
