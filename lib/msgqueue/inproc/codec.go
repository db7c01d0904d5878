package inproc

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

// encode writes an envelope: name, ID and key, each behind its length, the seconds and nanoseconds of its time, and the
// body.
func encode(e msgqueue.Envelope) []byte {
	b := make([]byte, 0, 3*binary.MaxVarintLen16+len(e.Name)+len(e.ID)+len(e.Key)+2*binary.MaxVarintLen64+len(e.Body))
	for _, s := range []string{e.Name, e.ID, e.Key} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendVarint(b, e.Time.Unix())
	b = binary.AppendUvarint(b, uint64(e.Time.Nanosecond())) //nolint:gosec // is never negative
	return append(b, e.Body...)
}

// decode reads what encode wrote. The envelope shares no memory with it.
func decode(b []byte) (msgqueue.Envelope, error) {
	r := reader{rest: b}
	name, id, key := r.text(), r.text(), r.text()
	seconds, nanoseconds := r.varint(), r.uvarint()
	if r.broken {
		return msgqueue.Envelope{}, fmt.Errorf("%w: an envelope of %d bytes cannot be read", boltfile.ErrDamaged, len(b))
	}
	return msgqueue.Envelope{
		ID: id, Name: name, Key: key, Body: append([]byte{}, r.rest...),
		Time: time.Unix(seconds, int64(nanoseconds)).UTC(), //nolint:gosec // was below a second when written
	}, nil
}

// nameOf reads only the name.
func nameOf(b []byte) []byte {
	r := reader{rest: b}
	return r.bytes()
}

type reader struct {
	rest   []byte
	broken bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.broken, r.rest = true, nil
		return
	}
	r.rest = r.rest[n:]
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if r.broken || n > uint64(len(r.rest)) {
		r.broken, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

func positionKey(position uint64) []byte { return binary.BigEndian.AppendUint64(nil, position) }

// position reads what positionKey wrote, at the end of the key.
func position(key []byte) uint64 { return binary.BigEndian.Uint64(key[len(key)-8:]) }

// groupPrefix is what the keys of a group's failed and dead envelopes start with.
func groupPrefix(group string) []byte { return append([]byte(group), 0) }

func groupKey(group string, position uint64) []byte {
	return binary.BigEndian.AppendUint64(groupPrefix(group), position)
}

// isOf tells a group's keys from those of a group whose name begins in the same way.
func isOf(key, prefix []byte) bool { return len(key) == len(prefix)+8 && bytes.HasPrefix(key, prefix) }

// attempts is what is kept about an envelope that failed.
type attempts struct {
	Tries  int       `json:"tries"`
	Reason string    `json:"reason,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

func newAttempts(tries int, failure error) attempts {
	reason := failure.Error()
	return attempts{Tries: tries, Reason: reason[:min(len(reason), maxReason)], Time: time.Now().UTC()}
}

func (a attempts) encode() []byte {
	b, _ := json.Marshal(a) // a number, a text and a time of this age can always be written
	return b
}

func decodeAttempts(b []byte) (attempts, error) {
	var a attempts
	if err := json.Unmarshal(b, &a); err != nil {
		return attempts{}, fmt.Errorf("%w: attempts: %w", boltfile.ErrDamaged, err)
	}
	return a, nil
}
