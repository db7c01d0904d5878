package endtoend

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a service and its database. Once armed, it lets so many of the service's messages through, and
// then calls a function before it passes on anything else.
type proxy struct {
	address string
	target  string

	mu    sync.Mutex
	left  int // messages until then; -1 while it is not armed
	fatal func()
}

func startProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), target: target, left: -1}
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
	stop := context.AfterFunc(ctx, func() { _ = errors.Join(client.Close(), server.Close()) })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(client, server) // until either side ends
		_ = client.Close()
	})
	p.forward(server, client)
	_ = errors.Join(server.Close(), client.Close())
	both.Wait()
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
