package bench

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/config"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/sqs"
	"myevents/lib/persistence"
)

const (
	// sqsCalls is how many calls are under way at once, of both; each has sqsBatch messages.
	sqsCalls = 32
	sqsBatch = 10
	// handled is how many messages a round of listening has: ElasticMQ gets slow with many of them.
	handled = 2_000
	// interested is a group that listens to what a booking service tells.
	interested = "interested"
)

// sqsQueue is a queue, and the bare client of the SDK for it.
type sqsQueue struct {
	*awssqs.Client
	url    *string
	broker *sqs.Broker
}

func newSQSQueue(b *testing.B) sqsQueue {
	b.Helper()
	backends.StartSQS(b, backends.SQSOptions{}).Use(b)
	broker, err := sqs.Open(sqs.Config{
		Prefix: "bench-", Wait: time.Second,
		Subscriptions: map[string][]string{interested: {"event.booked", "availability.changed"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = broker.Close() })
	if err := errors.Join(broker.Emit(b.Context(), []msgqueue.Envelope{{Name: "event.booked", ID: "1", Body: []byte("{}")}})...); err != nil {
		b.Fatal(err) // it makes the queues
	}
	loaded, err := sdk.LoadDefaultConfig(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	client := awssqs.NewFromConfig(loaded)
	found, err := client.GetQueueUrl(b.Context(), &awssqs.GetQueueUrlInput{QueueName: aws.String("bench-" + interested)})
	if err != nil {
		b.Fatal(err)
	}
	return sqsQueue{client, found.QueueUrl, broker}
}

// BenchmarkRelaySQS: target 80 % of the bare SDK, which sends batches of ten in the same window. Both send the same
// messages, and make each of them.
func BenchmarkRelaySQS(b *testing.B) {
	q := newSQSQueue(b)
	g := goal{"a message from the outbox to SQS, against the bare SDK sending batches of ten", 80}
	compareRelay(b, g, relayed, q.broker, func(like persistence.Message) time.Duration {
		defer q.purge(b) // it gets slow with many messages
		q.purge(b)
		return q.send(b, relayed, like)
	})
}

// BenchmarkListenSQS: target 80 % of the bare SDK, which receives and removes batches of ten, one after another.
func BenchmarkListenSQS(b *testing.B) {
	q := newSQSQueue(b)
	like := persistence.Message{
		ID: "booking:1:1", Name: "event.booked", Key: "1", Body: []byte(`{"id":"1"}`), Time: time.Now().UTC(),
	}
	q.purge(b)
	var m measured
	for range rounds {
		q.send(b, handled, like)
		bare := q.receive(b)
		q.send(b, handled, like)
		ours := q.listen(b)
		m.add(float64(bare.Nanoseconds())/handled, float64(ours.Nanoseconds())/handled)
	}
	m.report(b, goal{"a message from SQS to a handler, against the bare SDK receiving and removing batches of ten", 80})
}

// send sends messages with the bare SDK.
func (q sqsQueue) send(b *testing.B, messages int, like persistence.Message) time.Duration {
	b.Helper()
	began := time.Now()
	inParallel(sqsCalls, messages/sqsBatch/sqsCalls*sqsCalls, func(int) func() {
		return func() { q.sendBatch(b, like) }
	})
	for range messages / sqsBatch % sqsCalls {
		q.sendBatch(b, like)
	}
	return time.Since(began)
}

func (q sqsQueue) sendBatch(b *testing.B, like persistence.Message) {
	b.Helper()
	entries := make([]types.SendMessageBatchRequestEntry, sqsBatch)
	for n := range entries {
		entries[n] = bareEntry(n, like)
	}
	out, err := q.SendMessageBatch(b.Context(), &awssqs.SendMessageBatchInput{QueueUrl: q.url, Entries: entries})
	if err != nil || len(out.Failed) > 0 {
		panic(err)
	}
}

// bareEntry makes of a message the entry that ours makes of it.
func bareEntry(n int, m persistence.Message) types.SendMessageBatchRequestEntry {
	text := func(s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &s}
	}
	return types.SendMessageBatchRequestEntry{
		Id: aws.String(strconv.Itoa(n)), MessageBody: aws.String(string(m.Body)),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"event_name": text(m.Name), "event_id": text(m.ID), "partition_key": text(m.Key),
			"event_time": text(m.Time.Format(time.RFC3339Nano)),
		},
	}
}

// receive receives and removes all messages with the bare SDK.
func (q sqsQueue) receive(b *testing.B) time.Duration {
	b.Helper()
	began := time.Now()
	for left := handled; left > 0; {
		in, err := q.ReceiveMessage(b.Context(), &awssqs.ReceiveMessageInput{
			QueueUrl: q.url, MaxNumberOfMessages: sqsBatch, WaitTimeSeconds: 1, MessageAttributeNames: []string{"All"},
		})
		if err != nil || len(in.Messages) == 0 {
			b.Fatal(err, left)
		}
		entries := make([]types.DeleteMessageBatchRequestEntry, len(in.Messages))
		for n, m := range in.Messages {
			entries[n] = types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), ReceiptHandle: m.ReceiptHandle}
		}
		out, err := q.DeleteMessageBatch(b.Context(), &awssqs.DeleteMessageBatchInput{QueueUrl: q.url, Entries: entries})
		if err != nil || len(out.Failed) > 0 {
			b.Fatal(err, out)
		}
		left -= len(in.Messages)
	}
	return time.Since(began)
}

// listen handles all messages.
func (q sqsQueue) listen(b *testing.B) time.Duration {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	done := make(chan struct{})
	ended := make(chan error, 1)
	var n atomic.Int64
	began := time.Now()
	go func() {
		ended <- q.broker.Listen(ctx, interested, []string{"event.booked"}, func(context.Context, msgqueue.Envelope) error {
			if n.Add(1) == handled {
				close(done)
			}
			return nil
		})
	}()
	<-done
	took := time.Since(began)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
	return took
}

func (q sqsQueue) purge(b *testing.B) {
	b.Helper()
	if _, err := q.PurgeQueue(b.Context(), &awssqs.PurgeQueueInput{QueueUrl: q.url}); err != nil {
		b.Fatal(err)
	}
}
