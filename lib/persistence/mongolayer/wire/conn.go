// Package wire lets mgo.v2, which speaks a protocol that MongoDB dropped in 5.1, talk to every MongoDB from 3.4 on. It
// is a net.Conn between the two that turns mgo's commands into the messages that newer servers take, and their answers
// back. It is also where TLS, connection strings with mongodb+srv and majority reads come in.
//
// Whatever a server sends is checked before mgo sees it, which panics on some of what is malformed.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// maxCursors is how many open cursors a connection remembers. The server ends forgotten ones by itself.
const maxCursors = 1000

// conn is a connection to a server, as mgo uses it: one goroutine reads, one at a time writes.
type conn struct {
	net.Conn
	// modern servers take OP_MSG, and nothing else but for isMaster.
	modern bool
	// majority has reads answer only with what a majority of a replica set has.
	majority bool
	observe  func(command string, took time.Duration, err error)

	pending []byte // written by mgo, not yet a whole message
	unread  []byte // for mgo to read

	mu      sync.Mutex
	lastID  int32
	asked   map[int32]request
	cursors map[int64]string // their database and collection
	local   []byte           // answers that the server was not asked for
}

// request is a command that waits for its answer.
type request struct {
	id     int32  // mgo's
	name   string // the command's
	sent   time.Time
	silent bool  // mgo expects no answer
	cursor int64 // the one that is read on
}

// Write implements net.Conn for what mgo sends. When it fails the connection is closed, since mgo itself would go on
// using it.
func (c *conn) Write(p []byte) (int, error) {
	c.pending = append(c.pending, p...)
	out, err := c.translate()
	if err == nil && len(out) > 0 {
		_, err = c.Conn.Write(out)
	}
	if err != nil {
		return 0, errors.Join(err, c.Close())
	}
	return len(p), nil
}

// translate takes the whole messages out of what mgo has written.
func (c *conn) translate() (out []byte, err error) {
	for len(c.pending) >= headerSize {
		length, m := parseHeader(c.pending)
		if length < headerSize || length > maxMessage {
			return nil, fmt.Errorf("%w: mgo sends %d bytes", ErrMalformed, length)
		}
		if len(c.pending) < int(length) {
			break
		}
		m.body = c.pending[headerSize:length]
		if out, err = c.send(out, m); err != nil {
			return nil, err
		}
		c.pending = c.pending[length:]
	}
	if len(c.pending) == 0 {
		c.pending = nil
	}
	return out, nil
}

func (c *conn) send(out []byte, m message) ([]byte, error) {
	switch {
	case m.op == opQuery:
		return c.sendCommand(out, m)
	case m.op == opKillCursors && c.modern:
		return c.killCursors(out, m.body)
	case m.op == opKillCursors:
		return m.append(out), nil
	default:
		return nil, fmt.Errorf("%w: mgo sends the operation %d", ErrMalformed, m.op)
	}
}

func (c *conn) sendCommand(out []byte, m message) ([]byte, error) {
	q, err := parseQuery(m.body)
	if err != nil {
		return nil, err
	}
	database, ok := strings.CutSuffix(q.space, ".$cmd")
	if !ok {
		return nil, fmt.Errorf("%w: mgo queries %s", ErrMalformed, q.space)
	}
	q.command = unwrap(q.command)
	name := commandName(q.command)
	if c.modern && name == "getnonce" {
		c.answerNonce(m.id)
		return out, nil
	}
	if c.majority && isRead(name) && q.command.find("readConcern").kind == 0 {
		q.command = q.command.with(kindDocument, "readConcern", empty().withString("level", "majority"))
	}
	asked := request{id: m.id, name: name}
	switch name {
	case "getmore":
		asked.cursor = q.command.elements()[0].asInt()
	case "saslcontinue":
		q.command = q.command.without("mechanism") // mgo repeats it, newer servers refuse what they do not expect
	}
	id := c.ask(asked)
	if !c.modern || name == "ismaster" {
		return message{id: id, op: opQuery, body: q.encode()}.append(out), nil
	}
	if q.flags&flagSlaveOk != 0 && q.command.find("$readPreference").kind == 0 {
		q.command = q.command.with(kindDocument, "$readPreference", empty().withString("mode", "secondaryPreferred"))
	}
	return message{id: id, op: opMsg, body: encodeMsg(q.command.withString("$db", database))}.append(out), nil
}

