package amqp

import (
	"fmt"
	"maps"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
)

// The headers of a message. All but the first are our own, and may be missing.
const (
	nameHeader   = "x-event-name"
	keyHeader    = "x-partition-key"
	traceHeader  = "traceparent"
	triesHeader  = "x-tries"
	reasonHeader = "x-reason"
	// sinceHeader has nanoseconds since 1970.
	sinceHeader = "x-dead-since"
	// deathHeader is the broker's own, and says why it gave a message up.
	deathHeader = "x-death"
)

// maxShort is the size of a short string in AMQP, in bytes. A longer one breaks the connection.
const maxShort = 255

// outgoing is a message with its target.
type outgoing struct {
	exchange, key string
	streadway.Publishing
}

// toExchange makes an envelope's message for everybody.
func toExchange(e msgqueue.Envelope) (outgoing, error) {
	if len(e.Name) > maxShort || len(e.ID) > maxShort {
		return outgoing{}, fmt.Errorf("the name or the ID of an envelope is longer than %d bytes", maxShort)
	}
	headers := streadway.Table{nameHeader: e.Name}
	if e.Key != "" {
		headers[keyHeader] = e.Key
	}
	if e.Trace != "" {
		headers[traceHeader] = e.Trace
	}
	return outgoing{exchange, e.Name, streadway.Publishing{
		Headers: headers, ContentType: "application/json", DeliveryMode: streadway.Persistent,
		MessageId: e.ID, Timestamp: e.Time, Body: e.Body,
	}}, nil
}

// toDead makes the message for a group's dead letters.
func toDead(group string, d *streadway.Delivery, tries int, reason error) outgoing {
	return again(deadQueue(group), d, streadway.Table{
		triesHeader: int64(tries), reasonHeader: delivery.Reason(reason), sinceHeader: time.Now().UnixNano(),
	})
}

// toGroup makes of a dead letter the message that it once was.
func toGroup(group string, d *streadway.Delivery) outgoing { return again(group, d, nil) }

// again sends a message, without what was written on it on its way, straight to a queue.
func again(queue string, d *streadway.Delivery, more streadway.Table) outgoing {
	headers := make(streadway.Table, len(d.Headers)+len(more))
	for _, name := range []string{nameHeader, keyHeader, traceHeader} {
		if value, ok := d.Headers[name]; ok {
			headers[name] = value
		}
	}
	headers[nameHeader] = eventName(d)
	maps.Copy(headers, more)
	return outgoing{"", queue, streadway.Publishing{
		Headers: headers, ContentType: d.ContentType, DeliveryMode: streadway.Persistent,
		MessageId: d.MessageId, Timestamp: d.Timestamp, Body: d.Body,
	}}
}

// eventName is the routing key where whoever sent the message left the header out.
func eventName(d *streadway.Delivery) string {
	if name, ok := d.Headers[nameHeader].(string); ok {
		return name
	}
	return d.RoutingKey
}

func envelope(d *streadway.Delivery) msgqueue.Envelope {
	e := msgqueue.Envelope{ID: d.MessageId, Name: eventName(d), Body: d.Body}
	e.Key, _ = d.Headers[keyHeader].(string)
	e.Trace, _ = d.Headers[traceHeader].(string)
	if !d.Timestamp.IsZero() {
		e.Time = d.Timestamp.UTC()
	}
	return e
}

func deadLetter(d *streadway.Delivery) msgqueue.DeadLetter {
	dead := msgqueue.DeadLetter{Envelope: envelope(d)}
	if since, ok := d.Headers[sinceHeader].(int64); ok {
		tries, _ := d.Headers[triesHeader].(int64)
		dead.Tries, dead.Since = int(tries), time.Unix(0, since).UTC()
		dead.Reason, _ = d.Headers[reasonHeader].(string)
		return dead
	}
	deaths, _ := d.Headers[deathHeader].([]any)
	if len(deaths) > 0 {
		death, _ := deaths[0].(streadway.Table)
		since, _ := death["time"].(time.Time)
		reason, _ := death["reason"].(string)
		dead.Tries, dead.Since, dead.Reason = maxDeliveries, since.UTC(), "given up by the broker: "+reason
	}
	return dead
}
