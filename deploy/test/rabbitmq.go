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

// rabbitNode is the name of the broker's Erlang node, which nobody but its own name service knows.
const rabbitNode = "test@localhost"

// rabbitPatience is how long the broker may take to start, to stop, or to answer.
const rabbitPatience = 90 * time.Second

// RabbitMQ is a broker for the tests of one process: its own with ports, a folder and a name service (epmd) of its own,
// or the one that TEST_AMQP_URL names.
type RabbitMQ struct {
	// URL is without TLS, TLSURL with it; CAFile has the certificate that the broker's one is signed by. Of a broker
	// that the environment names only URL is known.
	URL, TLSURL, CAFile string
	// MetricsAddress is the host and port of its metrics, with the plugin rabbitmq_prometheus.
	MetricsAddress string

	folder string
	env    []string
	server *process
	epmd   *process
	alive  *os.File
}

// rabbit is the one that this process has.
var rabbit struct {
	sync.Mutex
	*RabbitMQ
}

// StartRabbitMQ starts the broker, with plugins, unless this process already has one that runs. It dies with the process.
func StartRabbitMQ(tb testing.TB, plugins ...string) *RabbitMQ {
	tb.Helper()
	rabbit.Lock()
	defer rabbit.Unlock()
	if url := os.Getenv("TEST_AMQP_URL"); url != "" {
		r := &RabbitMQ{URL: url}
		if len(plugins) > 0 {
			r.own(tb)
		}
		return r
	}
	if rabbit.RabbitMQ == nil {
		if err := install(tb.Context(), "rabbitmq-server", rabbitScripts+"/rabbitmq-server"); err != nil {
			notRun(tb, "RabbitMQ", fmt.Errorf("%w, or set TEST_AMQP_URL", err))
		}
		r, err := newRabbitMQ(plugins)
		if err != nil {
			tb.Fatalf("RabbitMQ: %v", err)
		}
		rabbit.RabbitMQ = r
	}
	if !rabbit.server.runs() { // a test may have left it dead
		rabbit.Restart(tb)
	}
	return rabbit.RabbitMQ
}

func newRabbitMQ(plugins []string) (*RabbitMQ, error) {
	folder, err := os.MkdirTemp("", "myevents-rabbitmq-")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(5)
	if err != nil {
		return nil, err
	}
	r := &RabbitMQ{
		URL:    fmt.Sprintf("amqp://myevents:secret@127.0.0.1:%d/", ports[0]),
		TLSURL: fmt.Sprintf("amqps://myevents:secret@127.0.0.1:%d/", ports[1]),
		folder: folder, env: rabbitEnv(folder, ports[2], ports[3]),
		MetricsAddress: fmt.Sprintf("127.0.0.1:%d", ports[4]),
	}
	if r.CAFile, err = makeCertificates(folder); err != nil {
		return nil, err
	}
	if err := r.write(ports[0], ports[1], ports[4], plugins); err != nil {
		return nil, err
	}
	if r.alive, err = removeAtEnd(folder); err != nil {
		return nil, err
	}
	err = r.startEpmd(ports[3])
	return r, err
}

