package run_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"myevents/lib/configuration"
	"myevents/lib/run"
)

// TestCommands has the right command run with its flags, its arguments and the settings of its file.
func TestCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	failure := errors.New("failed")
	var ran []string
	note := func(name string) func(context.Context, configuration.Settings, []string) error {
		return func(_ context.Context, s configuration.Settings, args []string) error {
			ran = append(append(ran, name, s.DefaultTimeZone), args...)
			return failure
		}
	}
	loud := false
	program := run.Program(configuration.EventService, map[string]run.Command{
		"": {Usage: "serve", Run: note("serve")},
		"tell": {
			Usage: "tell it again", Arguments: "id...", Run: note("tell"),
			Flags: func(f *flag.FlagSet) { f.BoolVar(&loud, "loud", false, "as loud as can be") },
		},
	})
	if err := os.WriteFile("own.json", []byte(`{"default_timezone":"Asia/Tokyo"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(configuration.DefaultFile, []byte(`{"default_timezone":"Europe/Rome"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, want string
		loud       bool
	}{
		{"", "serve Europe/Rome", false},
		{"-conf own.json", "serve Asia/Tokyo", false},
		{"tell", "tell Europe/Rome", false},
		{"tell -loud -conf own.json a b", "tell Asia/Tokyo a b", true},
		{"tell a -loud", "tell Europe/Rome a -loud", false},
	} {
		ran, loud = nil, false
		err := program(t.Context(), strings.Fields(c.args))
		if !errors.Is(err, failure) || !slices.Equal(ran, strings.Fields(c.want)) || loud != c.loud {
			t.Errorf("%q ran %v, loud: %t, %v", c.args, ran, loud, err)
		}
	}
	ran = nil
	for args, want := range map[string]string{
		"dance": `"dance"`, "-unknown": "unknown", "tell -conf": "conf", "extra": `"extra"`, "-conf missing.json": "missing.json",
		"healthcheck more": `"more"`, "-loud": "loud",
	} {
		if err := program(t.Context(), strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := program(t.Context(), []string{"tell", "-help"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
	if ran != nil {
		t.Errorf("what is not understood ran %v", ran)
	}
}

// TestStatuses has some errors end the process with a status of their own.
func TestStatuses(t *testing.T) {
	faulty, missing := errors.New("faulty"), errors.New("missing")
	for err, want := range map[error]int{
		nil: 0, flag.ErrHelp: 0, errors.New("failed"): 1, fmt.Errorf("3: %w", faulty): 2, fmt.Errorf("here: %w", missing): 3,
	} {
		got := run.ExitOf(err, run.Status{Of: faulty, Exit: 2}, run.Status{Of: missing, Exit: 3})
		if got != want {
			t.Errorf("%v ends with %d, want %d", err, got, want)
		}
	}
}

// TestBrokenSettings has nothing run with a file that is no JSON, or with a setting that cannot be.
func TestBrokenSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	program := run.Program(configuration.EventService, map[string]run.Command{
		"": {Usage: "serve", Run: func(context.Context, configuration.Settings, []string) error {
			t.Error("it serves")
			return nil
		}},
	})
	for _, text := range []string{"{", `{"default_timezone":"Moon/Crater"}`} {
		if err := os.WriteFile("own.json", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := program(t.Context(), []string{"-conf", "own.json"}); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

// TestHealthcheck asks a service that runs, and is first not ready and then ready.
func TestHealthcheck(t *testing.T) {
	t.Chdir(t.TempDir())
	f := run.NewFrame(settings(t.TempDir()), "events", nil, "store")
	if err := f.Listen(http.NotFoundHandler(), func() {}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		http.DefaultClient.CloseIdleConnections()
		if err := f.Stop(); err != nil {
			t.Error(err)
		}
	}()
	t.Setenv("METRICS_URL", f.MetricsAddress.String())
	program := run.Program(configuration.EventService, map[string]run.Command{})
	if err := program(t.Context(), []string{"healthcheck"}); err == nil || !strings.Contains(err.Error(), "not ready") {
		t.Errorf("before the store works: %v", err)
	}
	f.Health.Set("store", nil)
	if err := program(t.Context(), []string{"healthcheck"}); err != nil {
		t.Error(err)
	}
}

// TestBadCertificates starts with files that are no pair: an error, which names the part, and no HTTPS by accident.
func TestBadCertificates(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	writePair(t, in("one.pem"), in("one.key"), 1, time.Now().Add(time.Hour))
	writePair(t, in("two.pem"), in("two.key"), 2, time.Now().Add(time.Hour))
	for _, c := range []struct {
		cert, key string
		served    bool
		fault     bool
	}{
		{"one.pem", "one.key", true, false},
		{"one.pem", "two.key", false, true},
		{"one.key", "one.key", false, true},
		{"none.pem", "none.key", false, false},
		{"none.pem", "one.key", false, false},
		{"one.pem", "none.key", false, false},
	} {
		g := run.New(quiet(), time.Second)
		address, err := g.ServeTLS("restfulapi_tlsendpoint", "localhost:0", in(c.cert), in(c.key), http.NotFoundHandler())
		if c.served != (address != nil) || c.fault != (err != nil) {
			t.Errorf("%s and %s: %v, %v", c.cert, c.key, address, err)
		}
		if err != nil && !strings.Contains(err.Error(), "restfulapi_tlsendpoint") {
			t.Errorf("%s and %s: %v", c.cert, c.key, err)
		}
		if err := g.Stop(); err != nil {
			t.Error(err)
		}
	}
}
