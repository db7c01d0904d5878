package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
)

// TestRebalance has listeners come and go while envelopes are on their way, so that partitions move in the middle of a
// batch again and again: nothing is lost, and the first deliveries of a key are in order.
func TestRebalance(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	a := newArrivals()
	var hurry atomic.Bool
	slow := func(context.Context, msgqueue.Envelope) error {
		if !hurry.Load() {
			time.Sleep(time.Millisecond) // so that a batch takes longer than a rebalance
		}
		return nil
	}
	a.listen(t, b, slow)
	l := startLoad(t, b)
	for range 4 {
		l.more(t, 200)
		stop := a.listen(t, b, slow)
		l.more(t, 200)
		stop()
	}
	acknowledged := l.end()
	hurry.Store(true) // a quick machine has sent more than can be waited for
	a.wait(t, acknowledged...)
	a.wantOrder(t)
	t.Logf("%d were acknowledged, %d of them came again", len(acknowledged), a.again())
}

// TestHandedOver has another listener come while the first one has something in hand that takes as long as it likes, of
// each of the partitions once: they move all the same, and what was in hand comes again if its partition is among them.
func TestHandedOver(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	moved := 0
	for n, key := range keysOfPartitions(t, b) {
		a := newArrivals()
		begun, release := make(chan struct{}, 1000), make(chan struct{})
		stop := a.listen(t, b, func(ctx context.Context, _ msgqueue.Envelope) error {
			begun <- struct{}{}
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		first, others := envelope(1000*n), envelopes(1000*n+1, 1000*n+50)
		first.Key = key
		emit(t, b, first)
		<-begun
		emit(t, b, others...)
		second := newArrivals()
		stopSecond := second.listen(t, b, nil)
		eventually(t, "the second listener", func() error {
			if len(second.missing(others)) == len(others) {
				return errors.New("it gets nothing")
			}
			return nil
		})
		moved += 1 - len(second.missing([]msgqueue.Envelope{first}))
		close(release)
		eventually(t, "the rest", func() error {
			if n := len(a.missing(second.missingOf(append(others, first)))); n > 0 {
				return fmt.Errorf("%d do not come", n)
			}
			return nil
		})
		stop()
		stopSecond()
	}
	if moved == 0 {
		t.Error("no partition with something in hand has moved")
	}
}

// keysOfPartitions finds a key for each partition.
func keysOfPartitions(t *testing.T, b *kafka.Broker) []string {
	t.Helper()
	emit(t, b, envelopes(900_000, 900_007)...)
	var keys []string
	known := make(map[int]bool)
	last := make([]string, 4)
	err := b.ReadLog(within(t), "", func(p msgqueue.Position, e msgqueue.Envelope) error {
		for n, offset := range strings.Split(string(p), ",") {
			if offset != last[n] && offset != "0" && !known[n] {
				known[n] = true
				keys = append(keys, e.Key)
			}
			last[n] = offset
		}
		return nil
	})
	if err != nil || len(keys) != 4 {
		t.Fatalf("there are %d keys (%v)", len(keys), err)
	}
	return keys
}

// missingOf are those of them that are missing.
func (a *arrivals) missingOf(all []msgqueue.Envelope) []msgqueue.Envelope {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(all), func(e msgqueue.Envelope) bool { return a.times[e.ID] > 0 })
}

// TestWaitingIsNotCommitted has an envelope wait for its next try, which never comes, while those behind it are handled:
// to the next listener it comes again.
func TestWaitingIsNotCommitted(t *testing.T) {
	k := server(t)
	c := config(k)
	c.Backoff = time.Hour
	b := open(t, c)
	a := newArrivals()
	stop := a.listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		if e.ID == envelope(3).ID {
			return errors.New("not now")
		}
		return nil
	})
	emit(t, b, envelopes(0, 50)...)
	a.wait(t, append(envelopes(0, 3), envelopes(4, 50)...)...)
	stop()
	next := listen(t, b, nil)
	next.wait(t, envelope(3))
}

// TestTooMuchBehind has more come behind an envelope that waits than may have to be repeated after a crash: it stops
// until the envelope is handled.
func TestTooMuchBehind(t *testing.T) {
	const most, all = 1500, 3000
	k := server(t)
	c := config(k)
	c.Tries = 1 << 20
	b := open(t, c)
	var repaired atomic.Bool
	a := listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		if e.ID == envelope(0).ID && !repaired.Load() {
			return errors.New("not now")
		}
		return nil
	})
	envelopes := envelopes(0, all)
	for n := range envelopes {
		envelopes[n].Key = "the same"
	}
	emit(t, b, envelopes...)
	a.wait(t, envelopes[1:900]...)
	time.Sleep(100 * time.Millisecond) // in which all of them would come
	if n := all - len(a.missing(envelopes)); n > most {
		t.Errorf("%d were handled behind one that waits", n)
	}
	repaired.Store(true)
	a.wait(t, envelopes...)
}

// again is how many came more than once.
func (a *arrivals) again() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, times := range a.times {
		n += min(1, times-1)
	}
	return n
}

// TestPoison has one message fail always, and one panic: both become dead letters, with the reason, while the others go
// on; given back, they are handled, under their own key.
func TestPoison(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	var repaired atomic.Bool
	keys := make(chan string, 100)
	a := listen(t, b, func(_ context.Context, e msgqueue.Envelope) error {
		switch {
		case repaired.Load():
			keys <- e.Key
		case e.ID == envelope(3).ID:
			return errors.New("unheard of")
		case e.ID == envelope(5).ID:
			panic("at the disco")
		}
		return nil
	})
	emit(t, b, envelopes(0, 50)...)
	var dead []msgqueue.DeadLetter
	eventually(t, "the dead letters", func() (err error) {
		dead, err = b.DeadLetters(within(t), group, 10)
		if err == nil && len(dead) != 2 {
			err = fmt.Errorf("there are %d", len(dead))
		}
		return err
	})
	a.wait(t, envelopes(6, 50)...)
	reasons := map[string]string{envelope(3).ID: "unheard of", envelope(5).ID: "panic: at the disco"}
	for _, d := range dead {
		if want := reasons[d.ID]; want == "" || len(d.Reason) < len(want) || d.Reason[:len(want)] != want ||
			d.Tries != 3 || d.Since.IsZero() {
			t.Errorf("%s is dead after %d tries at %s: %s", d.ID, d.Tries, d.Since, d.Reason)
		}
		delete(reasons, d.ID)
	}
	repaired.Store(true)
	if n, err := b.Requeue(within(t), group); n != 2 || err != nil {
		t.Errorf("%d were given back (%v)", n, err)
	}
	a.wait(t, envelopes(0, 50)...)
	if got := map[string]bool{<-keys: true, <-keys: true}; !got[envelope(3).Key] || !got[envelope(5).Key] {
		t.Errorf("they came back with the keys %v", got)
	}
}

// TestUnknownGroup has no dead letters to speak of.
func TestUnknownGroup(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	if _, err := b.DeadLetters(within(t), "nobody", 10); err == nil {
		t.Error("a group that does not exist has dead letters")
	}
	if _, err := b.Requeue(within(t), "nobody"); err == nil {
		t.Error("a group that does not exist gets them back")
	}
}
