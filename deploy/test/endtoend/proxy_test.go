package endtoend

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// proxy stands between services and a server. It can lose answers and cut connections. Between a service and its
// database it can also be armed: then it lets so many of the service's messages through, and calls a function before it
// passes on anything else.
type proxy struct {
	address  string
	target   string
	counting bool

	mu          sync.Mutex
	connections map[net.Conn]bool // of the services
	losing      bool
	left        int // messages until then; -1 while it is not armed
	fatal       func()
}

// startProxy starts a proxy; with counting, the services speak MongoDB's protocol, and it can be armed.
func startProxy(t *testing.T, target string, counting bool) *proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), target: target, left: -1, counting: counting, connections: make(map[net.Conn]bool)}
	var connections sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	connections.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			connections.Go(func() { p.serve(ctx, client) })
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = l.Close() // ends the accepting
		connections.Wait()
	})
	return p
}

// arm has the function called after so many more messages, or never where they are negative. It answers with how many
// were left of the time before.
func (p *proxy) arm(messages int, fatal func()) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.left
	p.left, p.fatal = messages, fatal
	return was
}

// loseAnswers has everything that the server says lost for a while, and then all connections cut.
func (p *proxy) loseAnswers(d time.Duration) {
	p.lose(true)
	time.Sleep(d)
	p.mu.Lock()
	for c := range p.connections {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.lose(false)
}

func (p *proxy) lose(losing bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.losing = losing
}

// lost says whether what the server says is lost now.
func (p *proxy) lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.losing
}

// note keeps a service's connection, or forgets it.
func (p *proxy) note(c net.Conn, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if open {
		p.connections[c] = true
	} else {
		delete(p.connections, c)
	}
}

// pass counts a message of the service.
func (p *proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.left > 0:
		p.left--
	case p.left == 0:
		p.left = -1
		p.fatal()
	}
}

func (p *proxy) serve(ctx context.Context, client net.Conn) {
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.note(client, true)
	defer p.note(client, false)
	stop := context.AfterFunc(ctx, func() { _ = errors.Join(client.Close(), server.Close()) })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() {
		p.answer(client, server)
		_ = client.Close()
	})
	if p.counting {
		p.forward(server, client)
	} else {
		_, _ = io.Copy(server, client) // until either side ends
	}
	_ = errors.Join(server.Close(), client.Close())
	both.Wait()
}

// answer passes on what the server says, until either side ends.
func (p *proxy) answer(client io.Writer, server io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 && !p.lost() {
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// forward passes on the service's messages one by one. Each begins with its length.
func (p *proxy) forward(server io.Writer, client io.Reader) {
	for {
		var length [4]byte
		if _, err := io.ReadFull(client, length[:]); err != nil {
			return
		}
		message := make([]byte, binary.LittleEndian.Uint32(length[:]))
		copy(message, length[:])
		if _, err := io.ReadFull(client, message[4:]); err != nil {
			return
		}
		p.pass()
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}
