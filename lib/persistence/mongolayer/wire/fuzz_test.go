package wire

import (
	"bytes"
	"net"
	"testing"
	"time"

	"gopkg.in/mgo.v2/bson"
)

// pieces is a connection on which the server has sent something and then no more.
type pieces struct {
	net.Conn
	sent *bytes.Reader
}

// Read implements net.Conn.
func (p pieces) Read(b []byte) (int, error) { return p.sent.Read(b) }

// FuzzAnswers has a server send anything: either the connection fails, or mgo reads whole messages with documents that
// it can decode into whatever it expects, without a panic.
func FuzzAnswers(f *testing.F) {
	every := encode(f,
		"ok", 1.0, "n", 1, "id", int64(7), "name", "Concert", "_id", bson.ObjectId("123456789012"), "open", true,
		"at", time.Unix(1_800_000_000, 0), "none", nil, "data", []byte("abc"), "old", bson.Binary{Kind: 2, Data: []byte("abcd")},
		"like", bson.RegEx{Pattern: "^a", Options: "i"}, "code", bson.JavaScript{Code: "1"},
		"scoped", bson.JavaScript{Code: "1", Scope: bson.M{"a": 1}}, "symbol", bson.Symbol("s"),
		"stamp", bson.MongoTimestamp(5), "min", bson.MinKey, "max", bson.MaxKey, "undefined", bson.Undefined,
		"pointer", bson.DBPointer{Namespace: "a.b", Id: bson.ObjectId("123456789012")},
		"cursor", bson.M{"id": int64(9), "ns": "a.b", "firstBatch": []bson.M{{"a": []int{1, 2}}}},
	)
	answer := func(op int32, body []byte) []byte { return message{responseTo: 1, op: op, body: body}.append(nil) }
	f.Add(answer(opMsg, encodeMsg(every)))
	f.Add(answer(opReply, encodeReply(every)))
	f.Add(answer(opMsg, encodeMsg(every))[:100])
	f.Add(appendInt32(nil, maxMessage))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &conn{
			observe: ignore, Conn: pieces{sent: bytes.NewReader(data)}, asked: map[int32]request{1: {id: 1}, 2: {id: 2, cursor: 3}},
			cursors: make(map[int64]string),
		}
		for {
			m, err := readMessage(c)
			if err != nil {
				return
			}
			d, err := parseReply(m.body)
			if err != nil {
				t.Fatalf("mgo reads a malformed message: %v", err)
			}
			decodeAll(d)
		}
	})
}

// decodeAll decodes a document as mgo and its users do. Errors are as good as results.
func decodeAll(d document) {
	var cursor struct {
		Ok     bool
		Code   int
		Errmsg string
		Nonce  string
		Tags   bson.D
		Hosts  []string
		Cursor struct {
			FirstBatch []bson.Raw `bson:"firstBatch"`
			ID         int64
			NS         string
		}
		Data   []byte
		At     time.Time
		Name   *string
		Open   *bool
		Scoped bson.M
	}
	var m bson.M
	var elements bson.D
	var raw bson.RawD
	for _, result := range []any{&cursor, &m, &elements, &raw} {
		_ = bson.Unmarshal(d, result)
	}
	for _, first := range cursor.Cursor.FirstBatch {
		_ = first.Unmarshal(&m)
	}
}
