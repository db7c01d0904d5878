// Package endtoend runs the whole system as an operator does, one event service and two booking services on every
// combination of store and broker, and kills all of it in turn.
package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

// binaries is the folder of the services, built with the race detector, and quick that of those built without it.
var binaries, quick string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "myevents-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system empties its temporary directory
	binaries, quick = filepath.Join(dir, "race"), filepath.Join(dir, "quick")
	for _, arguments := range [][]string{{"-race", "-o", binaries + "/"}, {"-o", quick + "/"}} {
		arguments = append(append([]string{"build"}, arguments...), "myevents/eventservice", "myevents/bookingservice")
		if out, err := exec.CommandContext(context.Background(), "go", arguments...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
			return 1
		}
	}
	return m.Run()
}

// service is a service's process, which can be killed and started again at the same address.
type service struct {
	name             string
	binaries         string // the folder of its program
	conf             string // the file with its settings, "" for none
	address, metrics string
	env              []string
	folder           string
	command          *exec.Cmd
	log              *bytes.Buffer
}

// system is all that runs, with the example of its combination as the configuration.
type system struct {
	combination
	conf     string
	servers  []backend // the store, then the broker
	events   *service
	bookings []*service
	// kills counts how often each was killed.
	kills map[string]int
}

func startSystem(t *testing.T, name string) *system {
	t.Helper()
	c := combinations()[name]
	return startServices(t, name, c.store(t), c.broker(t))
}

// startServices starts an event service and two booking services, on the servers that the environment says.
func startServices(t *testing.T, name string, servers ...backend) *system {
	t.Helper()
	s := &system{
		combination: combinations()[name], conf: example(t, name), servers: servers, kills: make(map[string]int),
	}
	t.Setenv("ADMIN_PASSWORD", "nobody needs it here")
	for _, name := range []string{"eventservice", "bookingservice", "bookingservice"} {
		one := newService(t, name)
		one.conf = s.conf
		if name == "eventservice" {
			s.events = one
		} else {
			s.bookings = append(s.bookings, one)
		}
	}
	if settings(t, s.conf, os.LookupEnv).DatabaseType == "dynamodb" {
		s.events.does(t, "tables")
		s.bookings[0].does(t, "tables")
	}
	s.startAll(t)
	return s
}

// startAll starts all services, and waits until they are ready.
func (s *system) startAll(t *testing.T) {
	t.Helper()
	for _, service := range s.services() {
		service.start(t)
	}
	for _, service := range s.services() {
		service.waitReady(t)
	}
}

func (s *system) services() []*service { return append([]*service{s.events}, s.bookings...) }

// newService makes a service with addresses of its own. Its customers are quicker than people, so that there are no
// limits, and no accounts.
func newService(t *testing.T, name string, env ...string) *service {
	t.Helper()
	s := &service{name: name, binaries: binaries, address: freeAddress(t), metrics: freeAddress(t), folder: t.TempDir()}
	s.env = append(os.Environ(), "LISTEN_URL="+s.address, "PUBLIC_URL=http://"+s.address, "METRICS_URL="+s.metrics,
		"LOG_LEVEL=warn", "AUTH=open")
	s.env = append(s.env, env...)
	t.Cleanup(func() {
		if s.command != nil {
			_ = s.command.Process.Kill()
			_ = s.command.Wait()
		}
		if t.Failed() && s.log != nil {
			t.Logf("the end of the log of %s:\n%s", s.name, s.log.Bytes()[max(0, s.log.Len()-2000):])
		}
	})
	return s
}

// freeAddress finds a port that nobody uses now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing came in
	return l.Addr().String()
}

// program is the service's program, with the settings that it has, and what it is to do besides serving.
func (s *service) program(ctx context.Context, arguments ...string) *exec.Cmd {
	if s.conf != "" {
		flags := min(1, len(arguments)) // behind the command
		arguments = slices.Insert(slices.Clone(arguments), flags, "-conf", s.conf)
	}
	c := exec.CommandContext(ctx, filepath.Join(s.binaries, s.name), arguments...)
	c.Env, c.Dir = s.env, s.folder
	return c
}

// lookup finds a variable of the service's environment, the last one of its name.
func (s *service) lookup(name string) (value string, found bool) {
	for _, variable := range s.env {
		if v, is := strings.CutPrefix(variable, name+"="); is {
			value, found = v, true
		}
	}
	return value, found
}

func (s *service) start(t *testing.T) {
	t.Helper()
	s.log = new(bytes.Buffer)
	s.command = s.program(context.WithoutCancel(t.Context()))
	s.command.Stderr = s.log
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
}

// does runs a command of the service's program, which must end without a fault.
func (s *service) does(t *testing.T, arguments ...string) {
	t.Helper()
	s.ends(t, 0, "", arguments...)
}

// ends runs a command of the service's program, which must end with a status, and say something.
func (s *service) ends(t *testing.T, status int, says string, arguments ...string) {
	t.Helper()
	if got, said := s.tries(t, arguments...); got != status || !strings.Contains(said, says) {
		t.Errorf("%s %s: got the status %d, want %d, and %q", s.name, strings.Join(arguments, " "), got, status, says)
	}
}

// tries runs a command of the service's program, and answers with its status and with what it says.
func (s *service) tries(t *testing.T, arguments ...string) (status int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := s.program(ctx, arguments...)
	out, err := c.CombinedOutput()
	t.Logf("%s %s: %v\n%s", s.name, strings.Join(arguments, " "), err, out)
	return c.ProcessState.ExitCode(), string(out)
}

// waitReady waits until the service says that it is ready.
func (s *service) waitReady(t *testing.T) {
	t.Helper()
	v := crowd.NewVisitor()
	defer v.CloseIdleConnections()
	eventually(t, s.name+" is ready", func() bool {
		status, err := v.Do(t.Context(), http.MethodGet, "http://"+s.metrics+"/readyz", nil, nil, "")
		return err == nil && status == http.StatusOK
	})
}

// kill ends the process as a failing machine does.
func (s *service) kill(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Kill(); err != nil {
		t.Fatalf("%s ended by itself: %v\n%s", s.name, err, s.log)
	}
	if err := s.command.Wait(); err == nil {
		t.Errorf("%s ended by itself", s.name)
	}
	s.command = nil
	if strings.Contains(s.log.String(), "DATA RACE") || strings.Contains(s.log.String(), "panic:") {
		t.Errorf("%s wrote\n%s", s.name, s.log)
	}
}

// stop asks the process to end, which sends what still waits.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("%s ended by itself: %v\n%s", s.name, err, s.log)
	}
	if err := s.command.Wait(); err != nil {
		t.Errorf("%s ended with %v\n%s", s.name, err, s.log)
	}
	s.command = nil
}

// outbox says how much waits in the service's outbox.
func (s *service) outbox(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(s.measured(t)) {
		if value, ok := strings.CutPrefix(line, "myevents_outbox_messages "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// measured are the service's metrics, or why there are none.
func (s *service) measured(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.metrics+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		return err.Error()
	}
	return body.String()
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}
