package sqs

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// topic is a target that brings what it gets to every queue that is subscribed to it.
type topic struct {
	client *awssns.Client
	arn    string
}

func (t topic) send(ctx context.Context, batch []outgoing) ([]rejection, error) {
	entries := make([]snstypes.PublishBatchRequestEntry, len(batch))
	for n, m := range batch {
		attributes := make(map[string]snstypes.MessageAttributeValue, len(m.attributes))
		for name, value := range m.attributes {
			attributes[name] = snstypes.MessageAttributeValue{
				DataType: aws.String(stringType), StringValue: aws.String(value),
			}
		}
		entries[n] = snstypes.PublishBatchRequestEntry{
			Id: aws.String(strconv.Itoa(n)), Message: aws.String(m.body), MessageAttributes: attributes,
			MessageGroupId: optional(m.group), MessageDeduplicationId: optional(m.once),
		}
	}
	out, err := t.client.PublishBatch(ctx, &awssns.PublishBatchInput{
		TopicArn: &t.arn, PublishBatchRequestEntries: entries,
	})
	if err != nil {
		return nil, err
	}
	rejections := make([]rejection, len(out.Failed))
	for n, f := range out.Failed {
		rejections[n] = newRejection(f.Id, f.Code, f.Message, f.SenderFault)
	}
	return rejections, nil
}

// subscribe has a queue get what is published under these names, as it was published (raw).
func (t *topology) subscribe(ctx context.Context, url string, names []string) error {
	found, err := t.attributesOf(ctx, url, types.QueueAttributeNameQueueArn, types.QueueAttributeNamePolicy)
	if err != nil {
		return err
	}
	arn := found[string(types.QueueAttributeNameQueueArn)]
	if found[string(types.QueueAttributeNamePolicy)] == "" { // else somebody has thought of it
		if err := t.permit(ctx, url, arn); err != nil {
			return err
		}
	}
	filter, err := json.Marshal(map[string][]string{nameAttribute: names})
	if err != nil {
		return err
	}
	wanted := map[string]string{"RawMessageDelivery": "true", "FilterPolicy": string(filter)}
	input := awssns.SubscribeInput{
		TopicArn: &t.config.TopicARN, Protocol: aws.String("sqs"), Endpoint: &arn, Attributes: wanted,
		ReturnSubscriptionArn: true,
	}
	_, err = t.clients.sns.Subscribe(ctx, &input)
	var other *snstypes.InvalidParameterException
	if errors.As(err, &other) { // it is subscribed already, with other attributes
		return t.change(ctx, input, wanted)
	}
	return err
}

// change changes the attributes of a subscription that there is.
func (t *topology) change(ctx context.Context, input awssns.SubscribeInput, wanted map[string]string) error {
	input.Attributes = nil
	found, err := t.clients.sns.Subscribe(ctx, &input)
	if err != nil {
		return err
	}
	for name, value := range wanted {
		_, err := t.clients.sns.SetSubscriptionAttributes(ctx, &awssns.SetSubscriptionAttributesInput{
			SubscriptionArn: found.SubscriptionArn, AttributeName: aws.String(name), AttributeValue: aws.String(value),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// permit lets the topic send into a queue, without which the topic would take everything and bring nothing.
func (t *topology) permit(ctx context.Context, url, arn string) error {
	type object = map[string]any
	policy, err := json.Marshal(object{
		"Version": "2012-10-17",
		"Statement": []object{{
			"Effect": "Allow", "Principal": object{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
			"Resource": arn, "Condition": object{"ArnEquals": object{"aws:SourceArn": t.config.TopicARN}},
		}},
	})
	if err != nil {
		return err
	}
	_, err = t.clients.sqs.SetQueueAttributes(ctx, &awssqs.SetQueueAttributesInput{
		QueueUrl: &url, Attributes: map[string]string{string(types.QueueAttributeNamePolicy): string(policy)},
	})
	return err
}
