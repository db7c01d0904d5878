package backends

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// dockerProgram and dockerEngine are where Debian has them.
	dockerProgram = "/usr/bin/docker"
	dockerEngine  = "/usr/sbin/dockerd"
	// dockerSocket is where the engine of a machine listens.
	dockerSocket = "/var/run/docker.sock"
	// dockerPatience is how long the engine may take to start, or a container to do something.
	dockerPatience = 90 * time.Second
)

// keeper runs an engine in a folder, until the standard input ends, which is when the process that holds its other end
// has died; then it has the engine stop all containers and end, and removes the folder. The engine leaves the machine's
// firewall alone, which is why no container gets further than its own network. The one rule that there is meanwhile
// lets pass what stays on such a network, where another engine forbids that. The engine gets a bridge of another name
// than the usual one, which it would take over, or, started without a bridge or with a choice of addresses, remove.
const keeper = `rule='FORWARD -m physdev --physdev-is-bridged -j ACCEPT'
ip link add myevents0 type bridge
ip address add 198.18.0.1/24 dev myevents0
ip link set myevents0 up
iptables -w -I $rule
"$@" --bridge=myevents0 </dev/null 3<&- &
engine=$!
read -r _
kill $engine
wait $engine
iptables -w -D $rule
ip link delete myevents0
rm -rf --one-file-system -- "$0"`

// Docker is an engine that builds images and runs containers. It may be used by several goroutines at a time.
type Docker struct {
	// Host is its address, as DOCKER_HOST has it.
	Host string
	// Program is a docker that can build with BuildKit.
	Program string

	alive *os.File // of an own engine, which ends when this is closed, be it by the death of this process
}

// docker is the one that this process has.
var docker struct {
	sync.Mutex
	*Docker
}

// StartDocker answers with the engine that DOCKER_HOST names, or else the one that the machine has, or else starts one,
// which dies with the process. An own engine keeps its images in the user's cache folder, for the next time; processes
// have it one after the other. On the others, tests remove what they have made there, by its name, and nothing else.
func StartDocker(tb testing.TB) *Docker {
	tb.Helper()
	docker.Lock()
	defer docker.Unlock()
	if docker.Docker == nil {
		d, err := newDocker(tb.Context())
		if err != nil {
			notRun(tb, "Docker", fmt.Errorf("%w, or set DOCKER_HOST", err))
		}
		docker.Docker = d
	}
	return docker.Docker
}

func newDocker(ctx context.Context) (*Docker, error) {
	for _, host := range []string{os.Getenv("DOCKER_HOST"), "unix://" + dockerSocket} {
		d := &Docker{Host: host, Program: builder(ctx)}
		if host != "" && d.Program != "" && d.answers(ctx) == nil {
			return d, nil
		}
	}
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return nil, fmt.Errorf("%s does not answer, or there is no docker with BuildKit", host)
	}
	return startDocker(ctx)
}

// builder finds a docker that can build with BuildKit, which one without the plugin buildx may be unable to do.
func builder(ctx context.Context) string {
	for _, program := range []string{"docker", dockerProgram} {
		c := exec.CommandContext(ctx, program, "build", "--help")
		c.Env = append(os.Environ(), "DOCKER_BUILDKIT=1")
		if c.Run() == nil {
			return program
		}
	}
	return ""
}

