package backends

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// kafkaPatience is how long the broker may take to start.
const kafkaPatience = 90 * time.Second

// quickStart has Java compile less, since a server that is killed all the time has little of it.
const quickStart = "-XX:TieredStopAtLevel=1"

// Kafka is a broker of one node, or those that TEST_KAFKA_URLS names.
type Kafka struct {
	// URLs are host:port, without TLS.
	URLs []string
	// SASLURLs take connections with TLS from KafkaUser by any of the SASL mechanisms, SSLURLs from whoever shows a
	// certificate. CAFile has the certificate that the broker's one is signed by, and clients' must be; cert.pem and
	// key.pem beside it are one of them. Of brokers that the environment names only URLs is known.
	SASLURLs, SSLURLs []string
	CAFile            string

	folder    string
	remove    *os.File // removes the folder when it is closed, be it by the death of this process
	libraries string
	server    *process
}

// KafkaUser and KafkaPassword are who SASLURLs take connections from.
const (
	KafkaUser     = "myevents"
	KafkaPassword = "secret"
)

// kafka is the one that the tests of this process share.
var kafka struct {
	sync.Mutex
	*Kafka
}

// SharedKafka starts the broker that all tests of this process share, unless it is there already and runs. It dies with
// the process.
func SharedKafka(tb testing.TB) *Kafka {
	tb.Helper()
	if urls := os.Getenv("TEST_KAFKA_URLS"); urls != "" {
		return &Kafka{URLs: strings.Split(urls, ",")}
	}
	kafka.Lock()
	defer kafka.Unlock()
	switch {
	case kafka.Kafka == nil:
		kafka.Kafka = newKafka(tb)
	case !kafka.server.runs(): // a test may have left it dead
		kafka.Restart(tb)
	}
	return kafka.Kafka
}

// StartKafka starts a broker for one test, which it ends with, whatever TEST_KAFKA_URLS names.
func StartKafka(tb testing.TB) *Kafka {
	tb.Helper()
	k := newKafka(tb)
	tb.Cleanup(func() {
		k.server.kill()
		_ = k.remove.Close() // and with it the folder
	})
	return k
}

func newKafka(tb testing.TB) *Kafka {
	tb.Helper()
	libraries, err := installLibraries(tb.Context(), "kafka")
	if err != nil {
		notRun(tb, "Kafka", err)
	}
	k, err := prepareKafka(libraries)
	if err != nil {
		tb.Fatalf("Kafka: %v", err)
	}
	if err := k.format(tb.Context()); err != nil {
		tb.Fatalf("Kafka: %v", err)
	}
	k.Restart(tb)
	return k
}

func prepareKafka(libraries string) (*Kafka, error) {
	folder, err := os.MkdirTemp("", "myevents-kafka-")
	if err != nil {
		return nil, err
	}
	remove, err := removeAtEnd(folder)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	k := &Kafka{folder: folder, remove: remove, libraries: libraries}
	if k.CAFile, err = makeCertificates(folder); err != nil {
		return nil, err
	}
	var addresses [4]string
	for n, port := range ports {
		addresses[n] = fmt.Sprintf("127.0.0.1:%d", port)
	}
	k.URLs, k.SASLURLs, k.SSLURLs = addresses[1:2], addresses[2:3], addresses[3:]
	err = k.write(addresses)
	return k, err
}

// write writes the broker's configuration. Without the two times of the broker's session it would take a quarter of a
// minute until a killed one is taken back.
func (k *Kafka) write(addresses [4]string) error {
	keys, err := os.ReadFile(filepath.Join(k.folder, "key.pem"))
	if err != nil {
		return err
	}
	chain, err := os.ReadFile(filepath.Join(k.folder, "cert.pem"))
	if err != nil {
		return err
	}
	properties := fmt.Sprintf(`
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[1]s
listeners=CONTROLLER://%[1]s,PLAINTEXT://%[2]s,SASL_SSL://%[3]s,SSL://%[4]s
advertised.listeners=PLAINTEXT://%[2]s,SASL_SSL://%[3]s,SSL://%[4]s
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL
log.dirs=%[5]s/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=10000000
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=%[6]s.plain.PlainLoginModule required user_%[7]s="%[8]s";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=%[6]s.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=%[6]s.scram.ScramLoginModule required;
listener.name.ssl.ssl.client.auth=required
ssl.keystore.type=PEM
ssl.keystore.location=%[5]s/keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location=%[5]s/ca.pem
`, addresses[0], addresses[1], addresses[2], addresses[3], k.folder,
		"org.apache.kafka.common.security", KafkaUser, KafkaPassword)
	return errors.Join(
		os.WriteFile(filepath.Join(k.folder, "keystore.pem"), append(keys, chain...), 0o600),
		os.WriteFile(filepath.Join(k.folder, "server.properties"), []byte(properties), 0o600),
	)
}

