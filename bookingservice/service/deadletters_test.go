package service_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
)

// TestDeadLetters lists a message that could not be handled, and has it tried again.
func TestDeadLetters(t *testing.T) {
	data := t.TempDir()
	broker, err := inproc.Open(data, inproc.Options{Groups: []string{contracts.BookingService}, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	letter := msgqueue.Envelope{ID: "the-letter", Name: "event.created", Key: "k", Body: []byte("{}"), Time: time.Now()}
	if err := errors.Join(broker.Emit(t.Context(), []msgqueue.Envelope{letter})...); err != nil {
		t.Fatal(err)
	}
	// listen answers the message that comes with an error, and ends when the broker has so many dead letters.
	listen := func(b *inproc.Broker, fails error, dead int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		came := make(chan struct{}, 1)
		done := make(chan error, 1)
		go func() {
			done <- b.Listen(ctx, contracts.BookingService, []string{"event.created"},
				func(context.Context, msgqueue.Envelope) error {
					came <- struct{}{}
					return fails
				})
		}()
		<-came
		for n := -1; n != dead; time.Sleep(time.Millisecond) {
			var err error
			if n, err = b.CountDeadLetters(ctx, contracts.BookingService); err != nil {
				t.Fatal(err)
			}
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("listening ended with %v", err)
		}
	}
	listen(broker, errors.New("it makes no sense"), 1)
	if err := broker.Close(); err != nil {
		t.Fatal(err)
	}

	run := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		s := configuration.Settings{BrokerType: "inproc", InprocDirectory: data}
		if err := service.DeadLetters(t.Context(), s, &out, args); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := run("list"); !strings.Contains(got, "the-letter") || !strings.Contains(got, "makes no sense") {
		t.Errorf("the list is\n%s", got)
	}
	if got := run("requeue", "another"); !strings.HasPrefix(got, "0 messages") {
		t.Errorf("requeueing another one says %s", got)
	}
	if got := run("requeue"); !strings.HasPrefix(got, "1 messages") {
		t.Errorf("requeueing says %s", got)
	}
	if got := run("list"); !strings.HasPrefix(got, "0 messages") {
		t.Errorf("the list is\n%s", got)
	}
	broker, err = inproc.Open(data, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listen(broker, nil, 0)
	if err := broker.Close(); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{nil, {"dance"}} {
		if err := service.DeadLetters(t.Context(), configuration.Settings{}, nil, args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