// startDocker starts an engine of our own.
func startDocker(ctx context.Context) (*Docker, error) {
	if os.Getuid() != 0 {
		return nil, errors.New("no engine is there, and only root can start one")
	}
	for name, program := range map[string]string{
		"docker.io": dockerEngine, "iptables": "/usr/sbin/iptables", "iproute2": "/bin/ip",
		"debootstrap": "/usr/sbin/debootstrap",
	} {
		if err := install(ctx, name, program); err != nil {
			return nil, err
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "myevents-docker-")
	if err != nil {
		return nil, err
	}
	d := &Docker{Host: "unix://" + filepath.Join(folder, "socket"), Program: dockerProgram}
	if err := d.start(folder, filepath.Join(cache, "myevents", "docker")); err != nil {
		return nil, err
	}
	if err := d.wait(ctx); err != nil {
		output, _ := os.ReadFile(filepath.Join(folder, "log"))
		return nil, fmt.Errorf("the engine does not start: %w: %s", err, output[max(0, len(output)-2000):])
	}
	err = d.empty(ctx)
	return d, err
}

// start starts the engine as soon as no other process has one with the same images.
func (d *Docker) start(folder, images string) error {
	if err := takeTurn(); err != nil {
		return err
	}
	lock, err := lockFile(filepath.Join(os.TempDir(), "myevents-docker.lock"))
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // the keeper has its own, and with it the lock
	output, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return err
	}
	defer output.Close() //nolint:errcheck // the keeper has its own
	c := exec.Command("/bin/sh", "-c", keeper, folder, dockerEngine, "--data-root="+images,
		"--exec-root="+filepath.Join(folder, "exec"), "--pidfile="+filepath.Join(folder, "pid"), "--host="+d.Host,
		"--iptables=false", "--ip-forward=false", "--ip-masq=false")
	c.Stdout, c.Stderr, c.ExtraFiles = output, output, []*os.File{lock}
	if d.alive, err = startBound(c); err != nil {
		return err
	}
	return c.Process.Release()
}

// wait waits until the engine can be used.
func (d *Docker) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dockerPatience)
	defer cancel()
	for {
		err := d.answers(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(pollEvery)
	}
}

func (d *Docker) answers(ctx context.Context) error {
	_, err := d.Do(ctx, "version", "--format={{.Server.Version}}")
	return err
}

// empty removes the containers of a test that was killed.
func (d *Docker) empty(ctx context.Context) error {
	names, err := d.Do(ctx, "ps", "--all", "--quiet")
	if err != nil || names == "" {
		return err
	}
	_, err = d.Do(ctx, append([]string{"rm", "--force", "--volumes"}, strings.Fields(names)...)...)
	return err
}

// Env is the environment of programs that are to use the engine.
func (d *Docker) Env() []string {
	return append(os.Environ(), "DOCKER_HOST="+d.Host, "DOCKER_BUILDKIT=1", "BUILDKIT_PROGRESS=plain")
}

// Do runs docker, and answers with what it wrote to its standard output. Errors have what it wrote to the other one.
func (d *Docker) Do(ctx context.Context, arguments ...string) (string, error) {
	c := exec.CommandContext(ctx, d.Program, arguments...)
	c.Env = d.Env()
	var failure strings.Builder
	c.Stderr = &failure
	output, err := c.Output()
	if err != nil {
		text := failure.String()
		err = fmt.Errorf("docker %s: %w: %s", strings.Join(arguments, " "), err, text[max(0, len(text)-4000):])
	}
	return strings.TrimSpace(string(output)), err
}

// Run is Do within a deadline, also when the test has ended; its failure is the test's.
func (d *Docker) Run(tb testing.TB, arguments ...string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), dockerPatience)
	defer cancel()
	output, err := d.Do(ctx, arguments...)
	if err != nil {
		tb.Fatal(err)
	}
	return output
}

// StartContainer runs a container in the background, which the test ends with. The arguments are those of docker run.
func (d *Docker) StartContainer(tb testing.TB, arguments ...string) (id string) {
	tb.Helper()
	id = d.Run(tb, append([]string{"run", "--detach"}, arguments...)...)
	tb.Cleanup(func() { d.Run(tb, "rm", "--force", "--volumes", id) })
	return id
}

// Network makes a network, whose containers know each other by name, for as long as the test runs.
func (d *Docker) Network(tb testing.TB) (name string) {
	tb.Helper()
	name = "myevents-" + strings.ToLower(rand.Text()[:8])
	d.Run(tb, "network", "create", name)
	tb.Cleanup(func() { d.Run(tb, "network", "rm", name) })
	return name
}
