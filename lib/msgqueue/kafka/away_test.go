package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
)

// quick is far less than the library's own bounds, and enough for a busy machine.
const quick = 10 * time.Second

// TestAwayAtStart opens before the broker can be reached: Emit is refused, Listen and ReadLog wait, and all work when it
// can be reached. Every change is logged once.
func TestAwayAtStart(t *testing.T) {
	k := server(t)
	k.Kill(t)
	var log logged
	c := config(k)
	c.Logger = log.logger()
	b := open(t, c)
	a := listen(t, b, nil)
	read := make(chan error, 1)
	go func() {
		read <- b.ReadLog(within(t), "", func(msgqueue.Position, msgqueue.Envelope) error { return nil })
	}()
	for range 5 {
		begun := time.Now()
		wantUnavailable(t, b.Emit(within(t), envelopes(0, 3)))
		if d := time.Since(begun); d > quick {
			t.Errorf("Emit took %s without a broker", d)
		}
	}
	k.Restart(t)
	emitSoon(t, b, envelope(1))
	a.wait(t, envelope(1))
	if err := <-read; err != nil {
		t.Errorf("the log is read with %v", err)
	}
	for _, role := range []string{"publisher", "listener"} {
		if n := len(log.with("cannot be used", role)); n != 1 {
			t.Errorf("that the broker is away was logged %d times for the %s", n, role)
		}
		if n := len(log.with("can be used", role)); n != 1 {
			t.Errorf("that the broker is there was logged %d times for the %s", n, role)
		}
	}
}

// load has several emitters, each with keys of its own, send as the relay does: of a key the next one only after the
// one before was acknowledged, and again what was not.
type load struct {
	stop chan struct{}
	all  sync.WaitGroup

	mu           sync.Mutex
	acknowledged []msgqueue.Envelope
}

func startLoad(t *testing.T, b *kafka.Broker) *load {
	t.Helper()
	const emitters, keys = 3, 20
	l := &load{stop: make(chan struct{})}
	for emitter := range emitters {
		l.all.Go(func() {
			for round := 0; ; round++ {
				var batch []msgqueue.Envelope
				for key := range keys {
					e := envelope(round)
					e.Key = fmt.Sprintf("%d-%d", emitter, key)
					e.ID = fmt.Sprintf("%s/%08d", e.Key, round)
					batch = append(batch, e)
				}
				if !l.emit(t, b, batch) {
					return
				}
			}
		})
	}
	t.Cleanup(func() { l.end() })
	return l
}

// emit is false when the load ends, and leaves nothing behind that the broker does not have otherwise.
func (l *load) emit(t *testing.T, b *kafka.Broker, batch []msgqueue.Envelope) bool {
	t.Helper()
	for len(batch) > 0 {
		select {
		case <-l.stop:
			return false
		default:
		}
		var failed []msgqueue.Envelope
		for n, err := range b.Emit(within(t), batch) {
			switch {
			case err == nil:
				l.mu.Lock()
				l.acknowledged = append(l.acknowledged, batch[n])
				l.mu.Unlock()
			case !errors.Is(err, msgqueue.ErrUnavailable):
				t.Errorf("Emit answered %v", err)
			default:
				failed = append(failed, batch[n])
			}
		}
		if batch = failed; len(batch) > 0 {
			time.Sleep(5 * time.Millisecond) // as anybody waits who is refused
		}
	}
	return true
}

// end ends the load, and answers with what was acknowledged.
func (l *load) end() []msgqueue.Envelope {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.all.Wait()
	return l.acknowledged
}

// more waits until so many more have been acknowledged.
func (l *load) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.acknowledged)
	}
	from := count()
	eventually(t, "the load", func() error {
		if got := count() - from; got < n {
			return fmt.Errorf("%d of %d were acknowledged", got, n)
		}
		return nil
	})
}

