package reach_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

var errFirst, errLast = errors.New("first"), errors.New("last")

// TestLeave leaves half way: what was answered stays, and what comes later changes nothing.
func TestLeave(t *testing.T) {
	a := reach.NewAnswers(4)
	a.Answer(0, nil)
	a.Answer(1, errFirst)
	a.Answer(0, errLast)
	if a.Open(0) || a.Open(1) || !a.Open(2) || a.Remaining() != 2 {
		t.Errorf("%d are open", a.Remaining())
	}
	got := a.Leave(errLast)
	a.Fail(0, errFirst)
	if diff := cmp.Diff([]error{nil, errFirst, errLast, errLast}, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	select {
	case <-a.Gone():
	default:
		t.Error("nobody is told that the caller has left")
	}
}

func TestWait(t *testing.T) {
	closed := make(chan struct{})
	close(closed)
	for name, c := range map[string]struct {
		messages int
		ended    bool
		closed   chan struct{}
		want     error
		down     bool
	}{
		"nothing":  {0, false, nil, nil, false},
		"answered": {2, false, nil, nil, false},
		"ended":    {3, true, nil, msgqueue.ErrUnavailable, false},
		"closed":   {3, false, closed, msgqueue.ErrClosed, false},
		"silent":   {3, false, nil, msgqueue.ErrUnavailable, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.ended {
				cancel()
			}
			a := reach.NewAnswers(c.messages)
			for n := range min(2, c.messages) {
				a.Answer(n, nil)
			}
			patience := time.NewTicker(100 * time.Millisecond)
			defer patience.Stop()
			state := reach.NewState("test", slog.New(slog.DiscardHandler), prometheus.NewGauge(prometheus.GaugeOpts{}))
			err := a.Wait(ctx, patience.C, c.closed, state)
			if !errors.Is(err, c.want) || state.IsDown() != c.down {
				t.Errorf("got %v, down: %t", err, state.IsDown())
			}
		})
	}
}

func TestPause(t *testing.T) {
	for failures := range 100 {
		if d := reach.Pause(failures); d < 50*time.Millisecond || d > 2*time.Second {
			t.Errorf("after %d failures it waits %s", failures, d)
		}
	}
}

func TestUnavailable(t *testing.T) {
	err := reach.Unavailable(reach.Unavailable(errFirst))
	if !errors.Is(err, msgqueue.ErrUnavailable) || !errors.Is(err, errFirst) || err.Error() != "message broker unavailable: first" {
		t.Errorf("got %v", err)
	}
}
