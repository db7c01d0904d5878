package mongolayer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"gopkg.in/mgo.v2"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer/wire"
	"myevents/lib/persistence/schema"
)

const (
	// dialTimeout bounds each attempt at a connection.
	dialTimeout = 3 * time.Second
	// socketTimeout is how long an answer may take before the connection is given up.
	socketTimeout = 5 * time.Second
	// majorityTimeout is how long a write waits for the majority: less, so that the answer still arrives.
	majorityTimeout = 4 * time.Second
	// redialAfter is how long a server that cannot be reached is left alone. All calls fail at once meanwhile.
	redialAfter = 250 * time.Millisecond
	// defaultPool is how many operations may be under way at once. mgo's own pool makes callers wait without an end, so
	// that they wait here.
	defaultPool = 64
)

var errClosed = errors.New("the store is closed")

// client runs operations on a database. It connects when there is something to do, and anew when a connection has
// failed: mgo would go on, but ask the server who it is before each operation from then on.
type client struct {
	target   *wire.Target
	config   Config
	database string
	indexes  []index
	versions schema.Versions
	slots    chan struct{}
	running  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	prepared bool
	base     *mgo.Session  // the one that sessions are copied from; nil without a connection
	attempt  chan struct{} // closed when the attempt under way has ended; nil without one
	failure  error         // of the last attempt
	retry    time.Time     // when the next attempt may be made
}

func newClient(t *wire.Target, c Config, database string, indexes []index) *client {
	pool := t.PoolLimit
	if pool == 0 {
		pool = defaultPool
	}
	return &client{
		target: t, config: c, database: database, indexes: indexes, versions: schema.Now(), slots: make(chan struct{}, pool),
	}
}

// outcome is what an operation ended with.
type outcome[T any] struct {
	value T
	err   error
}

// read runs an operation that changes nothing. Where no answer comes the error is ErrUnavailable.
func read[T any](ctx context.Context, c *client, f func(*mgo.Database) (T, error)) (T, error) {
	value, err := run(ctx, c, f)
	if errors.Is(err, persistence.ErrUnknown) {
		err = fmt.Errorf("%w: %w", persistence.ErrUnavailable, errors.Unwrap(err))
	}
	return value, err
}

// cursor is a query, or another way to read documents, of mgo's.
type cursor interface {
	All(result any) error
	One(result any) error
}

// readAll reads all that a query finds.
func readAll[D any](ctx context.Context, c *client, query func(*mgo.Database) cursor) ([]D, error) {
	return read(ctx, c, func(db *mgo.Database) ([]D, error) {
		var found []D
		err := query(db).All(&found)
		return found, err
	})
}

// readOne reads the first that a query finds, or answers with ErrNotFound.
func readOne[D any](ctx context.Context, c *client, query func(*mgo.Database) cursor) (D, error) {
	return read(ctx, c, func(db *mgo.Database) (D, error) {
		var found D
		err := query(db).One(&found)
		if errors.Is(err, mgo.ErrNotFound) {
			err = persistence.ErrNotFound
		}
		return found, err
	})
}

// write runs an operation that changes something. Where no answer comes the error is ErrUnknown.
func write(ctx context.Context, c *client, f func(*mgo.Database) error) error {
	_, err := run(ctx, c, func(d *mgo.Database) (struct{}, error) { return struct{}{}, f(d) })
	return err
}

// run runs an operation on a session of its own. It waits no longer than the context, while the operation goes on: a
// slow answer is no reason to give up the connection.
func run[T any](ctx context.Context, c *client, f func(*mgo.Database) (T, error)) (T, error) {
	var none T
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return none, fmt.Errorf("%w: all connections are busy: %w", persistence.ErrUnavailable, ctx.Err())
	}
	session, base, err := c.session(ctx)
	if err != nil {
		<-c.slots
		return none, err
	}
	done := make(chan outcome[T], 1)
	go func() {
		defer c.running.Done()
		defer func() { <-c.slots }()
		defer session.Close()
		value, err := f(session.DB(c.database))
		if err = translate(err); isAway(err) {
			c.drop(base)
		}
		done <- outcome[T]{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return none, lost(ctx.Err())
	}
}

// session gives a session for one operation, which counts as running, and the one that it was copied from.
func (c *client) session(ctx context.Context) (session, base *mgo.Session, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, unavailable(err)
		}
		session, base, wait, err := c.copyOrConnect()
		if session != nil || err != nil {
			return session, base, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
}

// copyOrConnect gives a session, or what is closed when there may be one.
func (c *client) copyOrConnect() (session, base *mgo.Session, wait <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base != nil && !c.closed {
		c.running.Add(1)
		return c.base.Copy(), c.base, nil, nil
	}
	wait, err = c.connect()
	return nil, nil, wait, err
}

// connect starts an attempt to connect, unless one is under way, and gives what is closed when it has ended.
func (c *client) connect() (<-chan struct{}, error) {
	switch {
	case c.closed:
		return nil, unavailable(errClosed)
	case c.attempt != nil:
		return c.attempt, nil
	case time.Now().Before(c.retry):
		return nil, c.failure
	}
	ended := make(chan struct{})
	c.attempt = ended
	c.running.Go(func() {
		base, err := c.dial()
		c.mu.Lock()
		defer c.mu.Unlock()
		defer close(ended)
		c.attempt = nil
		if err != nil {
			c.failure, c.retry = err, time.Now().Add(redialAfter)
			return
		}
		c.base, c.prepared = base, true
	})
	return ended, nil
}

// dial connects and has everything there that the store needs.
func (c *client) dial() (*mgo.Session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	target, err := c.target.Resolve(ctx, c.config.Resolver)
	if err != nil {
		return nil, unavailable(err)
	}
	dialer := wire.Dialer{TLS: target.TLS, Timeout: dialTimeout, Observe: c.config.Observe}
	base, err := mgo.DialWithInfo(&mgo.DialInfo{
		Addrs: target.Hosts, Direct: target.Direct, ReplicaSetName: target.ReplicaSet,
		Username: target.Username, Password: target.Password, Source: target.AuthSource, Mechanism: target.Mechanism,
		Database: target.Database, FailFast: true, Timeout: dialTimeout,
		DialServer: func(a *mgo.ServerAddr) (net.Conn, error) { return dialer.Dial(a.String(), a.TCPAddr().String()) },
	})
	if err != nil {
		return nil, unavailable(err)
	}
	base.SetSocketTimeout(socketTimeout)
	base.SetSafe(&mgo.Safe{WMode: "majority", J: true, WTimeout: int(majorityTimeout / time.Millisecond)})
	if err := c.prepare(base); err != nil {
		base.Close()
		return nil, err
	}
	return base, nil
}

// drop has the next operation connect anew, unless that has been done already. Operations under way keep their
// connections until they end.
func (c *client) drop(base *mgo.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base == base {
		c.base = nil
		base.Close()
	}
}

func (c *client) close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.running.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base != nil {
		c.base.Close()
		c.base = nil
	}
	return nil
}
