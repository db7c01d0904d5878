package sqs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/config"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	topicARN     = "arn:aws:sns:us-east-1:000000000000:events"
	fifoTopicARN = topicARN + ".fifo"
)

// notifications is a stand-in for Amazon SNS, of which there is no server to be had here. It speaks the protocol as far
// as we use it (Subscribe, SetSubscriptionAttributes, PublishBatch), and sends what is published into the queues of a
// real SQS server, raw and filtered as the subscriptions say. It cannot show that Amazon's own does the same, nor that
// its permissions are right: TestTopic compares the policy, without which Amazon's delivers nothing, with what Amazon's
// documents say.
type notifications struct {
	client *awssqs.Client

	mu sync.Mutex
	// subscriptions has the attributes by the ARN of the queue.
	subscriptions map[string]map[string]string
	// reject has the code with which messages are rejected, by the ID of the envelope.
	reject map[string]string
}

// newNotifications starts the stand-in, and has the SDK use it until the test ends.
func newNotifications(t *testing.T) *notifications {
	t.Helper()
	loaded, err := sdk.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	connections := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(connections.CloseIdleConnections)
	loaded.HTTPClient = connections
	n := &notifications{
		client: awssqs.NewFromConfig(loaded), subscriptions: make(map[string]map[string]string), reject: make(map[string]string),
	}
	server := httptest.NewServer(n)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_SNS", server.URL)
	return n
}

// ServeHTTP implements http.Handler.
func (n *notifications) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	action := r.PostFormValue("Action")
	var result string
	var err error
	switch action {
	case "Subscribe":
		result, err = n.subscribe(r.PostForm)
	case "SetSubscriptionAttributes":
		arn := strings.TrimPrefix(r.PostFormValue("SubscriptionArn"), "subscription:")
		n.subscriptions[arn][r.PostFormValue("AttributeName")] = r.PostFormValue("AttributeValue")
	case "PublishBatch":
		result, err = n.publish(r)
	default:
		err = fmt.Errorf("unknown action %q", action)
	}
	w.Header().Set("Content-Type", "text/xml")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>%v</Message></Error></ErrorResponse>`, err)
		return
	}
	_, _ = fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, action, result)
}

// entries are the parts of a list, or of a map, in a form.
func entries(form url.Values, prefix string) (parts []url.Values) {
	for n := 1; ; n++ {
		part := make(url.Values)
		for name, values := range form {
			if rest, ok := strings.CutPrefix(name, fmt.Sprintf("%s.%d.", prefix, n)); ok {
				part[rest] = values
			}
		}
		if len(part) == 0 {
			return parts
		}
		parts = append(parts, part)
	}
}

// subscribe refuses, as Amazon does, to subscribe again with other attributes.
func (n *notifications) subscribe(form url.Values) (string, error) {
	queue := form.Get("Endpoint")
	asked := make(map[string]string)
	for _, e := range entries(form, "Attributes.entry") {
		asked[e.Get("key")] = e.Get("value")
	}
	if there := n.subscriptions[queue]; there == nil {
		n.subscriptions[queue] = asked
	} else if len(asked) > 0 && !maps.Equal(asked, there) {
		return "", errors.New("Subscription already exists with different attributes")
	}
	return "<SubscriptionArn>subscription:" + queue + "</SubscriptionArn>", nil
}

func (n *notifications) publish(r *http.Request) (string, error) {
	var successful, failed strings.Builder
	messages := entries(r.PostForm, "PublishBatchRequestEntries.member")
	if len(messages) > 10 {
		return "", fmt.Errorf("%d messages in a batch", len(messages))
	}
	for _, m := range messages {
		attributes := make(map[string]types.MessageAttributeValue)
		for _, e := range entries(m, "MessageAttributes.entry") {
			attributes[e.Get("Name")] = types.MessageAttributeValue{
				DataType: aws.String(e.Get("Value.DataType")), StringValue: aws.String(e.Get("Value.StringValue")),
			}
		}
		if code := n.reject[aws.ToString(attributes["event_id"].StringValue)]; code != "" {
			fmt.Fprintf(&failed, `<member><Id>%s</Id><Code>%s</Code><SenderFault>true</SenderFault></member>`, m.Get("Id"), code)
			continue
		}
		for queue, subscription := range n.subscriptions {
			if err := n.deliver(r, queue, subscription, m, attributes); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&successful, `<member><Id>%s</Id><MessageId>1</MessageId></member>`, m.Get("Id"))
	}
	return "<Successful>" + successful.String() + "</Successful><Failed>" + failed.String() + "</Failed>", nil
}

// deliver sends a message to a queue that wants it.
func (n *notifications) deliver(
	r *http.Request, queue string, subscription map[string]string, m url.Values, attributes map[string]types.MessageAttributeValue,
) error {
	var filter map[string][]string
	if err := json.Unmarshal([]byte(subscription["FilterPolicy"]), &filter); err != nil {
		return err
	}
	if !slices.Contains(filter["event_name"], aws.ToString(attributes["event_name"].StringValue)) {
		return nil
	}
	if subscription["RawMessageDelivery"] != "true" {
		return fmt.Errorf("%s would get a message within a message", queue)
	}
	found, err := n.client.GetQueueUrl(r.Context(), &awssqs.GetQueueUrlInput{QueueName: aws.String(queueOf(queue))})
	if err != nil {
		return err
	}
	input := &awssqs.SendMessageInput{
		QueueUrl: found.QueueUrl, MessageBody: aws.String(m.Get("Message")), MessageAttributes: attributes,
	}
	if group := m.Get("MessageGroupId"); group != "" {
		input.MessageGroupId, input.MessageDeduplicationId = &group, aws.String(m.Get("MessageDeduplicationId"))
	}
	_, err = n.client.SendMessage(r.Context(), input)
	return err
}

func queueOf(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }
