package delivery_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/delivery"
)

// TestRetries come out in the order in which they are due.
func TestRetries(t *testing.T) {
	var r delivery.Retries[int]
	if due, stop := r.Due(); due != nil || stop() || r.Len() != 0 {
		t.Error("something is due where nothing waits")
	}
	for _, n := range []int{3, 1, 2} {
		r.Add(n, time.Duration(n)*time.Millisecond)
	}
	for want := 1; want <= 3; want++ {
		due, stop := r.Due()
		<-due
		stop()
		if time.Now().Before(r.Next()) {
			t.Errorf("%d comes too early", want)
		}
		if got := r.Take(); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}

func TestReason(t *testing.T) {
	const most = 1000
	for _, s := range []string{"", "short", strings.Repeat("é", most), strings.Repeat("\xff", 2*most)} {
		got := delivery.Reason(errors.New(s))
		if len(got) > most+len("…") || utf8.ValidString(got) != utf8.ValidString(s) || len(s) < most && got != s {
			t.Errorf("%d bytes become %q", len(s), got)
		}
	}
}

func TestBackoff(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 99: 30 * time.Second} {
		if got := delivery.Backoff(time.Second, tries); got != want {
			t.Errorf("after %d tries it waits %s, want %s", tries, got, want)
		}
	}
}

func TestGuard(t *testing.T) {
	handle := delivery.Guard(func(_ context.Context, e msgqueue.Envelope) error {
		if e.ID == "bad" {
			panic("at the disco")
		}
		return nil
	})
	if err := handle(t.Context(), msgqueue.Envelope{ID: "good"}); err != nil {
		t.Error(err)
	}
	if err := handle(t.Context(), msgqueue.Envelope{ID: "bad"}); err == nil || !strings.Contains(err.Error(), "panic: at the disco") {
		t.Errorf("a panic becomes %v", err)
	}
}
