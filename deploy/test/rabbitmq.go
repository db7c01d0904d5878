package backends

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/streadway/amqp"
)

// rabbitScripts is where Debian has them. Those in /usr/sbin change to another user first.
const rabbitScripts = "/usr/lib/rabbitmq/bin"

// rabbitPatience is how long the broker may take to start, to stop, or to answer its tool.
const rabbitPatience = 90 * time.Second

// RabbitMQ is a broker for the tests of one process: its own with ports, a folder and a name service (epmd) of its own,
// or the one that TEST_AMQP_URL names.
type RabbitMQ struct {
	// URL is without TLS, TLSURL with it; CAFile has the certificate that the broker's one is signed by. Of a broker
	// that the environment names only URL is known.
	URL, TLSURL, CAFile string

	folder string
	env    []string
	server *process
}

// rabbit is the one that this process has.
var rabbit struct {
	sync.Mutex
	*RabbitMQ
}

// StartRabbitMQ starts the broker, unless this process already has one that runs. It dies with the process.
func StartRabbitMQ(t testing.TB) *RabbitMQ {
	t.Helper()
	rabbit.Lock()
	defer rabbit.Unlock()
	if url := os.Getenv("TEST_AMQP_URL"); url != "" {
		return &RabbitMQ{URL: url}
	}
	if rabbit.RabbitMQ == nil {
		if err := installRabbitMQ(t.Context()); err != nil {
			notRun(t, "RabbitMQ", err)
		}
		r, err := newRabbitMQ()
		if err != nil {
			t.Fatalf("RabbitMQ: %v", err)
		}
		rabbit.RabbitMQ = r
	}
	if !rabbit.server.runs() { // a test may have left it dead
		rabbit.Restart(t)
	}
	return rabbit.RabbitMQ
}

func newRabbitMQ() (*RabbitMQ, error) {
	folder, err := os.MkdirTemp("", "myevents-rabbitmq-")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	r := &RabbitMQ{
		URL:    fmt.Sprintf("amqp://myevents:secret@127.0.0.1:%d/", ports[0]),
		TLSURL: fmt.Sprintf("amqps://myevents:secret@127.0.0.1:%d/", ports[1]),
		folder: folder, env: rabbitEnv(folder, ports[2], ports[3]),
	}
	if r.CAFile, err = makeCertificates(folder); err != nil {
		return nil, err
	}
	if err := r.write(ports[0], ports[1]); err != nil {
		return nil, err
	}
	// The broker would start a name service that outlives it.
	_, err = startProcess(folder, r.env, "epmd", "-port", strconv.Itoa(ports[3]))
	return r, err
}

// write writes the broker's configuration.
func (r *RabbitMQ) write(port, tlsPort int) error {
	files := map[string]string{
		".erlang.cookie":  rand.Text(),
		"enabled_plugins": "[].",
		"rabbitmq.conf": fmt.Sprintf(`
listeners.tcp.1 = 127.0.0.1:%d
listeners.ssl.1 = 127.0.0.1:%d
ssl_options.cacertfile = %[3]s/ca.pem
ssl_options.certfile = %[3]s/cert.pem
ssl_options.keyfile = %[3]s/key.pem
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
default_user = myevents
default_pass = secret
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
disk_free_limit.absolute = 50MB
`, port, tlsPort, r.folder),
	}
	var errs []error
	for name, content := range files {
		errs = append(errs, os.WriteFile(filepath.Join(r.folder, name), []byte(content), 0o400))
	}
	for _, name := range []string{"mnesia", "log"} {
		errs = append(errs, os.Mkdir(filepath.Join(r.folder, name), 0o700))
	}
	return errors.Join(errs...)
}