// unwrap takes a command out of the form in which mgo gives it a read preference.
func unwrap(command document) document {
	inner := command.find("$query")
	if inner.kind != kindDocument {
		return command
	}
	unwrapped := document(inner.value)
	if p := command.find("$readPreference"); p.kind == kindDocument {
		unwrapped = unwrapped.with(p.kind, p.name, p.value)
	}
	return unwrapped
}

// commandName is the name of a command in lower case, which servers do not care about in old commands.
func commandName(command document) string {
	if all := command.elements(); len(all) > 0 {
		return strings.ToLower(all[0].name)
	}
	return ""
}

func isRead(command string) bool {
	switch command {
	case "find", "aggregate", "count", "distinct":
		return true
	default:
		return false
	}
}

// ask gives a request a number of its own: mgo sends some with none.
func (c *conn) ask(r request) int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	r.sent = time.Now()
	c.asked[c.lastID] = r
	return c.lastID
}

// answerNonce answers a command that newer servers do not know, and that mgo sends first on every connection, before
// it reads anything. Nothing uses the nonce: it belongs to a kind of authentication that these servers lack, too.
func (c *conn) answerNonce(id int32) {
	reply := encodeReply(empty().withString("nonce", "0000000000000000").with(kindInt32, "ok", []byte{1, 0, 0, 0}))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.local = message{responseTo: id, op: opReply, body: reply}.append(c.local)
}

// killCursors makes commands of an operation that has nothing but numbers.
func (c *conn) killCursors(out, body []byte) ([]byte, error) {
	if len(body) < 8 {
		return nil, fmt.Errorf("%w: mgo's cursors are cut off", ErrMalformed)
	}
	for body = body[8:]; len(body) >= 8; body = body[8:] {
		id := int64(binary.LittleEndian.Uint64(body)) //nolint:gosec // that is how it is encoded
		space, ok := c.forget(id)
		if !ok {
			continue
		}
		database, collection, _ := strings.Cut(space, ".")
		command := empty().withString("killCursors", collection).
			with(kindArray, "cursors", empty().with(kindInt64, "0", body[:8])).
			withString("$db", database)
		number := c.ask(request{name: "killcursors", silent: true})
		out = message{id: number, op: opMsg, body: encodeMsg(command)}.append(out)
	}
	return out, nil
}

func (c *conn) forget(cursor int64) (space string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	space, ok = c.cursors[cursor]
	delete(c.cursors, cursor)
	return space, ok
}

// Read implements net.Conn with what the server answers.
func (c *conn) Read(p []byte) (int, error) {
	for len(c.unread) == 0 {
		c.mu.Lock()
		c.unread, c.local = c.local, nil
		c.mu.Unlock()
		if len(c.unread) > 0 {
			break
		}
		m, err := readMessage(c.Conn)
		if err == nil {
			c.unread, err = c.receive(m)
		}
		if err != nil {
			c.fail(err)
			return 0, err
		}
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// receive makes of an answer the one that mgo expects, or nothing where it expects none.
func (c *conn) receive(m message) ([]byte, error) {
	var d document
	var err error
	switch m.op {
	case opMsg:
		d, err = parseMsg(m.body)
	case opReply:
		d, err = parseReply(m.body)
	default:
		err = fmt.Errorf("%w: the server sends the operation %d", ErrMalformed, m.op)
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.asked[m.responseTo]
	if !ok {
		return nil, fmt.Errorf("%w: an answer to a question that was not asked", ErrMalformed)
	}
	delete(c.asked, m.responseTo)
	c.observe(r.name, time.Since(r.sent), refusal(d))
	c.remember(r, d)
	if r.silent {
		return nil, nil
	}
	return message{responseTo: r.id, op: opReply, body: encodeReply(d)}.append(nil), nil
}

// refusal is the error that an answer tells of, if it does.
func refusal(d document) error {
	if d.find("ok").asInt() == 1 {
		return nil
	}
	return errors.New(d.find("errmsg").asString())
}

// fail tells that what was asked will not be answered any more.
func (c *conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.asked {
		c.observe(r.name, time.Since(r.sent), err)
	}
	clear(c.asked)
}

// remember keeps the cursor that an answer leaves open.
func (c *conn) remember(r request, d document) {
	delete(c.cursors, r.cursor)
	cursor := d.find("cursor")
	if cursor.kind != kindDocument {
		return
	}
	id := document(cursor.value).find("id").asInt()
	space := document(cursor.value).find("ns").asString()
	if id != 0 && strings.Contains(space, ".") && len(c.cursors) < maxCursors {
		c.cursors[id] = space
	}
}
