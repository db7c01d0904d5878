package backends

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// dynamoDBPatience is how long the server may take to start.
const dynamoDBPatience = 90 * time.Second

// DynamoDB is DynamoDB Local, or what TEST_DYNAMODB_ENDPOINT names. DynamoDB Local throttles nobody, has no
// transactions that conflict, and its indexes never lag behind.
type DynamoDB struct {
	// Endpoint is the server's URL.
	Endpoint string

	address   string   // of the server itself
	durable   *durable // nil where it is nobody's business to kill it
	folder    string
	remove    *os.File // removes the folder when it is closed, be it by the death of this process
	arguments []string
	server    *process
}

// dynamoDB is the one that the tests of this process share.
var dynamoDB struct {
	sync.Mutex
	*DynamoDB
}

// SharedDynamoDB starts the server that all tests of this process share, unless it is there already. It dies with the
// process.
func SharedDynamoDB(tb testing.TB) *DynamoDB {
	tb.Helper()
	if endpoint := os.Getenv("TEST_DYNAMODB_ENDPOINT"); endpoint != "" {
		return &DynamoDB{Endpoint: endpoint}
	}
	dynamoDB.Lock()
	defer dynamoDB.Unlock()
	if dynamoDB.DynamoDB == nil {
		dynamoDB.DynamoDB = newDynamoDB(tb, false)
	}
	return dynamoDB.DynamoDB
}

// StartDynamoDB starts a server for one test, which it ends with. It keeps what it acknowledged when it is killed. It
// is always DynamoDB Local: what TEST_DYNAMODB_ENDPOINT names is neither stopped nor changed.
func StartDynamoDB(tb testing.TB) *DynamoDB {
	tb.Helper()
	d := newDynamoDB(tb, true)
	tb.Cleanup(func() {
		d.Kill(tb)
		_ = d.remove.Close() // and with it the folder
	})
	return d
}

// UseDynamoDB has the SDK in this process talk to a server by its URL until the test ends. Who asks, and which region
// it is, stays what the environment says; where it says nothing, it is what DynamoDB Local takes.
func UseDynamoDB(tb testing.TB, endpoint string) {
	tb.Helper()
	tb.Setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if os.Getenv(name) == "" {
			tb.Setenv(name, "test")
		}
	}
}

func newDynamoDB(tb testing.TB, keeps bool) *DynamoDB {
	tb.Helper()
	libraries, err := installLibraries(tb.Context(), "dynamodb")
	if err != nil {
		notRun(tb, "DynamoDB Local", err)
	}
	d, err := prepareDynamoDB(libraries, keeps)
	if err != nil {
		tb.Fatalf("DynamoDB Local: %v", err)
	}
	d.Restart(tb)
	return d
}

func prepareDynamoDB(libraries string, keeps bool) (*DynamoDB, error) {
	folder, err := os.MkdirTemp("", "myevents-dynamodb-")
	if err != nil {
		return nil, err
	}
	remove, err := removeAtEnd(folder)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	address, port := localAddress(ports[0]), strconv.Itoa(ports[0])
	d := &DynamoDB{
		Endpoint: "http://" + address, address: address, folder: folder, remove: remove,
		arguments: []string{
			quickStart, "-Xmx512m", "-XX:+UseSerialGC", "-Djava.library.path=" + libraries, "-cp", filepath.Join(libraries, "*"),
			"com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-port", port, "-sharedDb", "-disableTelemetry",
		},
	}
	if !keeps {
		d.arguments = append(d.arguments, "-inMemory")
		return d, nil
	}
	d.arguments = append(d.arguments, "-dbPath", folder)
	d.durable = new(durable)
	d.Endpoint = "http://" + localAddress(ports[1])
	return d, nil
}

func localAddress(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Restart starts the server after Kill, with what it had, and waits until it takes connections.
func (d *DynamoDB) Restart(tb testing.TB) {
	tb.Helper()
	env := append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "DDB_LOCAL_TELEMETRY=0")
	var err error
	if d.server, err = startProcess(d.folder, env, "java", d.arguments...); err != nil {
		tb.Fatalf("DynamoDB Local: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), dynamoDBPatience)
	defer cancel()
	if err := waitForPort(ctx, d.address, d.server); err != nil {
		tb.Fatalf("DynamoDB Local does not start: %v\n%s", err, d.server.output())
	}
	if d.durable == nil {
		return
	}
	if err := d.durable.listen(ctx, strings.TrimPrefix(d.Endpoint, "http://"), "http://"+d.address); err != nil {
		tb.Fatalf("DynamoDB Local: %v", err)
	}
}

// Kill kills the server without any notice.
func (d *DynamoDB) Kill(tb testing.TB) {
	tb.Helper()
	d.server.kill()
	d.durable.close()
}
