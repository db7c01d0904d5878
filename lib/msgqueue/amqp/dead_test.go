package amqp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

// waitForDead waits until the group has so many dead letters, and answers with them.
func waitForDead(t *testing.T, b *amqp.Broker, n int) (dead []msgqueue.DeadLetter) {
	t.Helper()
	eventually(t, "the dead letters", func() (err error) {
		dead, err = b.DeadLetters(within(t, limit), group, n+10)
		if err == nil && len(dead) != n {
			err = fmt.Errorf("there are %d, want %d", len(dead), n)
		}
		return err
	})
	return dead
}

// TestPoison has one message fail always, and one panic: both become dead letters, with the reason, while the others go
// on; given back, they are handled.
func TestPoison(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	var repaired atomic.Bool
	a := listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		switch {
		case repaired.Load():
		case e.ID == envelope(3).ID:
			return errors.New("unheard of " + strings.Repeat("é", 1000))
		case e.ID == envelope(5).ID:
			panic("at the disco")
		}
		return nil
	})
	begun := time.Now()
	emit(t, b, envelopes(0, 50)...)
	dead := waitForDead(t, b, 2)
	a.wait(t, envelopes(6, 50)...)
	for n, says := range []string{"unheard of", "panic: at the disco"} {
		if !strings.Contains(dead[n].Reason, says) || dead[n].Tries != 3 || dead[n].Since.Before(begun) {
			t.Errorf("a dead letter after %d tries at %s: %s", dead[n].Tries, dead[n].Since, dead[n].Reason)
		}
	}
	repaired.Store(true)
	if n, err := b.Requeue(within(t, limit), group); n != 2 || err != nil {
		t.Errorf("%d were given back (%v)", n, err)
	}
	a.wait(t, envelopes(0, 50)...)
}

// TestDying has every listener die with the message in hand, as a process does that the message kills: the broker gives
// it up itself, after so many times.
func TestDying(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	emit(t, b, envelope(0))
	c := raw(t, r.url)
	eventually(t, "the end of it", func() error {
		d, ok, err := c.Get(group, false)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			if err := d.Reject(true); err != nil {
				t.Fatal(err)
			}
			return errors.New("it comes again")
		}
		if n, err := b.CountDeadLetters(within(t, limit), group); n != 1 {
			return fmt.Errorf("%d dead letters (%w)", n, err)
		}
		return nil
	})
	dead := waitForDead(t, b, 1)[0]
	if dead.ID != envelope(0).ID || dead.Name != name || !strings.Contains(dead.Reason, "delivery_limit") ||
		dead.Tries != 100 || time.Since(dead.Since) > limit {
		t.Errorf("got %+v", dead)
	}
	a := listen(t, b, nil)
	if n, err := b.Requeue(within(t, limit), group, dead.ID); n != 1 || err != nil {
		t.Errorf("%d were given back (%v)", n, err)
	}
	a.wait(t, envelope(0))
}

// TestDeadLettersStay shows that looking at dead letters takes none away, and that they keep their order.
func TestDeadLettersStay(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	listen(t, b, func(context.Context, msgqueue.Envelope) error { return errors.New("no") })
	emit(t, b, envelopes(0, 10)...)
	first := waitForDead(t, b, 10)
	for range 10 {
		again := waitForDead(t, b, 10)
		for n := range again {
			if again[n].ID != first[n].ID {
				t.Fatalf("%s has the place of %s", again[n].ID, first[n].ID)
			}
		}
	}
}

// TestDeadLetterWhileBlocked parks nothing while the broker takes nothing, and loses nothing.
func TestDeadLetterWhileBlocked(t *testing.T) {
	r := server(t)
	b := open(t, impatient(r.url))
	var failing atomic.Bool
	a := listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		if e.ID == envelope(0).ID {
			failing.Store(true)
			return errors.New("no")
		}
		return nil
	})
	emit(t, b, envelope(0), envelope(1))
	eventually(t, "the first try", func() error {
		if !failing.Load() {
			return errors.New("not yet")
		}
		return nil
	})
	unblock := r.Block(t)
	a.wait(t, envelope(1))
	unblock()
	waitForDead(t, b, 1)
}

// TestUnknownGroup has no dead letters to speak of.
func TestUnknownGroup(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
	if _, err := b.DeadLetters(within(t, limit), "nobody", 10); err == nil {
		t.Error("a group that does not exist has dead letters")
	}
	if _, err := b.Requeue(within(t, limit), "nobody"); err == nil {
		t.Error("a group that does not exist gets them back")
	}
}
