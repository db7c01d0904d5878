package kafka

import (
	"bytes"
	"encoding/json"
	"errors"
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

// toRecord makes an envelope's message, all of whose parts share one piece of memory.
func toRecord(e msgqueue.Envelope) (*kgo.Record, error) {
	if !json.Valid(e.Body) {
		return nil, errors.New("the body of an envelope must be JSON")
	}
	rest := make([]byte, 0, len(opening)+len(middle)+len(e.Body)+len(closing)+
		2*len(e.Name)+len(e.ID)+len(time.RFC3339Nano)+len(e.Key))
	cut := func() []byte {
		part := rest[:len(rest):len(rest)]
		rest = rest[len(rest):]
		return part
	}
	rest = appendQuoted(append(rest, opening...), e.Name)
	rest = append(append(append(rest, middle...), e.Body...), closing...)
	r := &kgo.Record{Topic: topic, Value: cut(), Headers: make([]kgo.RecordHeader, 3, 4)}
	rest = append(rest, e.ID...)
	r.Headers[0] = kgo.RecordHeader{Key: idHeader, Value: cut()}
	rest = append(rest, e.Name...)
	r.Headers[1] = kgo.RecordHeader{Key: nameHeader, Value: cut()}
	rest = e.Time.UTC().AppendFormat(rest, time.RFC3339Nano)
	r.Headers[2] = kgo.RecordHeader{Key: timeHeader, Value: cut()}
	if e.Key != "" { // else the client chooses a partition
		rest = append(rest, e.Key...)
		r.Key = cut()
	}
	if e.Trace != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: traceHeader, Value: []byte(e.Trace)})
	}
	return r, nil
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
