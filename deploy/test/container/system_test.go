// Package container runs the whole system as docker-compose.yml has it, from images built by their real Dockerfiles, and
// tries through the gateway what it promises. It takes long: `make container-test`.
package container

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	backends "myevents/deploy/test"
)

// wanted, in the environment, has these tests run.
const wanted = "CONTAINER_TEST"

const (
	project = "myevents-container-test"
	root    = "../../.."
	mongo   = "mongo:8.0"
	// patience is for whatever has to happen in the end, on a machine that may be slow and busy.
	patience = 3 * time.Minute
	// upPatience is how long all of it may take to start, or a command to check all that happened.
	upPatience = 10 * time.Minute
)

// system is what docker compose started.
type system struct {
	docker  *backends.Docker
	compose []string // the command
	env     []string
	// standin says that MongoDB is one, which has no users.
	standin bool
}

// start builds the images and starts the system; it is gone when the test is.
func start(t *testing.T) *system {
	t.Helper()
	if os.Getenv(wanted) != "true" {
		t.Skip("it takes long: make container-test")
	}
	s := &system{docker: backends.StartDocker(t)}
	began := time.Now()
	tag := s.docker.Images(t)
	t.Logf("the images were built in %v", time.Since(began).Round(time.Second))
	s.env = append(s.docker.Env(), "MYEVENTS_TAG="+tag,
		"GATEWAY_PORT="+freePort(t),
		// Another copy of the system may have the usual one.
		"GATEWAY_NETWORK=10.201.97.0/24", "GATEWAY_CONTAINERS=10.201.97.128/25")
	s.prepare(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s", s.run(t, "logs", "--tail", "15"))
		}
		s.run(t, "down", "--volumes", "--timeout", "5")
	})
	began = time.Now()
	s.run(t, "up", "--detach", "--no-build", "--wait")
	t.Logf("all was healthy %v after docker compose up", time.Since(began).Round(time.Second))
	return s
}

// freePort finds a port that nobody uses now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing came in
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// prepare has compose, with the files for what there is here, and all images that they name.
func (s *system) prepare(t *testing.T) {
	t.Helper()
	s.docker.Need(t, mongo)
	s.standin = s.docker.Run(t, "image", "inspect", "-f", `{{index .Config.Labels "standin"}}`, mongo) == "true"
	s.compose = append(s.docker.Compose(t), "-p", project, "--project-directory", root, "-f", root+"/docker-compose.yml",
		"-f", "override.yml")
	if s.standin {
		s.compose = append(s.compose, "-f", "standins.yml")
	}
	s.docker.Need(t, s.images(t)...)
}

// images are those of others that there have to be.
func (s *system) images(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(strings.Fields(s.run(t, "config", "--images")), func(name string) bool {
		return strings.HasPrefix(name, "myevents/")
	})
}

// replicas has two of each service.
func (s *system) replicas(t *testing.T) {
	t.Helper()
	s.compose = append(s.compose, "-f", root+"/deploy/compose/replicas.yml")
	s.run(t, "up", "--detach", "--no-build", "--wait")
}

// run has compose do something, and gives what it prints on the standard output.
func (s *system) run(t *testing.T, arguments ...string) string {
	t.Helper()
	// What cleans up has no test's context any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), upPatience)
	defer cancel()
	var output, faults bytes.Buffer
	c := exec.CommandContext(ctx, s.compose[0], slices.Concat(s.compose[1:], arguments)...)
	c.Env, c.Stdout, c.Stderr = s.env, &output, &faults
	if err := c.Run(); err != nil {
		t.Fatalf("docker compose %v: %v\n%s", arguments, err, faults.Bytes()[max(0, faults.Len()-4000):])
	}
	return strings.TrimSpace(output.String())
}

// services are those that run.
func (s *system) services(t *testing.T) []string {
	t.Helper()
	return strings.Fields(s.run(t, "ps", "--services", "--status", "running"))
}

// containers are those of services.
func (s *system) containers(t *testing.T, services ...string) []string {
	t.Helper()
	return strings.Fields(s.run(t, append([]string{"ps", "--quiet"}, services...)...))
}

// state is what the engine knows of a container.
type state struct {
	Status    string
	StartedAt string
	Pid       int
	ExitCode  int
	Health    struct{ Status string }
}

func (s *system) state(t *testing.T, container string) state {
	t.Helper()
	var found state
	if err := json.Unmarshal([]byte(s.docker.Run(t, "inspect", "-f", "{{json .State}}", container)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// healthySince waits until a container is well again, having been started since.
func (s *system) healthySince(t *testing.T, container string, before state) {
	t.Helper()
	eventually(t, container+" is healthy again", func() error {
		now := s.state(t, container)
		if now.StartedAt == before.StartedAt || now.Health.Status != "healthy" {
			return fmt.Errorf("it is %+v", now)
		}
		return nil
	})
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s: %v", what, err)
		}
	}
}