// rabbitEnv keeps the broker and its tool away from everything that is the system's.
func rabbitEnv(folder string, distribution, epmd int) []string {
	in := func(name string) string { return filepath.Join(folder, name) }
	return []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + folder,
		"RABBITMQ_NODENAME=test@localhost", "RABBITMQ_CONF_ENV_FILE=/dev/null",
		"RABBITMQ_CONFIG_FILE=" + in("rabbitmq.conf"), "RABBITMQ_ADVANCED_CONFIG_FILE=" + in("advanced.config"),
		"RABBITMQ_MNESIA_BASE=" + in("mnesia"), "RABBITMQ_LOG_BASE=" + in("log"), "RABBITMQ_PID_FILE=" + in("rabbit.pid"),
		"RABBITMQ_GENERATED_CONFIG_DIR=" + in("generated"), "RABBITMQ_ENABLED_PLUGINS_FILE=" + in("enabled_plugins"),
		"RABBITMQ_DIST_PORT=" + strconv.Itoa(distribution),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
		"ERL_EPMD_PORT=" + strconv.Itoa(epmd), "ERL_EPMD_ADDRESS=127.0.0.1", "ERL_CRASH_DUMP=" + in("erl_crash.dump"),
	}
}

// Restart starts the broker after Kill or Stop, with what it had, and waits until it takes connections.
func (r *RabbitMQ) Restart(t testing.TB) {
	t.Helper()
	r.own(t)
	var err error
	if r.server, err = startProcess(r.folder, r.env, rabbitScripts+"/rabbitmq-server"); err != nil {
		t.Fatalf("RabbitMQ: %v", err)
	}
	for end := time.Now().Add(rabbitPatience); ; time.Sleep(50 * time.Millisecond) {
		c, err := amqp.Dial(r.URL)
		if err == nil {
			_ = c.Close() // it was only to see
			return
		}
		if time.Now().After(end) || !r.server.runs() {
			t.Fatalf("RabbitMQ does not start: %v\n%s", err, r.server.output())
		}
	}
}

// Kill kills the broker without any notice.
func (r *RabbitMQ) Kill(t testing.TB) {
	t.Helper()
	r.own(t)
	r.server.kill()
}

// Stop has the broker stop in its own way, which takes some seconds.
func (r *RabbitMQ) Stop(t testing.TB) {
	t.Helper()
	r.own(t)
	text, err := os.ReadFile(filepath.Join(r.folder, "rabbit.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.server.ended:
	case <-time.After(rabbitPatience):
		t.Fatal("RabbitMQ does not stop")
	}
}

// Settle has the broker bring its tables to the disk. RabbitMQ 3.10 loses all that is in a quorum queue when it is
// killed within half a second of the queue's declaration, whatever it confirmed; tests that declare and kill at once
// call this between the two. That is a fault of the broker's, which nothing that a client does can mend.
func (r *RabbitMQ) Settle(t testing.TB) {
	t.Helper()
	r.Control(t, "eval", "ok = mnesia:sync_log(), [ok = dets:sync(T) || T <- dets:all()], ok.")
}

// Block sets off the broker's memory alarm, under which it takes nothing from whoever publishes, until the returned
// function is called or the test ends.
func (r *RabbitMQ) Block(t testing.TB) (unblock func()) {
	t.Helper()
	r.Control(t, "set_vm_memory_high_watermark", "0")
	unblock = sync.OnceFunc(func() { r.Control(t, "set_vm_memory_high_watermark", "0.6") })
	t.Cleanup(unblock)
	return unblock
}

// Control runs rabbitmqctl and answers with its output.
func (r *RabbitMQ) Control(t testing.TB, arguments ...string) string {
	t.Helper()
	r.own(t)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), rabbitPatience)
	defer cancel()
	c := exec.CommandContext(ctx, rabbitScripts+"/rabbitmqctl", append([]string{"-q"}, arguments...)...)
	c.Env, c.Dir = r.env, r.folder
	output, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("rabbitmqctl %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// own is for what is only done to a broker of our own.
func (r *RabbitMQ) own(t testing.TB) {
	t.Helper()
	if r.folder == "" {
		notRun(t, t.Name(), errors.New("the RabbitMQ of TEST_AMQP_URL is neither stopped nor changed"))
	}
}

// freePorts finds ports of the loopback interface that nobody listens on.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() //nolint:errcheck,revive // held until all are found, so that they differ
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