// format makes the folder of a new cluster, whose user is known from the beginning.
func (k *Kafka) format(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, kafkaPatience)
	defer cancel()
	id := make([]byte, 16)
	_, _ = rand.Read(id) // it never fails
	arguments := []string{quickStart, "-cp", k.libraries + "/*", "kafka.tools.StorageTool", "format",
		"--cluster-id=" + base64.RawURLEncoding.EncodeToString(id), "-c", filepath.Join(k.folder, "server.properties")}
	for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} {
		credential := fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, KafkaUser, KafkaPassword)
		arguments = append(arguments, "--add-scram", credential)
	}
	return runTool(ctx, "java", arguments...)
}

// Restart starts the broker after Kill, with what it had, and waits until it can be used.
func (k *Kafka) Restart(tb testing.TB) {
	tb.Helper()
	k.own(tb)
	var err error
	k.server, err = startProcess(k.folder, os.Environ(), "java", quickStart, "-Xmx512m", "-XX:+UseSerialGC",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", k.libraries+"/*", "kafka.Kafka",
		filepath.Join(k.folder, "server.properties"))
	if err != nil {
		tb.Fatalf("Kafka: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), kafkaPatience)
	defer cancel()
	for {
		err := k.ready(ctx)
		if err == nil {
			return
		}
		if ctx.Err() != nil || !k.server.runs() {
			tb.Fatalf("Kafka does not start: %v\n%s", err, k.server.output())
		}
		time.Sleep(pollEvery)
	}
}

// ready asks for the brokers that there are: one that has just come back is not among them for a moment. It also asks for
// a group, since the topic that keeps them is only made, or read, by then.
func (k *Kafka) ready(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(k.URLs...), kgo.DisableClientMetrics())
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	admin := kadm.NewClient(client)
	m, err := admin.BrokerMetadata(ctx)
	if err != nil {
		return err
	}
	if len(m.Brokers) == 0 || m.Controller < 0 {
		return errors.New("it has no controller yet")
	}
	group, err := admin.FetchOffsets(ctx, "ready")
	return errors.Join(err, group.Error())
}

// Empty removes what other tests may have left: all topics but the broker's own, and all groups.
func (k *Kafka) Empty(tb testing.TB) {
	tb.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(k.URLs...), kgo.DisableClientMetrics())
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(tb.Context(), kafkaPatience)
	defer cancel()
	for err = empty(ctx, kadm.NewClient(client)); err != nil; err = empty(ctx, kadm.NewClient(client)) {
		if ctx.Err() != nil {
			tb.Fatalf("Kafka cannot be emptied: %v", err)
		}
		time.Sleep(pollEvery)
	}
}

// empty removes what there is; a group that has members until a moment ago is an error.
func empty(ctx context.Context, admin *kadm.Client) error {
	topics, err := admin.ListTopics(ctx)
	if err != nil {
		return err
	}
	groups, err := admin.ListGroups(ctx)
	if err != nil {
		return err
	}
	if len(topics) > 0 {
		removed, err := admin.DeleteTopics(ctx, topics.Names()...)
		if err := errors.Join(err, removed.Error()); err != nil {
			return err
		}
	}
	if len(groups) == 0 {
		return nil
	}
	gone, err := admin.DeleteGroups(ctx, groups.Groups()...)
	return errors.Join(err, gone.Error())
}

// Kill kills the broker without any notice.
func (k *Kafka) Kill(tb testing.TB) {
	tb.Helper()
	k.own(tb)
	k.server.kill()
}

// Freeze has the broker do nothing, with all connections open, until the returned function is called or the test ends.
func (k *Kafka) Freeze(tb testing.TB) (thaw func()) {
	tb.Helper()
	k.own(tb)
	if err := k.server.signal(syscall.SIGSTOP); err != nil {
		tb.Fatal(err)
	}
	thaw = sync.OnceFunc(func() {
		if err := k.server.signal(syscall.SIGCONT); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(thaw)
	return thaw
}

// own is for what is only done to a broker of our own.
func (k *Kafka) own(tb testing.TB) {
	tb.Helper()
	if k.folder == "" {
		notRun(tb, tb.Name(), errors.New("the Kafka of TEST_KAFKA_URLS is neither stopped nor changed"))
	}
}
