package builder_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/msgqueue/kafka"
	"myevents/lib/msgqueue/sqs"
)

func TestUnknownType(t *testing.T) {
	for _, kind := range []string{"", "pigeons"} {
		_, err := builder.Open(builder.Settings{Type: kind})
		if err == nil {
			t.Fatalf("%q is opened", kind)
		}
		for _, known := range builder.Types() {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("%q does not name the type %s", err, known)
			}
		}
	}
}

func TestFaultyDirectory(t *testing.T) {
	if b, err := builder.Open(builder.Settings{Type: "inproc", Directory: "/dev/null"}); err == nil || b != nil {
		t.Errorf("got %v, %v", b, err)
	}
}

func TestFaultyURL(t *testing.T) {
	for _, kind := range []string{"amqp", "kafka"} {
		s := builder.Settings{Type: kind, URL: "localhost:5672", Kafka: kafka.Config{URLs: []string{"localhost"}}}
		if b, err := builder.Open(s); err == nil || b != nil {
			t.Errorf("%s: got %v, %v", kind, b, err)
		}
	}
}

// TestConfiguration has a service's settings choose Kafka, and say how it is reached; nothing is dialled by that.
func TestConfiguration(t *testing.T) {
	environment := map[string]string{
		"KAFKA_BROKER_URLS": "a:1, b:2", "KAFKA_PARTITIONS": "12", "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
		"KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_USER": "me", "KAFKA_PASSWORD": "secret",
	}
	s, err := configuration.Load(configuration.EventService, "", func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	got := builder.FromConfiguration(s, nil, nil)
	want := kafka.Config{
		URLs: []string{"a:1", "b:2"}, Partitions: 12, Protocol: "SASL_SSL", Mechanism: "PLAIN", User: "me", Password: "secret",
	}
	if diff := cmp.Diff(want, got.Kafka); got.Type != "kafka" || diff != "" {
		t.Errorf("%s (-want +got):\n%s", got.Type, diff)
	}
	if err := got.Kafka.Validate(); err != nil {
		t.Error(err)
	}
}

// TestFaultySettings has what a broker cannot be opened with reported before anything is dialled.
func TestFaultySettings(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	for region, topic := range map[string]string{"": "", "eu-west-1": "events"} {
		t.Setenv("AWS_REGION", region)
		if b, err := builder.Open(builder.Settings{Type: "sqs", SQS: sqs.Config{TopicARN: topic}}); err == nil || b != nil {
			t.Errorf("region %q and topic %q: got %v, %v", region, topic, b, err)
		}
	}
}

// TestSubscriptions shows that groups are declared by opening: what is emitted before they listen is theirs.
func TestSubscriptions(t *testing.T) {
	b, err := builder.Open(builder.Settings{
		Type: "inproc", Directory: t.TempDir(), Subscriptions: contracts.Subscriptions(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	e := msgqueue.Envelope{ID: "1", Name: "event.created"}
	if err := errors.Join(b.Emit(t.Context(), []msgqueue.Envelope{e})...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var got string
	err = b.Listen(ctx, contracts.BookingService, contracts.Subscriptions()[contracts.BookingService],
		func(_ context.Context, e msgqueue.Envelope) error {
			got = e.ID
			cancel()
			return nil
		})
	if !errors.Is(err, context.Canceled) || got != "1" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAddresses(t *testing.T) {
	settings := builder.Settings{Type: "inproc", Directory: "/data", CAFile: "ca.pem"}
	for address, want := range map[string]string{
		"amqp://user:secret@rabbit:5672/shop": "amqp://rabbit:5672/shop", "amqps://rabbit/": "amqps://rabbit/",
		"kafka://a:1,b:2": "kafka://a:1,b:2", "kafka:a": "", "inproc:/other": "inproc:/other", "pigeons://roof": "", "inproc:": "", "": "",
	} {
		at, err := settings.At(address)
		if (err == nil) != (want != "") {
			t.Errorf("%q is answered with %v", address, err)
		}
		if err == nil && (at.Address() != want || at.CAFile != "ca.pem") {
			t.Errorf("%q is at %q with %+v", address, at.Address(), at)
		}
	}
}
