// Package endtoend runs the whole system as an operator does, one event service and two booking services on MongoDB and
// RabbitMQ, and kills all of it in turn.
package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
)

// binaries is the folder of the services, built with the race detector.
var binaries string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "myevents-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system empties its temporary directory
	binaries = dir
	build := exec.CommandContext(context.Background(), "go", "build", "-race", "-o", dir+"/",
		"myevents/eventservice", "myevents/bookingservice")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// service is a service's process, which can be killed and started again at the same address.
type service struct {
	name             string
	address, metrics string
	env              []string
	folder           string
	command          *exec.Cmd
	log              *bytes.Buffer
}

// system is all that runs.
type system struct {
	mongo    *backends.Mongo
	rabbit   *backends.RabbitMQ
	amqp     string // the broker's address, with a virtual host of our own
	events   *service
	bookings []*service
	// proxies stand between the services and the two servers.
	proxies []*proxy
	kills   struct{ services, mongo, rabbit int }
}

func startSystem(t *testing.T) *system {
	t.Helper()
	s := &system{mongo: backends.StartMongo(t, backends.MongoOptions{Durable: true}), rabbit: backends.StartRabbitMQ(t)}
	s.amqp = strings.TrimSuffix(s.rabbit.URL, "/") + "/" + s.rabbit.Empty(t)
	broker, err := url.Parse(s.amqp)
	if err != nil {
		t.Fatal(err)
	}
	toMongo, toRabbit := startProxy(t, s.mongo.Address, false), startProxy(t, broker.Host, false)
	s.proxies = []*proxy{toMongo, toRabbit}
	broker.Host = toRabbit.address
	database, queue := "mongodb://"+toMongo.address, broker.String()
	s.events = newService(t, "eventservice", database, queue)
	s.bookings = []*service{newService(t, "bookingservice", database, queue), newService(t, "bookingservice", database, queue)}
	for _, service := range s.services() {
		service.start(t)
	}
	for _, service := range s.services() {
		service.waitReady(t)
	}
	return s
}

func (s *system) services() []*service { return append([]*service{s.events}, s.bookings...) }

func newService(t *testing.T, name, mongoURL, amqpURL string) *service {
	t.Helper()
	s := &service{name: name, address: freeAddress(t), metrics: freeAddress(t), folder: t.TempDir()}
	s.env = append(os.Environ(), "LISTEN_URL="+s.address, "METRICS_URL="+s.metrics, "MONGO_URL="+mongoURL,
		"AMQP_BROKER_URL="+amqpURL, "LOG_LEVEL=warn", "AUTH=open")
	t.Cleanup(func() {
		if s.command != nil {
			_ = s.command.Process.Kill()
			_ = s.command.Wait()
		}
		if t.Failed() {
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

func (s *service) start(t *testing.T) {
	t.Helper()
	s.log = new(bytes.Buffer)
	s.command = exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(binaries, s.name))
	s.command.Env, s.command.Dir, s.command.Stderr = s.env, s.folder, s.log
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
}

// does runs a command of the service's program, which must end without a fault.
func (s *service) does(t *testing.T, arguments ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, filepath.Join(binaries, s.name), arguments...)
	c.Env, c.Dir = s.env, s.folder
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v", s.name, strings.Join(arguments, " "), err)
	}
	t.Logf("%s %s:\n%s", s.name, strings.Join(arguments, " "), out)
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

// outbox says how much waits in the service's outbox, as its metrics have it.
func (s *service) outbox(t *testing.T) string {
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
	for line := range strings.Lines(body.String()) {
		if value, ok := strings.CutPrefix(line, "myevents_outbox_messages "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
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
