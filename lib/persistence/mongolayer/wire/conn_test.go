package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"gopkg.in/mgo.v2/bson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// encode makes a document of names and values.
func encode(tb testing.TB, pairs ...any) document {
	tb.Helper()
	var d bson.D
	for n := 0; n < len(pairs); n += 2 {
		name, _ := pairs[n].(string)
		d = append(d, bson.DocElem{Name: name, Value: pairs[n+1]})
	}
	data, err := bson.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// peer plays the server at the other end of a connection, by hand: what these tests show are conversations as they are
// written down in MongoDB's documentation, not recorded from a server.
type peer struct {
	net.Conn
	t testing.TB
}

// dialPeer makes a connection to a peer that introduces itself with the given answer to isMaster.
func dialPeer(t *testing.T, hello document) (*conn, peer) {
	t.Helper()
	near, far := net.Pipe()
	p := peer{far, t}
	for _, c := range []net.Conn{near, far} {
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	greeted := make(chan struct{})
	go func() {
		defer close(greeted)
		m := p.read()
		p.reply(m, opReply, encodeReply(hello))
	}()
	c := &conn{
		Conn: near, observe: ignore, asked: make(map[int32]request), cursors: make(map[int64]string),
	}
	if err := c.greet(); err != nil {
		t.Fatal(err)
	}
	<-greeted
	return c, p
}

func ignore(string, time.Duration, error) {}

func (p peer) read() message {
	m, err := readMessage(p)
	if err != nil {
		p.t.Error(err)
	}
	return m
}

func (p peer) reply(to message, op int32, body []byte) {
	if _, err := p.Write(message{id: 7, responseTo: to.id, op: op, body: body}.append(nil)); err != nil {
		p.t.Error(err)
	}
}

// ask sends a command as mgo does, and gives what the peer got.
func (p peer) ask(c *conn, id int32, q query) message {
	p.t.Helper()
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(message{id: id, op: opQuery, body: q.encode()}.append(nil))
		sent <- err
	}()
	m := p.read()
	if err := <-sent; err != nil {
		p.t.Fatal(err)
	}
	return m
}

// answer has the peer answer, and gives what mgo reads.
func (p peer) answer(c *conn, to message, d document) message {
	p.t.Helper()
	go p.reply(to, opMsg, encodeMsg(d))
	m, err := readMessage(c)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func modern(tb testing.TB) document {
	tb.Helper()
	return encode(tb, "ismaster", true, "maxWireVersion", 25, "ok", 1.0)
}

func replicaSet(tb testing.TB) document {
	tb.Helper()
	return encode(tb, "ismaster", true, "setName", "rs0", "maxWireVersion", 25, "ok", 1.0)
}

func TestCommands(t *testing.T) {
	majority := bson.D{{Name: "level", Value: "majority"}}
	secondary := bson.D{{Name: "mode", Value: "secondaryPreferred"}}
	for name, test := range map[string]struct {
		hello, command, want document
		flags                uint32
	}{
		"a command": {
			hello: modern(t), command: encode(t, "find", "events", "limit", 1),
			want: encode(t, "find", "events", "limit", 1, "$db", "myevents"),
		},
		"with a read preference of mgo's": {
			hello: modern(t), flags: flagSlaveOk,
			command: encode(t, "$query", bson.D{{Name: "count", Value: "events"}}, "$readPreference", bson.M{"mode": "nearest"}),
			want:    encode(t, "count", "events", "$readPreference", bson.M{"mode": "nearest"}, "$db", "myevents"),
		},
		"of a secondary": {
			hello: modern(t), flags: flagSlaveOk, command: encode(t, "ping", 1),
			want: encode(t, "ping", 1, "$readPreference", secondary, "$db", "myevents"),
		},
		"a read of a replica set": {
			hello: replicaSet(t), command: encode(t, "find", "events"),
			want: encode(t, "find", "events", "readConcern", majority, "$db", "myevents"),
		},
		"a read with a concern of its own": {
			hello: replicaSet(t), command: encode(t, "find", "events", "readConcern", bson.M{"level": "local"}),
			want: encode(t, "find", "events", "readConcern", bson.M{"level": "local"}, "$db", "myevents"),
		},
		"a write to a replica set": {
			hello: replicaSet(t), command: encode(t, "update", "events"),
			want: encode(t, "update", "events", "$db", "myevents"),
		},
		"a step of an authentication": {
			hello: modern(t), command: encode(t, "saslContinue", 1, "mechanism", "SCRAM-SHA-1", "payload", []byte("c=")),
			want: encode(t, "saslContinue", 1, "payload", []byte("c="), "$db", "myevents"),
		},
		"a read through mongos": {
			hello:   encode(t, "ismaster", true, "msg", "isdbgrid", "maxWireVersion", 25),
			command: encode(t, "aggregate", "events"),
			want:    encode(t, "aggregate", "events", "readConcern", majority, "$db", "myevents"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, p := dialPeer(t, test.hello)
			got := p.ask(c, 42, query{flags: test.flags, space: "myevents.$cmd", command: test.command})
			if got.op != opMsg {
				t.Fatalf("the operation is %d", got.op)
			}
			d, err := parseMsg(got.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, test.want), decode(t, d)); diff != "" {
				t.Errorf("the command differs (-want +got):\n%s", diff)
			}
			answer := encode(t, "ok", 1.0)
			reply := p.answer(c, got, answer)
			if reply.op != opReply || reply.responseTo != 42 || !bytes.Equal(reply.body, encodeReply(answer)) {
				t.Errorf("mgo reads %+v", reply)
			}
		})
	}
}

func decode(tb testing.TB, d document) bson.D {
	tb.Helper()
	var decoded bson.D
	if err := bson.Unmarshal(d, &decoded); err != nil {
		tb.Fatal(err)
	}
	return decoded
}

// TestOldServer shows that servers before MongoDB 3.6 get what mgo sends, but for the read concern.
func TestOldServer(t *testing.T) {
	c, p := dialPeer(t, encode(t, "ismaster", true, "setName", "rs0", "maxWireVersion", 5))
	for command, want := range map[string]document{
		"getnonce": encode(t, "getnonce", 1),
		"find":     encode(t, "find", 1, "readConcern", bson.M{"level": "majority"}),
	} {
		m := p.ask(c, 3, query{space: "myevents.$cmd", command: encode(t, command, 1)})
		q, err := parseQuery(m.body)
		if err != nil || m.op != opQuery || q.space != "myevents.$cmd" || !bytes.Equal(q.command, want) {
			t.Errorf("%s: the server gets %+v %+v, %v", command, m, q, err)
		}
		go p.reply(m, opReply, encodeReply(encode(t, "ok", 1.0)))
		if r, err := readMessage(c); err != nil || r.responseTo != 3 {
			t.Errorf("mgo reads %+v, %v", r, err)
		}
	}
}

// TestIsMasterPassesThrough shows that this command stays a query, which all servers take.
func TestIsMasterPassesThrough(t *testing.T) {
	c, p := dialPeer(t, modern(t))
	m := p.ask(c, 1, query{flags: flagSlaveOk, space: "admin.$cmd", command: encode(t, "ismaster", 1)})
	if q, err := parseQuery(m.body); err != nil || m.op != opQuery || q.space != "admin.$cmd" {
		t.Errorf("the server gets %+v, %v", m, err)
	}
}

func TestNonceIsAnswered(t *testing.T) {
	c, _ := dialPeer(t, modern(t))
	q := query{space: "admin.$cmd", command: encode(t, "getnonce", 1)}
	if _, err := c.Write(message{id: 1, op: opQuery, body: q.encode()}.append(nil)); err != nil {
		t.Fatal(err)
	}
	m, err := readMessage(c)
	if err != nil || m.responseTo != 1 {
		t.Fatalf("mgo reads %+v, %v", m, err)
	}
	d, err := parseReply(m.body)
	if err != nil || d.find("nonce").asString() == "" {
		t.Errorf("mgo reads %v, %v", decode(t, d), err)
	}
}

func TestCursorsAreKilled(t *testing.T) {
	c, p := dialPeer(t, modern(t))
	cursor := func(id int64) bson.M { return bson.M{"id": id, "ns": "myevents.events", "firstBatch": []bson.M{}} }
	find := query{space: "myevents.$cmd", command: encode(t, "find", "events")}
	p.answer(c, p.ask(c, 1, find), encode(t, "cursor", cursor(11), "ok", 1.0))
	p.answer(c, p.ask(c, 2, find), encode(t, "cursor", cursor(12), "ok", 1.0))
	more := query{space: "myevents.$cmd", command: encode(t, "getMore", int64(12), "collection", "events")}
	p.answer(c, p.ask(c, 3, more), encode(t, "cursor", cursor(0), "ok", 1.0))

	body := append(appendInt32(appendInt32(nil, 0), 3), make([]byte, 24)...)
	for n, id := range []byte{11, 12, 13} { // one open, one at its end, one unknown
		body[8+8*n] = id
	}
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(message{op: opKillCursors, body: body}.append(nil))
		sent <- err
	}()
	m := p.read()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	d, err := parseMsg(m.body)
	if err != nil {
		t.Fatal(err)
	}
	want := encode(t, "killCursors", "events", "cursors", []int64{11}, "$db", "myevents")
	if diff := cmp.Diff(decode(t, want), decode(t, d)); diff != "" {
		t.Errorf("the command differs (-want +got):\n%s", diff)
	}
	// mgo expects no answer to it: what it reads next is that of the next command.
	go p.reply(m, opMsg, encodeMsg(encode(t, "ok", 1.0)))
	done := make(chan message, 1)
	go func() {
		r, err := readMessage(c)
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	q := p.ask(c, 5, query{space: "admin.$cmd", command: encode(t, "ping", 1)})
	p.reply(q, opMsg, encodeMsg(encode(t, "ok", 1.0)))
	if r := <-done; r.responseTo != 5 {
		t.Errorf("mgo reads %+v", r)
	}
}

// TestPieces has mgo's messages arrive in pieces, and two at once.
func TestPieces(t *testing.T) {
	c, p := dialPeer(t, modern(t))
	q := query{space: "admin.$cmd", command: encode(t, "ping", 1)}
	two := message{id: 2, op: opQuery, body: q.encode()}.append(message{id: 1, op: opQuery, body: q.encode()}.append(nil))
	go func() {
		for _, piece := range [][]byte{two[:3], two[3:40], two[40:]} {
			if n, err := c.Write(piece); err != nil || n != len(piece) {
				t.Errorf("%d of %d bytes, %v", n, len(piece), err)
			}
		}
	}()
	first, second := p.read(), p.read()
	for _, m := range []message{second, first} { // the order of the answers does not matter
		p.answer(c, m, encode(t, "ok", 1.0))
	}
}

// TestMgoGoesWrong shows that a write which fails ends the connection, since mgo does not.
func TestMgoGoesWrong(t *testing.T) {
	for name, m := range map[string]message{
		"an operation that is gone": {op: 2002},
		"a query of a collection":   {op: opQuery, body: query{space: "myevents.events", command: empty()}.encode()},
		"a query that is cut off":   {op: opQuery, body: []byte{0, 0, 0, 0, 'a', 0}},
		"cursors that are cut off":  {op: opKillCursors},
	} {
		t.Run(name, func(t *testing.T) {
			c, p := dialPeer(t, modern(t))
			if _, err := c.Write(m.append(nil)); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
			if _, err := p.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("the connection is still open: %v", err)
			}
		})
	}
}

