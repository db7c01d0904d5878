package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrMalformed means that the server, or mgo, sent what is no message of the protocol, or one that is too long. The
// connection is of no use any more.
var ErrMalformed = errors.New("malformed message")

// The operations of the protocol that are used here. MongoDB 5.1 dropped all but the last, except that isMaster may
// still come as a query.
const (
	opReply       = 1
	opQuery       = 2004
	opKillCursors = 2007
	opMsg         = 2013
)

const (
	headerSize = 16
	// maxMessage is MongoDB's own bound (maxMessageSizeBytes) and some room for what is around the documents.
	maxMessage = 48_000_000 + 16<<10
)

// The flags of OP_QUERY, OP_MSG and OP_REPLY that matter.
const (
	flagSlaveOk       = 1 << 2
	flagChecksum      = 1 << 0
	flagMoreToCome    = 1 << 1
	flagsRequired     = 0xffff // an unknown one of these must not be passed over
	flagsAwaitCapable = 1 << 3
)

// message is one of either side, without its header.
type message struct {
	id, responseTo int32
	op             int32
	body           []byte
}

// readMessage reads a whole message. A length that is not true costs no memory.
func readMessage(r io.Reader) (message, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return message{}, err
	}
	length, m := parseHeader(header[:])
	if length < headerSize || length > maxMessage {
		return message{}, fmt.Errorf("%w: %d bytes long", ErrMalformed, length)
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(length-headerSize)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return message{}, err
	}
	m.body = body.Bytes()
	return m, nil
}

func parseHeader(header []byte) (length int32, m message) {
	number := func(at int) int32 {
		return int32(binary.LittleEndian.Uint32(header[at:])) //nolint:gosec // that is how it is encoded
	}
	return number(0), message{id: number(4), responseTo: number(8), op: number(12)}
}

// append encodes the message.
func (m message) append(to []byte) []byte {
	to = appendInt32(to, int32(headerSize+len(m.body))) //nolint:gosec // messages are bounded
	to = appendInt32(to, m.id)
	to = appendInt32(to, m.responseTo)
	to = appendInt32(to, m.op)
	return append(to, m.body...)
}

func appendInt32(to []byte, n int32) []byte {
	return binary.LittleEndian.AppendUint32(to, uint32(n)) //nolint:gosec // that is how it is encoded
}

// query is what mgo sends for a command.
type query struct {
	flags   uint32
	space   string // database and "$cmd"
	command document
}

func parseQuery(body []byte) (query, error) {
	if len(body) < 4 {
		return query{}, fmt.Errorf("%w: a query is cut off", ErrMalformed)
	}
	q := query{flags: binary.LittleEndian.Uint32(body)}
	space, rest, ok := bytes.Cut(body[4:], []byte{0})
	if !ok || len(rest) < 8+4 {
		return query{}, fmt.Errorf("%w: a query is cut off", ErrMalformed)
	}
	q.space = string(space)
	rest = rest[8:] // how many to skip and to return
	n, err := sized(rest, 0)
	if err != nil {
		return query{}, err
	}
	q.command, err = check(rest[:n])
	return q, err
}

// encode makes it the body of an OP_QUERY.
func (q query) encode() []byte {
	body := binary.LittleEndian.AppendUint32(nil, q.flags)
	body = append(body, q.space...)
	body = append(body, 0)
	body = appendInt32(body, 0)
	body = appendInt32(body, -1)
	return append(body, q.command...)
}

// encodeMsg makes a command the body of an OP_MSG: no flags, one section with the command.
func encodeMsg(command document) []byte {
	return append([]byte{0, 0, 0, 0, 0}, command...)
}

// parseMsg takes the document out of an OP_MSG.
func parseMsg(body []byte) (document, error) {
	if len(body) < 5 {
		return nil, fmt.Errorf("%w: an answer is cut off", ErrMalformed)
	}
	flags := binary.LittleEndian.Uint32(body)
	if flags&flagsRequired&^flagChecksum != 0 { // also moreToCome, which was not asked for
		return nil, fmt.Errorf("%w: an answer with the flags %#x", ErrMalformed, flags)
	}
	if flags&flagChecksum != 0 {
		if len(body) < 5+4 {
			return nil, fmt.Errorf("%w: an answer is cut off", ErrMalformed)
		}
		body = body[:len(body)-4]
	}
	if body[4] != 0 {
		return nil, fmt.Errorf("%w: an answer with a section of kind %d", ErrMalformed, body[4])
	}
	return check(body[5:])
}

// replySize is what an OP_REPLY has in front of its documents: flags, cursor, position, number.
const replySize = 4 + 8 + 4 + 4

// encodeReply makes a document the body of an OP_REPLY.
func encodeReply(d document) []byte {
	body := make([]byte, replySize, replySize+len(d))
	binary.LittleEndian.PutUint32(body, flagsAwaitCapable)
	binary.LittleEndian.PutUint32(body[replySize-4:], 1)
	return append(body, d...)
}

// parseReply takes the one document out of an OP_REPLY to a command.
func parseReply(body []byte) (document, error) {
	if len(body) < replySize {
		return nil, fmt.Errorf("%w: an answer is cut off", ErrMalformed)
	}
	if n := binary.LittleEndian.Uint32(body[replySize-4:]); n != 1 {
		return nil, fmt.Errorf("%w: an answer of %d documents", ErrMalformed, n)
	}
	return check(body[replySize:])
}
