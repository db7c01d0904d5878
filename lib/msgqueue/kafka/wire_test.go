package kafka_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
)

// TestWire reads with the bare library what was emitted: whoever else listens relies on all of it.
func TestWire(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	e := envelope(7)
	e.Body = []byte(`{ "name": "Mill & Co", "n":1.0 }`) // not a byte of it is changed
	e.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	emit(t, b, e)
	client := raw(t, k, kgo.ConsumeTopics("events"), kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()))
	fetches := client.PollRecords(within(t), 1)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	r := fetches.Records()[0]
	headers := make(map[string]string)
	for _, h := range r.Headers {
		headers[h.Key] = string(h.Value)
	}
	got := map[string]any{"topic": r.Topic, "key": string(r.Key), "value": string(r.Value), "headers": headers}
	want := map[string]any{
		"topic": "events", "key": "key-0",
		"value": `{"eventName":"event.booked","payload":{ "name": "Mill & Co", "n":1.0 }}`,
		"headers": map[string]string{
			"x-message-id": "00000007", "x-event-name": "event.booked", "x-time": "2026-05-01T19:30:07Z",
			"traceparent": e.Trace,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if now := time.Now(); r.Timestamp.Before(now.Add(-limit)) || r.Timestamp.After(now.Add(limit)) {
		t.Errorf("the record's time is %s", r.Timestamp)
	}
}

// TestPartitions shows that a key lies where Kafka's own clients put it: by murmur2, with the hashes that its tests have.
func TestPartitions(t *testing.T) {
	k := server(t)
	c := config(k)
	c.Partitions = 50
	b := open(t, c)
	emit(t, b) // now the topic is there
	client := raw(t, k, kgo.ConsumeTopics("events"), kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()))
	for key, hash := range map[string]int32{"foobar": -790332482, "21": -973932308, "a-little-bit-long-string": -985981536} {
		e := envelope(0)
		e.Key = key
		emitSoon(t, b, e)
		var records []*kgo.Record
		for len(records) == 0 {
			fetches := client.PollRecords(within(t), 1)
			if err := fetches.Err(); err != nil {
				t.Fatal(err)
			}
			records = fetches.Records()
		}
		if got, want := records[0].Partition, hash&0x7fffffff%50; got != want {
			t.Errorf("%s lies in partition %d, not %d", key, got, want)
		}
	}
}

// TestForeign receives what others send to the topic, with more or with less on it than what we send.
func TestForeign(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	got := make(chan msgqueue.Envelope, 10)
	listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		got <- e
		return nil
	})
	emit(t, b, envelope(0))
	<-got
	client := raw(t, k)
	for _, r := range []*kgo.Record{
		{Value: []byte(`{"eventName":"event.booked","payload":{"a":1}}`)}, // as the book's services do
		{Value: []byte("{\"payload\": [2] ,\n \"eventName\" : \"event.booked\", \"more\": {}}"),
			Headers: []kgo.RecordHeader{{Key: "other", Value: []byte("x")}}},
		{Value: []byte(`{"eventName":"nobody.asked","payload":{}}`)},
		{Value: []byte(`no JSON`)},
		{Value: nil},
		{Value: []byte(`{"eventName":"event.booked"}`)},
	} {
		r.Topic, r.Key = "events", []byte("k")
		if err := client.ProduceSync(within(t), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{`{"a":1}`, `[2]`, ""} {
		e := <-got
		if e.Time.IsZero() {
			t.Error("it has no time")
		}
		e.Time = time.Time{}
		want := msgqueue.Envelope{Name: name, Key: "k", Body: []byte(body)}
		if body == "" {
			want.Body = nil
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestRefused has the broker refuse a message that is too large: that is not its being away, and the others go on.
func TestRefused(t *testing.T) {
	k := server(t)
	registry := prometheus.NewRegistry()
	c := config(k)
	c.Registerer = registry
	b := open(t, c)
	all := envelopes(0, 3)
	all[1].Body = append(append([]byte{'"'}, make([]byte, 2<<20)...), '"')
	for n := range all[1].Body[1 : 2<<20+1] {
		all[1].Body[n+1] = byte('a' + n*n%26)
	}
	for n, err := range b.Emit(within(t), all) {
		if (err != nil) != (n == 1) || errors.Is(err, msgqueue.ErrUnavailable) {
			t.Errorf("%d is answered with %v", n, err)
		}
	}
	listen(t, b, nil).wait(t, all[0], all[2])
	families, err := testutil.GatherAndCount(registry, "myevents_broker_published_total")
	if err != nil || families != 2 {
		t.Errorf("%d results are counted (%v)", families, err)
	}
}