// startEpmd starts the name service. The broker would start one, too, which outlived it.
func (r *RabbitMQ) startEpmd(port int) (err error) {
	if r.epmd, err = startProcess(r.folder, r.env, "epmd", "-port", strconv.Itoa(port)); err != nil {
		return err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for end := time.Now().Add(rabbitPatience); ; time.Sleep(pollEvery) {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(end) || !r.epmd.runs() {
			return fmt.Errorf("epmd does not start: %w: %s", err, r.epmd.output())
		}
	}
}

// write writes the broker's configuration.
func (r *RabbitMQ) write(port, tlsPort, metricsPort int, plugins []string) error {
	files := map[string]string{
		".erlang.cookie":  rand.Text(),
		"enabled_plugins": "[" + strings.Join(plugins, ",") + "].",
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
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = %[4]d
`, port, tlsPort, r.folder, metricsPort),
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
		"RABBITMQ_NODENAME=" + rabbitNode, "RABBITMQ_CONF_ENV_FILE=/dev/null",
		"RABBITMQ_CONFIG_FILE=" + in("rabbitmq.conf"), "RABBITMQ_ADVANCED_CONFIG_FILE=" + in("advanced.config"),
		"RABBITMQ_MNESIA_BASE=" + in("mnesia"), "RABBITMQ_LOG_BASE=" + in("log"), "RABBITMQ_PID_FILE=" + in("rabbit.pid"),
		"RABBITMQ_GENERATED_CONFIG_DIR=" + in("generated"), "RABBITMQ_ENABLED_PLUGINS_FILE=" + in("enabled_plugins"),
		"RABBITMQ_DIST_PORT=" + strconv.Itoa(distribution),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
		"ERL_EPMD_PORT=" + strconv.Itoa(epmd), "ERL_EPMD_ADDRESS=127.0.0.1", "ERL_CRASH_DUMP=" + in("erl_crash.dump"),
	}
}

// Restart starts the broker after Kill or Stop, with what it had, and waits until it takes connections.
func (r *RabbitMQ) Restart(tb testing.TB) {
	tb.Helper()
	r.own(tb)
	var err error
	if r.server, err = startProcess(r.folder, r.env, rabbitScripts+"/rabbitmq-server"); err != nil {
		tb.Fatalf("RabbitMQ: %v", err)
	}
	for end := time.Now().Add(rabbitPatience); ; time.Sleep(50 * time.Millisecond) {
		c, err := amqp.Dial(r.URL)
		if err == nil {
			_ = c.Close() // it was only to see
			return
		}
		if time.Now().After(end) || !r.server.runs() {
			tb.Fatalf("RabbitMQ does not start: %v\n%s", err, r.server.output())
		}
	}
}

// Kill kills the broker without any notice.
func (r *RabbitMQ) Kill(tb testing.TB) {
	tb.Helper()
	r.own(tb)
	r.server.kill()
}

// Stop has the broker stop in its own way, which takes some seconds.
func (r *RabbitMQ) Stop(tb testing.TB) {
	tb.Helper()
	r.own(tb)
	text, err := os.ReadFile(filepath.Join(r.folder, "rabbit.pid"))
	if err != nil {
		tb.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	if !r.server.wait(rabbitPatience) {
		tb.Fatal("RabbitMQ does not stop")
	}
}

// Settle has the broker bring its tables to the disk. RabbitMQ 3.10 loses all that is in a quorum queue when it is
// killed within half a second of the queue's declaration, whatever it confirmed; tests that declare and kill at once
// call this between the two. That is a fault of the broker's, which nothing that a client does can mend.
func (r *RabbitMQ) Settle(tb testing.TB) {
	tb.Helper()
	r.evaluate(tb, "ok = mnesia:sync_log(), [ok = dets:sync(T) || T <- dets:all()]")
}

// Block sets off the broker's memory alarm, under which it takes nothing from whoever publishes, until the returned
// function is called or the test ends.
func (r *RabbitMQ) Block(tb testing.TB) (unblock func()) {
	tb.Helper()
	// The alarm is only on its way when it is set. Who asks what alarms there are waits until all connections know of it.
	r.evaluate(tb, "ok = vm_memory_monitor:set_vm_memory_high_watermark(0), [_|_] = rabbit_alarm:get_alarms()")
	unblock = sync.OnceFunc(func() { r.evaluate(tb, "ok = vm_memory_monitor:set_vm_memory_high_watermark(0.4)") })
	tb.Cleanup(unblock)
	return unblock
}

// evaluate has the broker's node evaluate expressions of Erlang. Its own tool would take more than a second for each.
func (r *RabbitMQ) evaluate(tb testing.TB, expressions string) {
	tb.Helper()
	r.own(tb)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), rabbitPatience)
	defer cancel()
	c := exec.CommandContext(ctx, "erl_call", "-r", "-sname", rabbitNode, "-e")
	c.Env, c.Dir, c.Stdin = r.env, r.folder, strings.NewReader(expressions+".\n")
	output, err := c.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(output), "{ok,") {
		tb.Fatalf("%s: %v\n%s", expressions, err, output)
	}
}

// Empty makes a virtual host with nothing in it, and answers with its name. It stays as long as the broker: of queues
// that are deleted one right after the other, RabbitMQ 3.10 does not recover. Of a broker that the environment names, it
// is "", the one that is named there, which may have something in it.
func (r *RabbitMQ) Empty(tb testing.TB) string {
	tb.Helper()
	if r.folder == "" {
		return ""
	}
	name := strings.ToLower(rand.Text()[:8])
	r.evaluate(tb, fmt.Sprintf(`ok = rabbit_vhost:add(<<"%s">>, <<"test">>),
		ok = rabbit_auth_backend_internal:set_permissions(
			<<"myevents">>, <<"%[1]s">>, <<".*">>, <<".*">>, <<".*">>, <<"test">>)`, name))
	return name
}

// own is for what is only done to a broker of our own.
func (r *RabbitMQ) own(tb testing.TB) {
	tb.Helper()
	if r.folder == "" {
		notRun(tb, tb.Name(), errors.New("the RabbitMQ of TEST_AMQP_URL is neither stopped nor changed"))
	}
}

// freePorts finds ports of the loopback interface that nobody listens on.
func freePorts(n int) (ports []int, err error) {
	var listeners []net.Listener // all are held until the last one is found, so that they differ
	for range n {
		l, failure := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if failure != nil {
			err = failure
			break
		}
		listeners = append(listeners, l)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	for _, l := range listeners {
		err = errors.Join(err, l.Close())
	}
	return ports, err
}
