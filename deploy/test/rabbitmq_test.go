package backends

import (
	"testing"

	"github.com/streadway/amqp"
)

// TestRabbitMQ stops the broker in both ways: it is gone, and comes back with what it had.
func TestRabbitMQ(t *testing.T) {
	r := StartRabbitMQ(t)
	if r.folder == "" {
		t.Skip("the broker is not ours")
	}
	publish(t, r.URL)
	r.Settle(t)
	for name, stop := range map[string]func(testing.TB){"Stop": r.Stop, "Kill": r.Kill} {
		stop(t)
		if c, err := amqp.Dial(r.URL); err == nil {
			t.Errorf("after %s the broker is still there", name)
			_ = c.Close() // it has failed already
		}
		r.Restart(t)
	}
	c, err := amqp.Dial(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it has done what it was for
	channel, err := c.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if q, err := channel.QueueInspect("kept"); err != nil || q.Messages != 1 {
		t.Errorf("the queue has %d messages (%v)", q.Messages, err)
	}
}

func publish(t *testing.T, url string) {
	t.Helper()
	c, err := amqp.Dial(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it has done what it was for
	channel, err := c.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channel.QueueDeclare("kept", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		t.Fatal(err)
	}
	confirms := channel.NotifyPublish(make(chan amqp.Confirmation, 1))
	err = channel.Publish("", "kept", false, false, amqp.Publishing{DeliveryMode: amqp.Persistent})
	if err != nil {
		t.Fatal(err)
	}
	if confirm := <-confirms; !confirm.Ack {
		t.Fatal("it is not confirmed")
	}
}
