package mongolayer_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// fate is what a proxy does with a message on its way to the server.
type fate int

const (
	pass         fate = iota
	loseQuestion      // the server does not get it, and the connection is cut
	loseAnswer        // the server gets it, and the connection is cut before the answer
)

// proxy stands between a store and its server. It knows where a message ends, and no more.
type proxy struct {
	url    string
	target string
	pipes  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	// judge decides about each message by its bytes.
	judge func(message []byte) fate
	// held stops all answers as long as it is locked for writing.
	held sync.RWMutex
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		url: "mongodb://" + l.Addr().String(), target: strings.TrimPrefix(target, "mongodb://"), listener: l,
		conns: make(map[net.Conn]bool),
	}
	p.let(nil)
	p.pipes.Go(p.accept)
	t.Cleanup(func() {
		p.die()
		p.pipes.Wait()
	})
	return p
}

// let sets what becomes of messages from now on.
func (p *proxy) let(judge func(message []byte) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.judge = judge
}

func (p *proxy) fate(message []byte) fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.judge == nil {
		return pass
	}
	return p.judge(message)
}

// hold has no answer arrive until the returned function is called.
func (p *proxy) hold() (release func()) {
	p.held.Lock()
	return sync.OnceFunc(p.held.Unlock)
}

// die cuts all connections and takes no more, as if one of the two ends were dead.
func (p *proxy) die() {
	_ = p.listener.Close()
	p.cut()
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		p.pipes.Go(func() { p.ask(server, client) })
		p.pipes.Go(func() { p.answer(client, server) })
	}
}

// ask carries messages to the server.
func (p *proxy) ask(server, client net.Conn) {
	defer client.Close() //nolint:errcheck // it was read to its end
	for {
		message, err := readMessage(client)
		if err != nil {
			_ = server.Close()
			return
		}
		switch p.fate(message) {
		case pass:
			if _, err := server.Write(message); err != nil {
				return
			}
		case loseQuestion:
			_ = server.Close()
			return
		case loseAnswer: // the server's side stays open, so that it does what it was asked
			_ = client.Close()
			_, _ = server.Write(message)
			return
		}
	}
}

func (p *proxy) answer(client, server net.Conn) {
	defer server.Close() //nolint:errcheck // it was read to its end
	defer client.Close() //nolint:errcheck // nothing more comes
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		p.held.RLock()
		_, lost := client.Write(buffer[:n])
		p.held.RUnlock()
		if err != nil || lost != nil {
			return
		}
	}
}

func readMessage(r io.Reader) ([]byte, error) {
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length); err != nil {
		return nil, err
	}
	message := make([]byte, binary.LittleEndian.Uint32(length))
	copy(message, length)
	_, err := io.ReadFull(r, message[4:])
	return message, err
}
