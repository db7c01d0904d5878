package builder_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
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
	if b, err := builder.Open(builder.Settings{Type: "amqp", URL: "localhost:5672"}); err == nil || b != nil {
		t.Errorf("got %v, %v", b, err)
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
