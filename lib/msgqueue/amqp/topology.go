package amqp

import (
	"maps"
	"math"
	"slices"

	streadway "github.com/streadway/amqp"
)

const (
	exchange = "events"
	// logQueue is a stream, which keeps every envelope for good.
	logQueue = "events.log"
	// maxDeliveries is how often the broker delivers an envelope that comes back without an answer, because the process or
	// the connection died of it, or died otherwise. It is far above the tries of a handler, so that envelopes which only
	// happened to be under way do not end as dead letters.
	maxDeliveries = 100
)

// deadQueue is where the dead letters of a group lie.
func deadQueue(group string) string { return group + ".dead" }

// declare declares all there is. It is repeated at every connect and changes nothing where all is there.
func declare(c *streadway.Channel, subscriptions map[string][]string) error {
	if err := c.ExchangeDeclare(exchange, streadway.ExchangeTopic, true, false, false, false, nil); err != nil {
		return err
	}
	if err := declareQueue(c, logQueue, streadway.Table{"x-queue-type": "stream"}); err != nil {
		return err
	}
	if err := c.QueueBind(logQueue, "#", exchange, false, nil); err != nil {
		return err
	}
	for _, group := range slices.Sorted(maps.Keys(subscriptions)) {
		if err := declareGroup(c, group, subscriptions[group]); err != nil {
			return err
		}
	}
	return nil
}

func declareGroup(c *streadway.Channel, group string, names []string) error {
	dead := deadQueue(group)
	// Without a limit of its own the queue would get the broker's (20 since RabbitMQ 4), and looking at dead letters
	// counts as a delivery.
	err := declareQueue(c, dead, streadway.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(math.MaxInt32)})
	if err != nil {
		return err
	}
	// What the broker gives up itself goes through the default exchange, whose routing keys are names of queues, and is
	// kept until the other queue has it (at-least-once, which asks for reject-publish; since RabbitMQ 3.10).
	err = declareQueue(c, group, streadway.Table{
		"x-queue-type":              "quorum",
		"x-delivery-limit":          int64(maxDeliveries),
		"x-dead-letter-exchange":    "",
		"x-dead-letter-routing-key": dead,
		"x-dead-letter-strategy":    "at-least-once",
		"x-overflow":                "reject-publish",
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.QueueBind(group, name, exchange, false, nil); err != nil {
			return err
		}
	}
	return nil
}

func declareQueue(c *streadway.Channel, name string, arguments streadway.Table) error {
	_, err := c.QueueDeclare(name, true, false, false, false, arguments)
	return err
}
