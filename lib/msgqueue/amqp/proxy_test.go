package amqp_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a broker and its client, and fails as networks do.
type proxy struct {
	target string
	url    string

	mu       sync.Mutex
	listener net.Listener
	// held stops everything on its way, in both directions, as long as it is locked for writing.
	held sync.RWMutex
	// conns are the open connections, and whether they are past their handshake.
	conns map[net.Conn]bool
	pipes sync.WaitGroup
}

// newProxy makes a proxy that refuses connections until it is open.
func newProxy(t *testing.T, broker string) *proxy {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: u.Host, conns: make(map[net.Conn]bool)}
	u.Host = l.Addr().String()
	p.url = u.String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.shut()
		p.pipes.Wait()
	})
	return p
}

// open takes connections from now on.
func (p *proxy) open(t *testing.T) {
	t.Helper()
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.listener = l
	p.mu.Unlock()
	p.pipes.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.pipes.Go(func() { p.serve(c) })
		}
	})
}

// shut refuses connections, and cuts those that there are.
func (p *proxy) shut() {
	p.mu.Lock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	p.mu.Unlock()
	p.cutThose(func(bool) bool { return true })
}

// cut cuts all connections but those in their handshake, at whose end the library has a data race with the loss of its
// connection.
func (p *proxy) cut() { p.cutThose(func(ready bool) bool { return ready }) }

func (p *proxy) cutThose(which func(ready bool) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c, ready := range p.conns {
		if which(ready) {
			_ = c.Close()
		}
	}
}

// handshake is how often the broker has said something when it is over: start, tune, open-ok, and that there is a
// channel.
const handshake = 4

// hold has nothing arrive any more, without cutting anything, until the returned function is called.
func (p *proxy) hold() (release func()) {
	p.held.Lock()
	return sync.OnceFunc(p.held.Unlock)
}

func (p *proxy) serve(client net.Conn) {
	broker, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[broker] = false, false
	p.mu.Unlock()
	p.pipes.Go(func() {
		p.pipe(client, broker, func(said int) {
			if said == handshake {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.conns[client], p.conns[broker] = true, true
			}
		})
	})
	p.pipe(broker, client, func(int) {})
	p.mu.Lock()
	delete(p.conns, client)
	delete(p.conns, broker)
	p.mu.Unlock()
}

// pipe passes on what one side says, and tells for how many times it has.
func (p *proxy) pipe(to, from net.Conn, said func(times int)) {
	defer to.Close()   //nolint:errcheck // the other one is gone
	defer from.Close() //nolint:errcheck // the other one is gone
	buffer := make([]byte, 32<<10)
	for times := 1; ; times++ {
		n, err := from.Read(buffer)
		p.held.RLock()
		_, failed := to.Write(buffer[:n])
		p.held.RUnlock()
		if err != nil || failed != nil {
			return
		}
		said(times)
	}
}
