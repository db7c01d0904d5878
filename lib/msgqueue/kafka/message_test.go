package kafka

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
)

// FuzzEnvelope reads whatever may lie in the topic, with a name in the header or without: it never panics, and finds
// the same as a parser does in what is JSON and bears the name of its header.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"eventName":"a","payload":{"b":1}}`, `{"eventName":"a","payload":}`, `{"eventName":"a","payload":{}`, `{}`, `null`,
		`{"eventName":"a","payload":1}}`, `{"payload":2,"eventName":"a"}`, "", `{"eventName":"`, `{"eventName":"a","payload":`,
		`{"eventName":"ab","payload":3}`, `{"eventName":"\u0061","payload":4}`,
	} {
		f.Add([]byte(seed), "a")
		f.Add([]byte(seed), "")
	}
	f.Fuzz(func(t *testing.T, value []byte, name string) {
		r := &kgo.Record{Value: value, Headers: []kgo.RecordHeader{{Key: nameHeader, Value: []byte(name)}}}
		e := envelope(r)
		var want struct {
			EventName string
			Payload   json.RawMessage
		}
		strict := json.NewDecoder(bytes.NewReader(value))
		strict.DisallowUnknownFields()
		if !json.Valid(value) || strict.Decode(&want) != nil || want.EventName != name ||
			bytes.Count(bytes.ToLower(value), []byte("payload")) != 1 { // the last one of several counts
			return
		}
		if e.Name != name || !bytes.Equal(bytes.TrimSpace(e.Body), want.Payload) {
			t.Errorf("%q is %q, %q, want %q", value, e.Name, e.Body, want.Payload)
		}
	})
}

// FuzzRecord sends and receives: what is JSON arrives as it was. What is not, though it should be, does too, where its
// name needs no quoting.
func FuzzRecord(f *testing.F) {
	f.Add("event.booked", "id", "key", []byte(`{"a":1}`))
	f.Add(`a"b\`, "", "", []byte(` [ ] `))
	f.Add("event.booked", "", "", []byte(`{"a":1}}`))
	f.Fuzz(func(t *testing.T, name, id, key string, body []byte) {
		valid, plain := json.Valid(body), name != "" && string(appendQuoted(nil, name)) == name
		if !valid && !plain {
			return
		}
		e := msgqueue.Envelope{ID: id, Name: name, Key: key, Body: body}
		r := toRecords([]msgqueue.Envelope{{ID: "another"}, e})[1]
		if valid && !json.Valid(r.Value) {
			t.Errorf("%q is no JSON", r.Value)
		}
		got := envelope(r)
		if got.ID != id || got.Key != key || !bytes.Equal(bytes.TrimSpace(got.Body), bytes.TrimSpace(body)) {
			t.Errorf("%+v arrives as %+v", e, got)
		}
	})
}
