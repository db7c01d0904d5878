package kafka

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
)

// The headers of a message. All of them are our own, and may be missing.
const (
	idHeader   = "x-message-id"
	nameHeader = "x-event-name"
	// timeHeader has RFC 3339 with all digits. The record's own timestamp is that of the broker.
	timeHeader  = "x-time"
	traceHeader = "traceparent"

	// These are on dead letters only, whose own key is the place that they come from.
	keyHeader    = "x-partition-key"
	triesHeader  = "x-tries"
	reasonHeader = "x-reason"
)

// The parts of a message around the name and the body, which are those of the book.
const (
	opening = `{"eventName":"`
	middle  = `","payload":`
	closing = `}`
)

// headers is how many each message has, besides the trace.
const headers = 3

// toRecords makes the messages of envelopes, all of whose parts share a few pieces of memory.
func toRecords(envelopes []msgqueue.Envelope) []*kgo.Record {
	size := 0
	for _, e := range envelopes {
		size += len(opening) + len(middle) + len(e.Body) + len(closing) +
			2*len(e.Name) + len(e.ID) + len(time.RFC3339Nano) + len(e.Key)
	}
	to := slab{
		text: make([]byte, 0, size), records: make([]kgo.Record, len(envelopes)),
		headers: make([]kgo.RecordHeader, headers*len(envelopes)),
	}
	all := make([]*kgo.Record, len(envelopes))
	for n := range envelopes {
		all[n] = to.record(&envelopes[n])
	}
	return all
}

// slab is the memory of records to be made.
type slab struct {
	text    []byte
	records []kgo.Record
	headers []kgo.RecordHeader
}

func (s *slab) record(e *msgqueue.Envelope) *kgo.Record {
	r, own := &s.records[0], s.headers[:headers:headers]
	s.records, s.headers = s.records[1:], s.headers[headers:]
	s.text = appendQuoted(append(s.text, opening...), e.Name)
	s.text = append(append(append(s.text, middle...), e.Body...), closing...)
	r.Topic, r.Value = topic, s.cut()
	s.text = append(s.text, e.ID...)
	own[0] = kgo.RecordHeader{Key: idHeader, Value: s.cut()}
	s.text = append(s.text, e.Name...)
	own[1] = kgo.RecordHeader{Key: nameHeader, Value: s.cut()}
	s.text = e.Time.UTC().AppendFormat(s.text, time.RFC3339Nano)
	own[2] = kgo.RecordHeader{Key: timeHeader, Value: s.cut()}
	if e.Key != "" { // else the client chooses a partition
		s.text = append(s.text, e.Key...)
		r.Key = s.cut()
	}
	if e.Trace != "" {
		own = append(own, kgo.RecordHeader{Key: traceHeader, Value: []byte(e.Trace)})
	}
	r.Headers = own
	return r
}

// cut takes what was written since the last time.
func (s *slab) cut() []byte {
	part := s.text[:len(s.text):len(s.text)]
	s.text = s.text[len(s.text):]
	return part
}

// appendQuoted appends a name as it stands between the quotes of JSON.
func appendQuoted(to []byte, name string) []byte {
	for _, c := range []byte(name) {
		if c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			quoted, _ := json.Marshal(name) // a text can always be written
			return append(to, quoted[1:len(quoted)-1]...)
		}
	}
	return append(to, name...)
}

// toKey makes of an empty key none, for which the client chooses a partition.
func toKey(key string) []byte {
	if key == "" {
		return nil
	}
	return []byte(key)
}

// envelope reads a message, be it ours or another's. What is none at all has no name.
func envelope(r *kgo.Record) msgqueue.Envelope {
	e := msgqueue.Envelope{Time: r.Timestamp.UTC()}
	var id, name, trace []byte
	for _, h := range r.Headers {
		switch h.Key {
		case idHeader:
			id = h.Value
		case nameHeader:
			name = h.Value
		case traceHeader:
			trace = h.Value
		case timeHeader:
			var sent time.Time
			if sent.UnmarshalText(h.Value) == nil {
				e.Time = sent
			}
		}
	}
	name, e.Body = content(r.Value, name)
	// One piece of memory for all of them: there are many envelopes.
	var room [200]byte
	text := string(append(append(append(append(room[:0], id...), name...), r.Key...), trace...))
	cut := func(part []byte) (front string) {
		front, text = text[:len(part)], text[len(part):]
		return front
	}
	e.ID, e.Name, e.Key, e.Trace = cut(id), cut(name), cut(r.Key), cut(trace)
	return e
}

// content takes the name and the body out of a message, which may have its name in a header, too. To parse one of ours,
// which ends with the body, would take longer than all the rest.
func content(message, known []byte) (name, body []byte) {
	rest, ours := bytes.CutPrefix(message, []byte(opening))
	rest, same := bytes.CutPrefix(rest, known)
	body, whole := bytes.CutPrefix(rest, []byte(middle))
	if ours && same && whole && len(known) > 0 {
		return known, bytes.TrimSuffix(body, []byte(closing))
	}
	var parsed struct {
		EventName string          `json:"eventName"`
		Payload   json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(message, &parsed); err != nil {
		return nil, message
	}
	return []byte(parsed.EventName), parsed.Payload
}

func header(r *kgo.Record, key string) string { return string(headerBytes(r, key)) }

func headerBytes(r *kgo.Record, key string) []byte {
	for _, h := range r.Headers {
		if h.Key == key {
			return h.Value
		}
	}
	return nil
}

// toDead makes the message for a group's dead letters. Its key is the place where the record lies, so that one that
// fails twice is still one dead letter.
func toDead(group string, r *kgo.Record, tries int, reason error) *kgo.Record {
	headers := append(ownHeaders(r),
		kgo.RecordHeader{Key: keyHeader, Value: r.Key},
		kgo.RecordHeader{Key: triesHeader, Value: strconv.AppendInt(nil, int64(tries), 10)},
		kgo.RecordHeader{Key: reasonHeader, Value: []byte(delivery.Reason(reason))},
	)
	place := fmt.Appendf(nil, "%s/%d/%d", r.Topic, r.Partition, r.Offset)
	return &kgo.Record{Topic: deadTopic(group), Key: place, Value: r.Value, Headers: headers}
}

// toGroup makes of a dead letter the message that it once was, for its group only.
func toGroup(group string, dead *kgo.Record) *kgo.Record {
	key := toKey(header(dead, keyHeader))
	return &kgo.Record{Topic: requeuedTopic(group), Key: key, Value: dead.Value, Headers: ownHeaders(dead)}
}

// ownHeaders are those that a message had when it was emitted.
func ownHeaders(r *kgo.Record) []kgo.RecordHeader {
	own := make([]kgo.RecordHeader, 0, len(r.Headers)+3)
	for _, h := range r.Headers {
		switch h.Key {
		case keyHeader, triesHeader, reasonHeader:
		default:
			own = append(own, h)
		}
	}
	return own
}

func deadLetter(r *kgo.Record) msgqueue.DeadLetter {
	tries, _ := strconv.Atoi(header(r, triesHeader))
	e := envelope(r)
	e.Key = header(r, keyHeader)
	return msgqueue.DeadLetter{
		Envelope: e, Tries: tries, Reason: header(r, reasonHeader), Since: r.Timestamp.UTC(),
	}
}
