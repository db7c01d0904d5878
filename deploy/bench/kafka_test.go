package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	backends "myevents/deploy/test"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
	"myevents/lib/persistence"
)

const (
	consumed = 200_000   // envelopes a round
	replayed = 1_000_000 // envelopes of the log
)

func openKafka(b *testing.B, k *backends.Kafka, groups map[string][]string) *kafka.Broker {
	b.Helper()
	broker, err := kafka.Open(kafka.Config{URLs: k.URLs, Subscriptions: groups, Window: window})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = broker.Close() })
	return broker
}

func bareKafka(b *testing.B, k *backends.Kafka, options ...kgo.Opt) *kgo.Client {
	b.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(k.URLs...), kgo.DisableClientMetrics())...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	return client
}

// BenchmarkRelayKafka: target 80 % of bare idempotent producing with all confirms in the same window. Both produce the
// same records, and make each of them.
func BenchmarkRelayKafka(b *testing.B) {
	k := backends.StartKafka(b)
	client := bareKafka(b, k, kgo.DefaultProduceTopic("events"), kgo.ProducerLinger(0), kgo.MaxBufferedRecords(window))
	g := goal{"a message from the outbox to Kafka, against bare idempotent producing", 80}
	const messages = 30_000
	compareRelay(b, g, messages, openKafka(b, k, contracts.Subscriptions()), func(m persistence.Message) time.Duration {
		began := time.Now()
		var first kgo.FirstErrPromise
		for range messages {
			client.Produce(b.Context(), bareRecord(m), first.Promise())
		}
		if err := first.Err(); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	})
}

// bareRecord makes of a message the record that ours makes of it.
func bareRecord(m persistence.Message) *kgo.Record {
	return &kgo.Record{
		Key: []byte(m.Key), Value: slices.Concat([]byte(`{"eventName":"`+m.Name+`","payload":`), m.Body, []byte("}")),
		Headers: []kgo.RecordHeader{
			{Key: "x-message-id", Value: []byte(m.ID)}, {Key: "x-event-name", Value: []byte(m.Name)},
			{Key: "x-time", Value: m.Time.AppendFormat(nil, time.RFC3339Nano)},
		},
	}
}

// BenchmarkConsumeKafka: target 80 % of a bare consumer group that does nothing with its records, either.
func BenchmarkConsumeKafka(b *testing.B) {
	const name = "event.created"
	k := backends.StartKafka(b)
	groups := make(map[string][]string)
	for range rounds {
		groups[rand.Text()] = []string{name}
	}
	broker := openKafka(b, k, groups)
	emitAll(b, broker, name, consumed)
	var m measured
	for group := range groups {
		bare := consumeBare(b, k, "bare-"+group)
		ours := consume(b, broker, group, name, consumed)
		m.add(float64(bare.Nanoseconds())/consumed, float64(ours.Nanoseconds())/consumed)
	}
	m.report(b, goal{"an envelope from Kafka to a handler that does nothing, against a bare consumer group", 80})
}

// emitAll fills the log.
func emitAll(b *testing.B, to msgqueue.EventEmitter, name string, count int) {
	b.Helper()
	for from := 0; from < count; from += window {
		var batch []msgqueue.Envelope
		for n := from; n < min(from+window, count); n++ {
			id := fmt.Sprintf("%024d", n)
			body := fmt.Appendf(nil, `{"id":%q,"name":%q,"organiser_id":%q,"version":%d,"capacity":1000,"cancelled":false,`+
				`"location":{"name":%q,"address":%q,"country":"Norway","time_zone":"Europe/Oslo"}}`,
				id, rand.Text(), rand.Text(), n, rand.Text(), rand.Text())
			batch = append(batch, msgqueue.Envelope{ID: id, Name: name, Key: id, Body: body, Time: time.Now()})
		}
		for end := time.Now().Add(time.Minute); ; {
			err := errors.Join(to.Emit(b.Context(), batch)...)
			if err == nil {
				break
			}
			if from > 0 || time.Now().After(end) { // only the topics may take their time
				b.Fatal(err)
			}
		}
	}
}

// consume says how long it takes from the first of so many envelopes to the last.
func consume(b *testing.B, from msgqueue.EventListener, group, name string, count int) time.Duration {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var began time.Time
	var took time.Duration
	n := 0
	err := from.Listen(ctx, group, []string{name}, func(context.Context, msgqueue.Envelope) error {
		n++
		if n == 1 {
			began = time.Now()
		}
		if n == count {
			took = time.Since(began)
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
	return took
}

func consumeBare(b *testing.B, k *backends.Kafka, group string) time.Duration {
	b.Helper()
	client := bareKafka(b, k, kgo.ConsumerGroup(group), kgo.ConsumeTopics("events"))
	defer client.Close()
	var began time.Time
	for n := 0; n < consumed; {
		fetches := client.PollRecords(b.Context(), 500)
		if err := fetches.Err(); err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			began = time.Now()
		}
		n += fetches.NumRecords()
	}
	return time.Since(began)
}

// BenchmarkReadLogKafka: a replay of so many may take a minute in all.
func BenchmarkReadLogKafka(b *testing.B) {
	broker := openKafka(b, backends.StartKafka(b), nil)
	emitAll(b, broker, "event.booked", replayed)
	n, began := 0, time.Now()
	err := broker.ReadLog(b.Context(), "", func(msgqueue.Position, msgqueue.Envelope) error {
		n++
		return nil
	})
	if err != nil || n != replayed {
		b.Fatal(n, err)
	}
	limit(b, "1,000,000 envelopes read from Kafka's log", time.Since(began).Seconds(), 60, "s")
}
