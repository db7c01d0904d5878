package backends

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// sqsPatience is how long the server may take to start.
const sqsPatience = 90 * time.Second

// SQS is a server that speaks the protocol of Amazon SQS: ElasticMQ, or what TEST_SQS_ENDPOINT names. ElasticMQ keeps
// the order also in queues that promise none, delivers nothing twice by itself, counts its messages exactly, has one
// machine only, and checks no signatures.
type SQS struct {
	// Endpoint is its URL.
	Endpoint string

	folder  string
	remove  *os.File // removes the folder when it is closed, be it by the death of this process
	classes string
	server  *process
	starts  int
}

// SQSOptions say what a test needs of its own server.
type SQSOptions struct {
	// Durable servers keep queues and messages when they are killed. They are slow, and fail for good when more is sent at
	// once than they write in five seconds: some hundred messages, on a busy machine.
	Durable bool
}

// sqs is the one that the tests of this process share.
var sqs struct {
	sync.Mutex
	*SQS
}

// SharedSQS starts the server that all tests of this process share, unless it is there already and runs. It keeps
// nothing when it is killed, and dies with the process.
func SharedSQS(tb testing.TB) *SQS {
	tb.Helper()
	if endpoint := os.Getenv("TEST_SQS_ENDPOINT"); endpoint != "" {
		return &SQS{Endpoint: endpoint}
	}
	sqs.Lock()
	defer sqs.Unlock()
	switch {
	case sqs.SQS == nil:
		sqs.SQS = newSQS(tb, SQSOptions{})
	case !sqs.server.runs(): // a test may have left it dead
		sqs.Restart(tb)
	}
	return sqs.SQS
}

// StartSQS starts a server for one test, which it ends with, whatever TEST_SQS_ENDPOINT names.
func StartSQS(tb testing.TB, o SQSOptions) *SQS {
	tb.Helper()
	s := newSQS(tb, o)
	tb.Cleanup(func() {
		s.server.kill()
		_ = s.remove.Close() // and with it the folder
	})
	return s
}

func newSQS(tb testing.TB, o SQSOptions) *SQS {
	tb.Helper()
	libraries, err := installLibraries(tb.Context(), "sqs")
	if err != nil {
		notRun(tb, "SQS", err)
	}
	s, err := prepareSQS(libraries, o)
	if err != nil {
		tb.Fatalf("SQS: %v", err)
	}
	s.Restart(tb)
	return s
}

func prepareSQS(libraries string, o SQSOptions) (*SQS, error) {
	folder, err := os.MkdirTemp("", "myevents-sqs-")
	if err != nil {
		return nil, err
	}
	remove, err := removeAtEnd(folder)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	s := &SQS{
		Endpoint: "http://127.0.0.1:" + strconv.Itoa(ports[0]), folder: folder, remove: remove, classes: libraries + "/*",
	}
	err = s.write(ports[0], o)
	return s, err
}

// write writes the server's configuration. What is acknowledged is in the file at once: by itself the database would
// leave it in memory for half a second.
func (s *SQS) write(port int, o SQSOptions) error {
	configuration := fmt.Sprintf(`
include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = %d, context-path = "" }
rest-sqs { enabled = true, bind-hostname = "127.0.0.1", bind-port = %[1]d, sqs-limits = strict }
rest-stats { enabled = false }
aws { region = "us-east-1", accountId = "000000000000" }
messages-storage { enabled = %[2]t, uri = "jdbc:h2:%[3]s/data;WRITE_DELAY=0", username = "", password = "" }
`, port, o.Durable, s.folder)
	return os.WriteFile(s.configuration(), []byte(configuration), 0o600)
}

func (s *SQS) configuration() string { return filepath.Join(s.folder, "elasticmq.conf") }

// Restart starts the server after Kill, with what it had where it is durable, and waits until it takes connections.
func (s *SQS) Restart(tb testing.TB) {
	tb.Helper()
	s.own(tb)
	var err error
	s.server, err = startProcess(s.folder, os.Environ(), "java", quickStart, "-Xmx256m", "-XX:+UseSerialGC",
		"-Dconfig.file="+s.configuration(), "-cp", s.classes, "org.elasticmq.server.Main")
	if err != nil {
		tb.Fatalf("SQS: %v", err)
	}
	s.starts++
	for end := time.Now().Add(sqsPatience); !s.ready(); time.Sleep(pollEvery) {
		if time.Now().After(end) || !s.server.runs() {
			tb.Fatalf("SQS does not start:\n%s", s.server.output())
		}
	}
}

// ready says whether it has said so: it takes connections before it has back the queues that it had.
func (s *SQS) ready() bool {
	log, err := os.ReadFile(s.server.log)
	return err == nil && bytes.Count(log, []byte(" started in ")) == s.starts
}

// Kill kills the server without any notice.
func (s *SQS) Kill(tb testing.TB) {
	tb.Helper()
	s.own(tb)
	s.server.kill()
}

// Use has the AWS SDK, in this process and in those that it starts, take this server until the test ends. Credentials
// and region that the environment has are those of a server that it names, too.
func (s *SQS) Use(tb testing.TB) {
	tb.Helper()
	tb.Setenv("AWS_ENDPOINT_URL_SQS", s.Endpoint)
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
	} {
		tb.Setenv(name, cmp.Or(os.Getenv(name), value))
	}
}

// own is for what is only done to a server of our own.
func (s *SQS) own(tb testing.TB) {
	tb.Helper()
	if s.folder == "" {
		notRun(tb, tb.Name(), errors.New("the server of TEST_SQS_ENDPOINT is not stopped"))
	}
}
