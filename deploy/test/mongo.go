package backends

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/mgo.v2"

	"myevents/lib/persistence/mongolayer/wire"
)

// mongoPatience is how long the server may take to start.
const mongoPatience = 90 * time.Second

// Mongo is a server that speaks MongoDB's protocol: mongo-java-server, a stand-in, or what TEST_MONGO_URL names. The
// stand-in has no authentication, no replica sets, and takes no notice of write concerns or of indexes.
type Mongo struct {
	// URL names no database: each test uses one of its own.
	URL string
	// CAFile has the certificate that a server with TLS can be known by.
	CAFile string

	// Address is the host and the port of a server of our own.
	Address string
	// File has all that a durable server keeps. While the server is killed it may be copied, and put back.
	File string

	folder    string
	remove    *os.File // removes the folder when it is closed, be it by the death of this process
	arguments []string
	server    *process
}

// MongoOptions say what a test needs of its own server.
type MongoOptions struct {
	// Durable servers keep what they acknowledged when they are killed.
	Durable bool
	// TLS servers take no connections without it.
	TLS bool
}

// mongo is the one that the tests of this process share.
var mongo struct {
	sync.Mutex
	*Mongo
}

// SharedMongo starts the server that all tests of this process share, unless it is there already. It dies with the
// process.
func SharedMongo(tb testing.TB) *Mongo {
	tb.Helper()
	if url := os.Getenv("TEST_MONGO_URL"); url != "" {
		return &Mongo{URL: url}
	}
	mongo.Lock()
	defer mongo.Unlock()
	if mongo.Mongo == nil {
		mongo.Mongo = newMongo(tb, MongoOptions{})
	}
	return mongo.Mongo
}

// StartMongo starts a server for one test, which it ends with. It is always the stand-in: what TEST_MONGO_URL names is
// neither stopped nor changed.
func StartMongo(tb testing.TB, o MongoOptions) *Mongo {
	tb.Helper()
	m := newMongo(tb, o)
	tb.Cleanup(func() {
		m.server.kill()
		_ = m.remove.Close() // and with it the folder
	})
	return m
}

func newMongo(tb testing.TB, o MongoOptions) *Mongo {
	tb.Helper()
	classes, err := installMongo(tb.Context())
	if err != nil {
		notRun(tb, "MongoDB", err)
	}
	m, err := prepareMongo(classes, o)
	if err != nil {
		tb.Fatalf("MongoDB: %v", err)
	}
	m.Restart(tb)
	return m
}

func prepareMongo(classes string, o MongoOptions) (*Mongo, error) {
	folder, err := os.MkdirTemp("", "myevents-mongo-")
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
	port := strconv.Itoa(ports[0])
	address := "127.0.0.1:" + port
	m := &Mongo{
		URL: "mongodb://" + address, Address: address, File: "-", folder: folder, remove: remove,
	}
	if o.Durable {
		m.File = filepath.Join(folder, "data.db")
	}
	m.arguments = []string{
		quickStart, "-Xmx256m", "-XX:+UseSerialGC", "-cp", classes, "MongoServer", port, m.File,
	}
	if o.TLS {
		if m.CAFile, err = makeCertificates(folder); err != nil {
			return nil, err
		}
		m.URL += "/?tls=true&tlsCAFile=" + m.CAFile
		m.arguments = append(m.arguments, folder)
	}
	return m, nil
}

// Restart starts the server after Kill, with what it had where it is durable, and waits until it takes connections.
func (m *Mongo) Restart(tb testing.TB) {
	tb.Helper()
	var err error
	if m.server, err = startProcess(m.folder, os.Environ(), "java", m.arguments...); err != nil {
		tb.Fatalf("MongoDB: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), mongoPatience)
	defer cancel()
	if err := waitForPort(ctx, m.Address, m.server); err != nil {
		tb.Fatalf("MongoDB does not start: %v\n%s", err, m.server.output())
	}
}

// Kill kills the server without any notice.
func (m *Mongo) Kill(tb testing.TB) {
	tb.Helper()
	m.server.kill()
}

// Insert puts documents into a database, which the address names, as another program does.
func Insert(tb testing.TB, url, collection string, documents ...any) {
	tb.Helper()
	address, name, _ := strings.Cut(strings.TrimPrefix(url, "mongodb://"), "/")
	dialer := wire.Dialer{Timeout: mongoPatience}
	session, err := mgo.DialWithInfo(&mgo.DialInfo{
		Addrs: []string{address}, Timeout: mongoPatience, FailFast: true,
		DialServer: func(a *mgo.ServerAddr) (net.Conn, error) { return dialer.Dial(a.String(), a.String()) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	defer session.Close()
	if err := session.DB(name).C(collection).Insert(documents...); err != nil {
		tb.Fatal(err)
	}
}

// waitForPort waits until a process takes connections.
func waitForPort(ctx context.Context, address string, p *process) error {
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		if ctx.Err() != nil || !p.runs() {
			return fmt.Errorf("nobody listens on %s: %w", address, err)
		}
		time.Sleep(pollEvery)
	}
}
