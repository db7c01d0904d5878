package sqs

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"myevents/lib/msgqueue"
)

// messagesOf makes messages of a size, the n-th of which has the key n modulo keys.
func messagesOf(n, keys, size int) []outgoing {
	all := make([]outgoing, n)
	for i := range all {
		all[i] = outgoing{once: fmt.Sprintf("%04d", i), group: fmt.Sprint("key-", i%keys), size: size}
	}
	return all
}

// TestBatches has every message go once, in batches that the service takes.
func TestBatches(t *testing.T) {
	for _, size := range []int{1, 20_000, maxSize / 10, maxSize/10 + 1, maxSize} {
		left, sent := messagesOf(57, 7, size), 0
		for len(left) > 0 {
			n := firstBatch(left)
			if n < 1 || n > maxBatch || n*size > maxSize {
				t.Fatalf("%d messages of %d bytes are in a batch", n, size)
			}
			if n < min(maxBatch, maxSize/size, len(left)) {
				t.Errorf("only %d messages of %d bytes are in a batch", n, size)
			}
			left, sent = left[n:], sent+n
		}
		if sent != 57 {
			t.Errorf("%d were sent", sent)
		}
	}
}

// TestLanes keeps the messages of a group in one lane, in their order.
func TestLanes(t *testing.T) {
	for _, keys := range []int{1, 7, 500} {
		lane, last, n := make(map[string]int), make(map[string]string), 0
		all := lanes(messagesOf(500, keys, 100), true)
		for number, messages := range all {
			for _, m := range messages {
				if at, known := lane[m.group]; known && at != number {
					t.Fatalf("%s is in two lanes", m.group)
				}
				if m.once < last[m.group] {
					t.Fatalf("%s comes after %s", m.once, last[m.group])
				}
				lane[m.group], last[m.group] = number, m.once
				n++
			}
		}
		if n != 500 {
			t.Errorf("%d of 500 messages are in the lanes", n)
		}
		if len(all) > maxCalls {
			t.Errorf("there are %d lanes", len(all))
		}
	}
}

// TestSizeOfDead has the dead letter of any envelope that can be emitted fit, however long the reason is.
func TestSizeOfDead(t *testing.T) {
	emitted := 0
	for n := 0; n < 1500; n += 11 {
		e := msgqueue.Envelope{ID: "1", Name: "event.created", Key: "k", Body: bytes.Repeat([]byte("x"), maxSize-n)}
		m, err := toOutgoing(e, false)
		if err != nil {
			continue
		}
		emitted++
		d := &arrival{tries: 10, failure: errors.New(strings.Repeat("é", 3000))}
		d.message = types.Message{Body: &m.body, MessageAttributes: attributeValues(m)}
		if dead := toDead(d, false); sizeOf(dead) > maxSize || !utf8.ValidString(dead.attributes[reasonAttribute]) {
			t.Fatalf("%d bytes become a dead letter of %d", m.size, sizeOf(dead))
		}
	}
	if emitted < 100 {
		t.Errorf("only %d could be emitted", emitted)
	}
}

func TestValidate(t *testing.T) {
	for fault, c := range map[string]Config{
		"80 letters":   {Prefix: strings.Repeat("x", 80), Subscriptions: map[string][]string{"g": nil}},
		"no name":      {Prefix: "a b", Subscriptions: map[string][]string{"g": nil}},
		"arn:aws:sns:": {TopicARN: "events"},
		".fifo":        {TopicARN: "arn:aws:sns:eu-west-1:123456789012:events.fifo"},
		"12 h":         {Visibility: 1500 * 1e6},
		"20 s":         {Wait: 21 * 1e9},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), fault) && !strings.Contains(err.Error(), "for a queue") {
			t.Errorf("%s: %v", fault, err)
		}
	}
	if err := (Config{FIFO: true, TopicARN: "arn:aws-cn:sns:cn-north-1:123456789012:a_b-c.fifo"}).Validate(); err != nil {
		t.Error(err)
	}
}
