package mongolayer_test

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"

	"gopkg.in/mgo.v2/bson"
)

// fake plays a MongoDB server: what it says is written by hand, after MongoDB's documentation, and shows what we make
// of such answers, not that a real server gives them.
type fake struct {
	address string
	// answer answers a command on a connection; nil is { ok: 1 }.
	answer func(c *fakeConn, name string, command bson.M) bson.M

	t       *testing.T
	serving sync.WaitGroup
	mu      sync.Mutex
	conns   []net.Conn
	seen    []seen
}

// fakeConn has what a server remembers of a connection.
type fakeConn struct{ scram *scramServer }

type seen struct {
	name    string
	command bson.M
}

func newFake(t *testing.T, answer func(*fakeConn, string, bson.M) bson.M) *fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{address: l.Addr().String(), answer: answer, t: t}
	f.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns = append(f.conns, c)
			f.mu.Unlock()
			f.serving.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		f.mu.Lock()
		for _, c := range f.conns {
			_ = c.Close()
		}
		f.mu.Unlock()
		f.serving.Wait()
	})
	return f
}

func (f *fake) serve(c net.Conn) {
	var state fakeConn
	for {
		m, err := readMessage(c)
		if err != nil {
			return
		}
		start := 16 + 5 // of the document, in an OP_MSG
		if m[12] == 0xd4 {
			for start = 20; m[start] != 0; start++ { // in an OP_QUERY, behind the namespace
			}
			start += 1 + 8
		}
		var named bson.D
		var command bson.M
		if bson.Unmarshal(m[start:], &named) != nil || bson.Unmarshal(m[start:], &command) != nil {
			f.t.Errorf("a malformed command: %x", m)
			return
		}
		name := named[0].Name
		if name == "ismaster" { // mgo's, the adapter asks for isMaster
			name = "isMaster"
		}
		f.mu.Lock()
		f.seen = append(f.seen, seen{name, command})
		f.mu.Unlock()
		if _, err := c.Write(encodeAnswer(m, f.answer(&state, name, command))); err != nil {
			return
		}
	}
}

// take gives the commands of that name since the last time.
func (f *fake) take(name string) (taken []bson.M) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rest []seen
	for _, s := range f.seen {
		if s.name == name {
			taken = append(taken, s.command)
		} else {
			rest = append(rest, s)
		}
	}
	f.seen = rest
	return taken
}

func encodeAnswer(question []byte, answer bson.M) []byte {
	if answer == nil {
		answer = bson.M{"ok": 1}
	}
	document, err := bson.Marshal(answer)
	if err != nil {
		panic(err) // it is written above
	}
	body := append(make([]byte, 5), document...) // no flags, one section
	operation := uint32(2013)
	if question[12] == 0xd4 {
		body = append(append(make([]byte, 16), 1, 0, 0, 0), document...) // no cursor, one document
		operation = 1
	}
	message := binary.LittleEndian.AppendUint32(nil, uint32(16+len(body)))
	message = append(message, 1, 0, 0, 0)
	message = append(message, question[4:8]...)
	message = binary.LittleEndian.AppendUint32(message, operation)
	return append(message, body...)
}

// standalone answers as a server with nothing in it does, but for one command.
func standalone(special string, answer bson.M) func(*fakeConn, string, bson.M) bson.M {
	return func(_ *fakeConn, name string, _ bson.M) bson.M {
		switch name {
		case special:
			return answer
		case "isMaster":
			return bson.M{"ismaster": true, "maxWireVersion": 25, "ok": 1}
		case "find":
			return found()
		}
		return bson.M{"ok": 1, "n": 1}
	}
}

// found is the answer to a find.
func found(docs ...bson.M) bson.M {
	if docs == nil {
		docs = []bson.M{}
	}
	return bson.M{"ok": 1, "cursor": bson.M{"id": int64(0), "ns": "a.b", "firstBatch": docs}}
}
