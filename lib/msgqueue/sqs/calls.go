package sqs

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"myevents/lib/msgqueue/internal/reach"
)

// question asks for messages.
type question struct {
	most       int
	wait       time.Duration
	visibility time.Duration
}

// ask is the question of a listener.
func (b *Broker) ask(most int) question {
	return question{most: most, wait: b.config.Wait, visibility: b.config.Visibility}
}

// receive asks a queue for messages, and waits for some.
func (b *Broker) receive(ctx context.Context, url string, q question) ([]*arrival, error) {
	ctx, cancel := context.WithTimeout(ctx, q.wait+b.config.Patience)
	defer cancel()
	out, err := b.clients.sqs.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: int32(q.most), //nolint:gosec // ten at most
		WaitTimeSeconds:   seconds(q.wait),
		VisibilityTimeout: seconds(q.visibility), MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		return nil, reach.Unavailable(err)
	}
	until := time.Now().Add(q.visibility)
	received := make([]*arrival, len(out.Messages))
	for n, m := range out.Messages {
		received[n] = newArrival(m, until)
	}
	return received, nil
}

// delete removes messages from a queue. Gone are those that were removed, and those that it does not know.
func (b *Broker) delete(ctx context.Context, url string, r receipts) (gone []*arrival, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	entries := make([]types.DeleteMessageBatchRequestEntry, len(r.handles))
	for n := range r.handles {
		entries[n] = types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), ReceiptHandle: &r.handles[n]}
	}
	out, err := b.clients.sqs.DeleteMessageBatch(ctx, &awssqs.DeleteMessageBatchInput{QueueUrl: &url, Entries: entries})
	if err != nil {
		return nil, reach.Unavailable(err)
	}
	done, lost, err := divide(r.deliveries, out.Failed)
	return append(done, lost...), err
}

// changeVisibility has a queue give messages to nobody else for a time; 0 gives them back. Lost are those that it does
// not know any more. Of the others that are not kept it is not known.
func (b *Broker) changeVisibility(
	ctx context.Context, url string, r receipts, d time.Duration,
) (kept, lost []*arrival) {
	for begin := 0; begin < len(r.handles); begin += maxBatch {
		end := min(begin+maxBatch, len(r.handles))
		k, l := b.changeSome(ctx, url, receipts{r.deliveries[begin:end], r.handles[begin:end]}, d)
		kept, lost = append(kept, k...), append(lost, l...)
	}
	return kept, lost
}

func (b *Broker) changeSome(ctx context.Context, url string, r receipts, d time.Duration) (kept, lost []*arrival) {
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	entries := make([]types.ChangeMessageVisibilityBatchRequestEntry, len(r.handles))
	for n := range r.handles {
		entries[n] = types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(n)), ReceiptHandle: &r.handles[n], VisibilityTimeout: seconds(d),
		}
	}
	out, err := b.clients.sqs.ChangeMessageVisibilityBatch(ctx, &awssqs.ChangeMessageVisibilityBatchInput{
		QueueUrl: &url, Entries: entries,
	})
	if err != nil {
		return nil, nil
	}
	kept, lost, _ = divide(r.deliveries, out.Failed)
	return kept, lost
}

// divide sorts what a call was about: done, refused for good, or, as the error says, not done this time.
func divide(all []*arrival, failed []types.BatchResultErrorEntry) (done, refused []*arrival, err error) {
	rejected := make(map[int]rejection, len(failed))
	for _, r := range rejectionsOf(failed) {
		rejected[r.number] = r
	}
	for n, d := range all {
		switch r, is := rejected[n]; {
		case !is:
			done = append(done, d)
		case r.permanent:
			refused = append(refused, d)
		default:
			err = errors.Join(err, reach.Unavailable(r))
		}
	}
	return done, refused, err
}

// countMessages is how many messages a queue has, those that somebody looks at among them.
func (b *Broker) countMessages(ctx context.Context, url string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, b.config.Patience)
	defer cancel()
	names := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	values, err := b.topology.attributesOf(ctx, url, names...)
	if err != nil {
		return 0, reach.Unavailable(err)
	}
	sum := 0
	for _, name := range names {
		n, err := strconv.Atoi(values[string(name)])
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// seconds are whole ones.
func seconds(d time.Duration) int32 { return int32(d / time.Second) } //nolint:gosec // twelve hours at most
