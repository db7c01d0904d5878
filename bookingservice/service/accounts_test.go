package service_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/persistence"
)

// settingsOf are those of a service on an embedded store, with more variables.
func settingsOf(t *testing.T, data string, variables map[string]string) configuration.Settings {
	t.Helper()
	s, err := configuration.Load(configuration.BookingService, "", func(name string) (string, bool) {
		value, ok := map[string]string{
			"LISTEN_URL": "localhost:0", "METRICS_URL": "localhost:0", "DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": data, "LOG_LEVEL": "error",
		}[name]
		if v, given := variables[name]; given {
			return v, true
		}
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serving runs a service, and gives its address and what it ends with.
func serving(t *testing.T, data string, variables map[string]string) (url string, stop func() error) {
	t.Helper()
	broker := openBroker(t, t.TempDir())
	s, err := service.New(t.Context(), settingsOf(t, data, variables), service.Dependencies{Emitter: broker, Listener: broker})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return "http://" + s.Address.String(), func() error {
		cancel()
		return <-done
	}
}

// TestAdminOfTheSettings has the settings make an admin, and guests not book; a lost password is set again.
func TestAdminOfTheSettings(t *testing.T) {
	data := t.TempDir()
	variables := map[string]string{
		"ADMIN_EMAIL": "admin@example.org", "ADMIN_PASSWORD": "the first one", "GUEST_CHECKOUT": "false",
	}
	signIn := func(url, password string) (int, string) {
		return call(t, "POST", url+"/sessions", fmt.Sprintf(`{"email":"admin@example.org","password":%q}`, password))
	}
	url, stop := serving(t, data, variables)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		status, body := signIn(url, "the first one")
		if status == 201 && strings.Contains(body, `"admin"`) {
			break
		}
		if status != 401 || time.Now().After(deadline) {
			t.Fatal(status, body)
		}
	}
	bookings := url + "/events/" + persistence.NewID().String() + "/bookings"
	if status, body := call(t, "POST", bookings, `{"seats":1}`); status != 401 || !strings.Contains(body, "account") {
		t.Errorf("a guest books: %d %s", status, body)
	}
	variables["ADMIN_PASSWORD"] = "another one"
	var out strings.Builder
	if err := service.Admin(t.Context(), settingsOf(t, data, variables), &out); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("while the service has the file: %v", err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := service.Admin(t.Context(), settingsOf(t, data, variables), &out); err != nil || strings.Contains(out.String(), "another") {
		t.Errorf("setting the password says %q, %v", out.String(), err)
	}
	url, stop = serving(t, data, variables)
	for password, want := range map[string]int{"the first one": 401, "another one": 201} {
		if status, body := signIn(url, password); status != want {
			t.Errorf("%s: %d %s", password, status, body)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := service.Admin(t.Context(), settingsOf(t, data, nil), &out); err == nil {
		t.Error("nobody in particular was made an admin")
	}
}

// TestBadAdmin has a password that everybody tries first stop the service, and not be shown.
func TestBadAdmin(t *testing.T) {
	broker := openBroker(t, t.TempDir())
	settings := settingsOf(t, t.TempDir(), map[string]string{"ADMIN_EMAIL": "admin@example.org", "ADMIN_PASSWORD": "password123"})
	s, err := service.New(t.Context(), settings, service.Dependencies{Emitter: broker, Listener: broker})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = s.Run(ctx)
	if err == nil || !strings.Contains(err.Error(), "admin_password") || strings.Contains(err.Error(), "password123") {
		t.Errorf("it ended with %v", err)
	}
}

func TestKeys(t *testing.T) {
	settings := settingsOf(t, t.TempDir(), nil)
	run := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		if err := service.Keys(t.Context(), settings, &out, args); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := run("list")
	if strings.Count(first, "\n") != 1 {
		t.Errorf("the first keys are\n%s", first)
	}
	if got := run("rotate"); !strings.Contains(got, "signs from") {
		t.Errorf("rotating says %s", got)
	}
	if got := run("list"); !strings.HasPrefix(got, first) || strings.Count(got, "\n") != 2 {
		t.Errorf("afterwards the keys are\n%s", got)
	}
	run("replace")
	if got := run("list"); strings.Contains(got, first[:16]) || strings.Count(got, "\n") != 1 {
		t.Errorf("in the end the keys are\n%s", got)
	}
	for _, args := range [][]string{nil, {"dance"}, {"list", "all"}} {
		if err := service.Keys(t.Context(), settings, nil, args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
	settings = settingsOf(t, t.TempDir(), map[string]string{"SIGNING_KEY": "nonsense"})
	if err := service.Keys(t.Context(), settings, nil, []string{"rotate"}); err == nil {
		t.Error("keys of the store, which is not used for them, are rotated")
	}
	broker := openBroker(t, t.TempDir())
	_, err := service.New(t.Context(), settings, service.Dependencies{Emitter: broker, Listener: broker})
	if err == nil || !strings.Contains(err.Error(), "signing_key") || strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a signing key that is none: %v", err)
	}
}
