package sqs

import (
	"context"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// queue is a target.
type queue struct {
	client *awssqs.Client
	url    string
}

func (q queue) send(ctx context.Context, batch []outgoing) ([]rejection, error) {
	entries := make([]types.SendMessageBatchRequestEntry, len(batch))
	for n, m := range batch {
		entries[n] = types.SendMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(n)), MessageBody: aws.String(m.body), MessageAttributes: attributeValues(m),
			MessageGroupId: optional(m.group), MessageDeduplicationId: optional(m.once),
		}
	}
	out, err := q.client.SendMessageBatch(ctx, &awssqs.SendMessageBatchInput{QueueUrl: &q.url, Entries: entries})
	if err != nil {
		return nil, err
	}
	return rejectionsOf(out.Failed), nil
}

func attributeValues(m outgoing) map[string]types.MessageAttributeValue {
	values := make(map[string]types.MessageAttributeValue, len(m.attributes))
	for name, value := range m.attributes {
		values[name] = types.MessageAttributeValue{DataType: aws.String(stringType), StringValue: aws.String(value)}
	}
	return values
}

// optional is nothing where it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// rejection is the answer for a part of a batch that was not done.
type rejection struct {
	// number is its place in the batch.
	number int
	// permanent ones would be rejected again.
	permanent bool
	text      string
}

func (r rejection) Error() string { return "rejected: " + r.text }

func newRejection(id, code, message *string, senderFault bool) rejection {
	n, err := strconv.Atoi(aws.ToString(id))
	if err != nil {
		n = -1 // it is nobody's: we number them ourselves
	}
	return rejection{
		number: n, permanent: senderFault && !strings.Contains(strings.ToLower(aws.ToString(code)), "throttl"),
		text: aws.ToString(code) + ": " + aws.ToString(message),
	}
}

func rejectionsOf(failed []types.BatchResultErrorEntry) []rejection {
	all := make([]rejection, len(failed))
	for n, f := range failed {
		all[n] = newRejection(f.Id, f.Code, f.Message, f.SenderFault)
	}
	return all
}