// TestKilled kills the broker under load, with SIGKILL: what was acknowledged arrives, those of a key first in their
// order, and is in the log.
func TestKilled(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	a := listen(t, b, nil)
	l := startLoad(t, b)
	l.more(t, 1000)
	k.Kill(t)
	k.Restart(t)
	l.more(t, 1000)
	acknowledged := l.end()
	t.Logf("%d were acknowledged", len(acknowledged))
	a.wait(t, acknowledged...)
	a.wantOrder(t)
	wantInLog(t, b, acknowledged)
}

// wantInLog wants all of these in the log, those of a key first in their order.
func wantInLog(t *testing.T, b *kafka.Broker, all []msgqueue.Envelope) {
	t.Helper()
	log := newArrivals()
	err := b.ReadLog(within(t), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		log.add(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if missing := log.missing(all); len(missing) > 0 {
		t.Errorf("%d are not in the log, the first is %s", len(missing), missing[0])
	}
	log.wantOrder(t)
}

// TestFrozen has the broker keep its connections and do nothing: Emit is answered in time, also where more is on its
// way than the window takes, and works again after it.
func TestFrozen(t *testing.T) {
	k := server(t)
	var log logged
	c := config(k)
	c.Logger, c.Window = log.logger(), 8
	b := open(t, c)
	a := listen(t, b, nil)
	emit(t, b, envelopes(0, 20)...)
	thaw := k.Freeze(t)
	begun := time.Now()
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	wantUnavailable(t, b.Emit(short, envelopes(20, 22)))
	wantUnavailable(t, b.Emit(within(t), envelopes(30, 50)))
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() { wantUnavailable(t, b.Emit(within(t), envelopes(30, 50))) })
	}
	g.Wait()
	if d := time.Since(begun); d > 3*quick {
		t.Errorf("Emit took %s in all while the broker did not answer", d)
	}
	if n := len(log.with("cannot be used", "publisher")); n != 1 {
		t.Errorf("it is in the log %d times", n)
	}
	thaw()
	emitSoon(t, b, envelope(60))
	a.wait(t, append(envelopes(0, 20), envelope(60))...)
}

// TestCloseWhileFrozen shows that Close has a bound, with a listener and with messages on their way.
func TestCloseWhileFrozen(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	emitSoon(t, b, envelope(0))
	ended := make(chan error, 1)
	handled := make(chan struct{}, 1)
	go func() {
		ended <- b.Listen(t.Context(), group, subscriptions()[group], func(context.Context, msgqueue.Envelope) error {
			handled <- struct{}{}
			return nil
		})
	}()
	<-handled
	k.Freeze(t)
	wantUnavailable(t, b.Emit(within(t), envelopes(1, 30)))
	begun := time.Now()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if d := time.Since(begun); d > 3*quick {
		t.Errorf("Close took %s", d)
	}
	if err := <-ended; !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("Listen answered %v", err)
	}
}

// TestTopicAway deletes the topic: Emit is refused until it is declared again, and the listener goes on with the new
// one.
func TestTopicAway(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	a.wait(t, envelope(0))
	if _, err := kadm.NewClient(raw(t, k)).DeleteTopic(within(t), "events"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a topic that is gone", func() error { // for a moment the broker still takes what it then deletes
		if err := errors.Join(b.Emit(within(t), envelopes(1, 2))...); !errors.Is(err, msgqueue.ErrUnavailable) {
			return fmt.Errorf("Emit answered %w", err)
		}
		return nil
	})
	emitSoon(t, b, envelope(2))
	a.wait(t, envelope(2))
}

// TestClosed shows that Close ends a listener, and that all is over then.
func TestClosed(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	ended := make(chan error, 1)
	handled := make(chan struct{})
	go func() {
		ended <- b.Listen(t.Context(), group, subscriptions()[group], func(context.Context, msgqueue.Envelope) error {
			close(handled)
			return nil
		})
	}()
	emit(t, b, envelope(0))
	<-handled
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("Listen answered %v", err)
	}
	if err := b.Listen(t.Context(), group, nil, nil); !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("Listen after Close answered %v", err)
	}
	if err := b.ReadLog(t.Context(), "", nil); !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("ReadLog after Close answered %v", err)
	}
	if _, err := b.CountDeadLetters(t.Context(), group); !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("CountDeadLetters after Close answered %v", err)
	}
}
