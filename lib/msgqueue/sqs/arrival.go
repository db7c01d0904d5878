package sqs

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"myevents/lib/msgqueue"
)

// arrival is a message that a listener has received.
type arrival struct {
	// id is the broker's own: it stays when the same message comes again.
	id      string
	message types.Message
	// group is what FIFO queues keep in order.
	group string
	// receipt is what the broker knows this delivery by, and until is how long it gives the message to nobody else.
	receipt string
	until   time.Time

	// tries is how often a handler has failed, failure how the last time, and due when it is the next one's turn.
	tries   int
	failure error
	due     time.Time
}

func newArrival(m types.Message, until time.Time) *arrival {
	return &arrival{
		id: aws.ToString(m.MessageId), message: m, receipt: aws.ToString(m.ReceiptHandle), until: until,
		group: m.Attributes[string(types.MessageSystemAttributeNameMessageGroupId)],
	}
}

// envelope is what was emitted. What is missing, where somebody else has sent the message, is taken from the broker.
func (d *arrival) envelope() msgqueue.Envelope {
	values := attributesOf(d.message)
	e := msgqueue.Envelope{
		ID: values[idAttribute], Name: values[nameAttribute], Key: values[keyAttribute],
		Body: []byte(aws.ToString(d.message.Body)), Trace: values[traceAttribute],
	}
	if e.ID == "" {
		e.ID = d.id
		e.Key = d.group
		e.Time = d.moment(types.MessageSystemAttributeNameSentTimestamp)
	}
	if at, err := time.Parse(time.RFC3339Nano, values[timeAttribute]); err == nil {
		e.Time = at
	}
	return e
}

// deadLetter is what lies in the queue for dead letters. The broker's own have no attributes that say why.
func (d *arrival) deadLetter() msgqueue.DeadLetter {
	values := attributesOf(d.message)
	dead := msgqueue.DeadLetter{Envelope: d.envelope(), Reason: values[reasonAttribute]}
	if since, err := time.Parse(time.RFC3339Nano, values[sinceAttribute]); err == nil {
		dead.Since = since
		dead.Tries, _ = strconv.Atoi(values[triesAttribute]) // 0 where it is damaged
		return dead
	}
	// It was received so often at least; when it was given up nobody knows, only when it began.
	dead.Tries, dead.Reason = maxReceives, "given up by the broker: it was received, and never answered"
	dead.Since = d.moment(types.MessageSystemAttributeNameApproximateFirstReceiveTimestamp)
	return dead
}

// moment is a time that the broker tells, zero where it does not.
func (d *arrival) moment(name types.MessageSystemAttributeName) time.Time {
	ms, err := strconv.ParseInt(d.message.Attributes[string(name)], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