// TestServerGoesWrong shows that nothing malformed gets to mgo.
func TestServerGoesWrong(t *testing.T) {
	good := encodeMsg(encode(t, "ok", 1.0))
	flags := func(f byte) []byte { return append([]byte{f}, good[1:]...) }
	section := bytes.Clone(good)
	section[4] = 1
	long := bytes.Clone(good)
	long[5]++
	two := encodeReply(empty())
	two[replySize-4] = 2
	for name, m := range map[string]message{
		"another operation":        {op: 2012, body: good},
		"more to come":             {op: opMsg, body: flags(flagMoreToCome)},
		"an unknown flag":          {op: opMsg, body: flags(1 << 5)},
		"another section":          {op: opMsg, body: section},
		"a document too long":      {op: opMsg, body: long},
		"something behind":         {op: opMsg, body: append(bytes.Clone(good), 0)},
		"nothing":                  {op: opMsg},
		"a checksum alone":         {op: opMsg, body: []byte{1, 0, 0, 0, 0}},
		"an old answer cut off":    {op: opReply, body: []byte{0}},
		"an old answer of nothing": {op: opReply, body: make([]byte, replySize)},
		"an old answer of two":     {op: opReply, body: two},
	} {
		t.Run(name, func(t *testing.T) {
			c := &conn{observe: ignore, asked: map[int32]request{1: {id: 1}}}
			m.responseTo = 1
			if _, err := c.receive(m); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
		})
	}
	c := &conn{observe: ignore, asked: make(map[int32]request)}
	if _, err := c.receive(message{responseTo: 1, op: opMsg, body: good}); !errors.Is(err, ErrMalformed) {
		t.Errorf("an answer that was not asked for: %v", err)
	}
	c.asked[1] = request{id: 9}
	if _, err := c.receive(message{responseTo: 1, op: opMsg, body: append(flags(flagChecksum), 1, 2, 3, 4)}); err != nil {
		t.Errorf("an answer with a checksum: %v", err)
	}
}

// TestObserver shows that every command is told of, be it done, refused, or never answered.
func TestObserver(t *testing.T) {
	c, p := dialPeer(t, modern(t))
	var told []string
	c.observe = func(command string, took time.Duration, err error) {
		if took < 0 || took > time.Minute {
			t.Errorf("%s took %v", command, took)
		}
		told = append(told, fmt.Sprintf("%s %v", command, err))
	}
	for n, answer := range []document{encode(t, "ok", 1.0), encode(t, "ok", 0, "errmsg", "no"), nil} {
		q := query{space: "myevents.$cmd", command: encode(t, []string{"find", "update", "getMore"}[n], int64(1))}
		m := p.ask(c, int32(n), q)
		if answer != nil {
			p.answer(c, m, answer)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("something was read")
	}
	if diff := cmp.Diff([]string{"find <nil>", "update no", "getmore EOF"}, told); diff != "" {
		t.Errorf("other commands were told of (-want +got):\n%s", diff)
	}
}

func TestLengths(t *testing.T) {
	header := message{op: opMsg}.append(nil)
	for length, want := range map[int32]error{
		0: ErrMalformed, 15: ErrMalformed, -1: ErrMalformed, maxMessage + 1: ErrMalformed,
		maxMessage: io.ErrUnexpectedEOF, // there is less than it says, which must not cost that much memory
		17:         io.ErrUnexpectedEOF,
	} {
		data := append(appendInt32(nil, length), header[4:]...)
		allocated := testing.AllocsPerRun(1, func() {
			if _, err := readMessage(bytes.NewReader(data)); !errors.Is(err, want) {
				t.Errorf("a length of %d: %v", length, err)
			}
		})
		if allocated > 20 {
			t.Errorf("a length of %d costs %v allocations", length, allocated)
		}
	}
}

func TestDepth(t *testing.T) {
	d := empty()
	for range maxDepth {
		d = empty().with(kindDocument, "a", d)
	}
	if _, err := check(d); err != nil {
		t.Error(err)
	}
	if _, err := check(empty().with(kindDocument, "a", d)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a document too deep: %v", err)
	}
}
