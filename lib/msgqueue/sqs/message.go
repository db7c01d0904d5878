package sqs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
)

// The attributes of a message, all of the type String. All but the first are our own, and may be missing.
const (
	nameAttribute = "event_name"
	idAttribute   = "event_id"
	keyAttribute  = "partition_key"
	// timeAttribute and sinceAttribute are in RFC 3339, with nanoseconds.
	timeAttribute   = "event_time"
	traceAttribute  = "traceparent"
	triesAttribute  = "tries"
	reasonAttribute = "reason"
	sinceAttribute  = "dead_since"

	stringType = "String"
)

const (
	// maxSize is that of a message, and of all messages of a batch together, in bytes: that of Amazon SNS, and of older
	// servers; SQS itself takes more by now.
	maxSize = 256 << 10
	// deadSize is kept free for what a dead letter has besides, less its reason, which is cut.
	deadSize = 128
	// maxID is the length of the IDs that FIFO queues order and recognise messages by.
	maxID = 128
)

// outgoing is a message on its way to a queue or a topic.
type outgoing struct {
	body       string
	attributes map[string]string
	// group and once are for FIFO queues: what has the same group is delivered in order, and what has the same once is
	// taken only once within five minutes.
	group, once string
	size        int
	// answer is where its result goes.
	answer *error
}

// toOutgoing makes an envelope's message. The error means that it can never be sent.
func toOutgoing(e msgqueue.Envelope, fifo bool) (outgoing, error) {
	return pack(e, fifo).measured(maxSize - deadSize)
}

func pack(e msgqueue.Envelope, fifo bool) outgoing {
	m := outgoing{body: string(e.Body), attributes: map[string]string{nameAttribute: e.Name, idAttribute: e.ID}}
	if e.Key != "" {
		m.attributes[keyAttribute] = e.Key
	}
	if !e.Time.IsZero() {
		m.attributes[timeAttribute] = e.Time.UTC().Format(time.RFC3339Nano)
	}
	if e.Trace != "" {
		m.attributes[traceAttribute] = e.Trace
	}
	if fifo {
		m.group, m.once = e.Key, e.ID
		if e.Key == "" {
			m.group = e.ID // it has no order to keep
		}
	}
	return m
}

// again makes a message of one that was received, for another queue, without what was written on it on its way.
func again(d *arrival, fifo bool) outgoing {
	m := pack(d.envelope(), fifo)
	if fifo {
		// The ID of the message as the broker has it stays the same however often this is tried, and is another one when
		// an envelope comes this way for the second time, which is not to be taken for a repetition.
		m.once = d.id
	}
	return m
}

// toDead makes the message for a group's dead letters. They have no order to keep among each other: each can be had
// while others are looked at.
func toDead(d *arrival, fifo bool) outgoing {
	m := again(d, fifo)
	if fifo {
		m.group = d.id
	}
	m.attributes[triesAttribute] = strconv.Itoa(d.tries)
	m.attributes[sinceAttribute] = time.Now().UTC().Format(time.RFC3339Nano)
	reason := delivery.Reason(d.failure)
	room := max(0, maxSize-sizeOf(m)-len(reasonAttribute)-len(stringType))
	for len(reason) > room || !utf8.ValidString(reason) {
		reason = reason[:min(len(reason)-1, room)]
	}
	if reason = permitted(reason); reason != "" {
		m.attributes[reasonAttribute] = reason
	}
	return m
}

// measured says whether a message can be sent.
func (m outgoing) measured(limit int) (outgoing, error) {
	m.size = sizeOf(m)
	switch {
	case m.body == "":
		return m, errors.New("an envelope without a body cannot be sent by SQS")
	case m.size > limit:
		return m, fmt.Errorf("an envelope of %d bytes cannot be sent by SQS, the limit is %d", m.size, limit)
	case len(m.group) > maxID || len(m.once) > maxID:
		return m, fmt.Errorf("the key or the ID of an envelope is longer than %d bytes", maxID)
	case permitted(m.body) != m.body:
		return m, errors.New("the body of an envelope has characters that SQS does not take")
	}
	for name, value := range m.attributes {
		if value == "" || permitted(value) != value {
			return m, fmt.Errorf("%s of an envelope is empty, or has characters that SQS does not take", name)
		}
	}
	return m, nil
}

// sizeOf is how Amazon counts: the body, and the name, type and value of every attribute.
func sizeOf(m outgoing) int {
	size := len(m.body)
	for name, value := range m.attributes {
		size += len(name) + len(stringType) + len(value)
	}
	return size
}

// permitted is a text without the characters that SQS does not take: those that XML has not.
func permitted(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r != 0xFFFE && r != 0xFFFF {
			return r
		}
		return -1
	}, s)
}

func attributesOf(m types.Message) map[string]string {
	values := make(map[string]string, len(m.MessageAttributes))
	for name, value := range m.MessageAttributes {
		values[name] = aws.ToString(value.StringValue)
	}
	return values
}
