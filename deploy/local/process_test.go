package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

// binary is the all-in-one, built with the race detector; beside it is the booking service, for its commands.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// adminPassword is the admin's, but where a test has one made.
const adminPassword = "as the tests know it"

func testMain(m *testing.M) int {
	for name, value := range map[string]string{ // customers of tests are faster than people
		"ADMIN_PASSWORD": adminPassword, "LIMIT_PER_ADDRESS": "0", "LIMIT_PER_USER": "0", "LIMIT_PER_EVENT": "0",
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	dir, err := os.MkdirTemp("", "myevents-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system empties its temporary directory
	binary = filepath.Join(dir, "local")
	build := exec.CommandContext(context.Background(), "go", "build", "-race", "-o", dir+"/", ".", "myevents/bookingservice")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// process is the all-in-one, running.
type process struct {
	gateway string
	metrics string
	admin   string // what is said of the admin
	command *exec.Cmd
	stderr  *bytes.Buffer
	done    chan error
}

// start starts the all-in-one on a data directory and free ports, and waits until it is ready.
func start(t *testing.T, data string, flags ...string) *process {
	t.Helper()
	flags = append([]string{
		"-data", data, "-addr", "localhost:0", "-events", "localhost:0", "-bookings", "localhost:0", "-metrics", "localhost:0",
	}, flags...)
	p := &process{command: exec.CommandContext(context.WithoutCancel(t.Context()), binary, flags...), stderr: new(bytes.Buffer)}
	p.command.Stderr = p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan error, 1)
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	address := regexp.MustCompile(`^ +(MyEvents|metrics, health|admin) +(http://[^/]+|.*)`)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		m := address.FindStringSubmatch(lines.Text())
		switch {
		case len(m) == 0:
		case m[1] == "MyEvents":
			p.gateway = m[2]
		case m[1] == "admin":
			p.admin = m[2]
		default:
			p.metrics = m[2]
		}
		if strings.Contains(lines.Text(), data) {
			break // the last line
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		p.done <- p.command.Wait()
	}()
	if p.metrics == "" {
		t.Fatalf("it did not start: %v\n%s", <-p.done, p.stderr)
	}
	return p
}

// kill ends the process as a failing machine does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-p.done; err == nil {
		t.Error("it ended by itself before it was killed")
	}
	p.checkRaces(t)
}

// stop asks the process to end, and checks that it does so without a fault.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		if err != nil {
			t.Errorf("it ended with %v\n%s", err, p.stderr)
		}
	case <-time.After(time.Minute):
		t.Fatalf("it does not end\n%s", p.stderr)
	}
	p.checkRaces(t)
}

func (p *process) checkRaces(t *testing.T) {
	t.Helper()
	if strings.Contains(p.stderr.String(), "DATA RACE") {
		t.Errorf("the race detector found\n%s", p.stderr)
	}
}

// fails runs the all-in-one with flags that it cannot start with, and gives what it says.
func fails(t *testing.T, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, flags...).CombinedOutput()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("it ended with %v\n%s", err, out)
	}
	return string(out)
}

// visitor is a client of the gateway who demands certain answers.
type visitor struct{ *crowd.Visitor }

func newVisitor() visitor { return visitor{crowd.NewVisitor()} }

// newOrganiser makes a visitor who has signed in as the admin, by the address of the booking service.
func newOrganiser(t *testing.T, bookings string) visitor {
	t.Helper()
	v := newVisitor()
	v.want(t, 201, "POST", bookings+"/sessions", map[string]string{"email": adminEmail, "password": adminPassword}, nil)
	return v
}

// want makes a request, whose status must come.
func (v visitor) want(t *testing.T, status int, method, url string, body, result any) {
	t.Helper()
	got, err := v.Do(t.Context(), method, url, body, result, "")
	if err != nil || got != status {
		t.Fatalf("%s %s: %d, %v, want %d", method, url, got, err, status)
	}
}
