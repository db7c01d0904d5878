package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// firstModern is the version of the protocol from which on servers take OP_MSG: that of MongoDB 3.6.
const firstModern = 6

// Dialer makes connections for mgo's DialInfo.DialServer.
type Dialer struct {
	// TLS is used if it is not nil. The server's name is that of its address, unless it has one.
	TLS *tls.Config
	// Timeout bounds connecting, TLS and the first question together.
	Timeout time.Duration
	// Observe, if not nil, is told of every command of mgo's: its name in lower case, how long its answer took, and what
	// went wrong. It must not block.
	Observe func(command string, took time.Duration, err error)
}

// Dial connects to a server, and asks it which protocol it speaks. The name is the one that it was configured or
// found with, the address what that was resolved to.
func (d Dialer) Dial(name, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d.Timeout)
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c, err := d.greet(ctx, plain, name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), plain.Close())
	}
	return c, nil
}

// greet makes of a connection one that mgo can use.
func (d Dialer) greet(ctx context.Context, raw net.Conn, name string) (*conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		if err := raw.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	if d.TLS != nil {
		encrypted, err := d.encrypt(ctx, raw, name)
		if err != nil {
			return nil, err
		}
		raw = encrypted
	}
	c := &conn{
		Conn: raw, observe: d.Observe, asked: make(map[int32]request), cursors: make(map[int64]string),
	}
	if c.observe == nil {
		c.observe = func(string, time.Duration, error) {}
	}
	if err := c.greet(); err != nil {
		return nil, err
	}
	return c, raw.SetDeadline(time.Time{})
}

func (d Dialer) encrypt(ctx context.Context, raw net.Conn, name string) (net.Conn, error) {
	config := d.TLS.Clone()
	if config.ServerName == "" {
		host, _, err := net.SplitHostPort(name)
		if err != nil {
			return nil, err
		}
		config.ServerName = host
	}
	encrypted := tls.Client(raw, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}

// greet asks the server what it is, in the form that all versions take.
func (c *conn) greet() error {
	client := empty().
		with(kindDocument, "driver", empty().withString("name", "mgo").withString("version", "2")).
		with(kindDocument, "os", empty().withString("type", "unknown"))
	hello := query{
		flags: flagSlaveOk, space: "admin.$cmd",
		command: empty().with(kindInt32, "isMaster", []byte{1, 0, 0, 0}).with(kindDocument, "client", client),
	}
	const id = -1 // numbers of requests are positive
	if _, err := c.Conn.Write(message{id: id, op: opQuery, body: hello.encode()}.append(nil)); err != nil {
		return err
	}
	m, err := readMessage(c.Conn)
	if err != nil {
		return err
	}
	if m.op != opReply || m.responseTo != id {
		return fmt.Errorf("%w: the server answers isMaster with the operation %d", ErrMalformed, m.op)
	}
	answer, err := parseReply(m.body)
	if err != nil {
		return err
	}
	c.modern = answer.find("maxWireVersion").asInt() >= firstModern
	c.majority = answer.find("setName").asString() != "" || answer.find("msg").asString() == "isdbgrid"
	return nil
}
