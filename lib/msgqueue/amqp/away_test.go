package amqp_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

// quick is far less than the library's own bounds, and enough for a busy machine.
const quick = 10 * time.Second

// TestAwayAtStart opens before the broker can be reached: Emit is refused at once, Listen waits, and both work when it
// can be reached. Every change is logged once, and nothing that is logged tells the password.
func TestAwayAtStart(t *testing.T) {
	r := server(t)
	p := newProxy(t, r.url)
	var log logged
	c := impatient(p.url)
	c.Logger = log.logger()
	b := open(t, c)
	a := listen(t, b, nil)
	for range 20 {
		begun := time.Now()
		wantUnavailable(t, b.Emit(within(t, limit), envelopes(0, 3)))
		if d := time.Since(begun); d > quick {
			t.Errorf("Emit took %s without a broker", d)
		}
	}
	roles := []string{"publisher", "listener"}
	for _, role := range roles {
		eventually(t, "the log of the "+role, func() error {
			if len(log.with("cannot be used", role)) == 0 {
				return errors.New("it does not say that the broker is away")
			}
			return nil
		})
	}
	p.open(t)
	emitSoon(t, b, envelope(1))
	a.wait(t, envelope(1))
	for _, role := range roles {
		if n := len(log.with("cannot be used", role)); n != 1 {
			t.Errorf("that the broker is away was logged %d times for the %s", n, role)
		}
		if n := len(log.with("can be used", role)); n != 1 {
			t.Errorf("that the broker is there was logged %d times for the %s", n, role)
		}
	}
	if _, password, _ := strings.Cut(strings.TrimPrefix(r.url, "amqp://"), ":"); password != "" {
		password, _, _ = strings.Cut(password, "@")
		if lines := log.with(password); len(lines) > 0 {
			t.Errorf("the password is in the log: %s", lines[0])
		}
	}
}

// TestWrongPassword shows that neither the error nor the log tells what was tried.
func TestWrongPassword(t *testing.T) {
	r := server(t)
	_, host, _ := strings.Cut(r.url, "@")
	var log logged
	c := impatient("amqp://somebody:pa55word@" + host)
	c.Logger = log.logger()
	b := open(t, c)
	errs := b.Emit(within(t, limit), envelopes(0, 1))
	wantUnavailable(t, errs)
	eventually(t, "the log", func() error {
		if len(log.with("cannot be used")) == 0 {
			return errors.New("it is silent")
		}
		return nil
	})
	if strings.Contains(errors.Join(errs...).Error(), "pa55word") || len(log.with("pa55word")) > 0 {
		t.Error("the password is told")
	}
}

// TestCut cuts all connections again and again under load: what was acknowledged arrives.
func TestCut(t *testing.T) {
	r := server(t)
	p := newProxy(t, r.url)
	p.open(t)
	b := open(t, impatient(p.url))
	a := listen(t, b, nil)
	acknowledged := underLoad(t, b, func() {
		for range 10 {
			time.Sleep(100 * time.Millisecond) // the load is what it is about
			p.cut()
		}
	})
	a.wait(t, acknowledged...)
}

// underLoad emits from several goroutines while f runs, and a little longer, and answers with what was acknowledged.
func underLoad(t *testing.T, b *amqp.Broker, f func()) []msgqueue.Envelope {
	t.Helper()
	const emitters, batch = 4, 10
	var mu sync.Mutex
	var acknowledged []msgqueue.Envelope
	stop := make(chan struct{})
	var g sync.WaitGroup
	for emitter := range emitters {
		g.Go(func() {
			for n := emitter * 1_000_000; ; n += batch {
				select {
				case <-stop:
					return
				default:
				}
				all := envelopes(n, n+batch)
				failed := 0
				for i, err := range b.Emit(within(t, limit), all) {
					switch {
					case err == nil:
						mu.Lock()
						acknowledged = append(acknowledged, all[i])
						mu.Unlock()
					case !errors.Is(err, msgqueue.ErrUnavailable):
						t.Errorf("Emit answered %v", err)
					default:
						failed++
					}
				}
				if failed > 0 {
					time.Sleep(5 * time.Millisecond) // as anybody waits who is refused
				}
			}
		})
	}
	f()
	emitSoon(t, b, envelope(999_999))
	close(stop)
	g.Wait()
	if len(acknowledged) == 0 {
		t.Fatal("nothing was acknowledged")
	}
	t.Logf("%d were acknowledged", len(acknowledged))
	return append(acknowledged, envelope(999_999))
}

// TestSilence has the network swallow everything: Emit is answered in time, and works again after it.
func TestSilence(t *testing.T) {
	r := server(t)
	p := newProxy(t, r.url)
	p.open(t)
	b := open(t, impatient(p.url))
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	release := p.hold()
	t.Cleanup(release)
	wantStuck(t, b)
	release()
	emitSoon(t, b, envelope(1))
	a.wait(t, envelope(1))
}

// wantStuck calls Emit of a broker that does not answer: with a short context, with a long one, and from many
// goroutines with more than the window and the network take.
func wantStuck(t *testing.T, b *amqp.Broker) {
	t.Helper()
	begun := time.Now()
	wantUnavailable(t, b.Emit(within(t, 100*time.Millisecond), envelopes(10, 13)))
	wantUnavailable(t, b.Emit(within(t, limit), envelopes(20, 23)))
	big := envelopes(30, 50)
	for n := range big {
		big[n].Body = make([]byte, 1<<20)
	}
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() { wantUnavailable(t, b.Emit(within(t, limit), big)) })
	}
	g.Wait()
	if d := time.Since(begun); d > 3*quick {
		t.Errorf("Emit took %s in all while the broker did not answer", d)
	}
}

// TestBlocked sets off the broker's memory alarm: it stops reading from whoever publishes, and the library's Publish
// then waits for ever.
func TestBlocked(t *testing.T) {
	r := server(t)
	var log logged
	c := impatient(r.url)
	c.Logger = log.logger()
	b := open(t, c)
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	unblock := r.Block(t)
	wantStuck(t, b)
	if n := len(log.with("cannot be used", "publisher")); n == 0 {
		t.Error("nothing of it is in the log")
	}
	unblock()
	emitSoon(t, b, envelope(1))
	a.wait(t, envelope(0), envelope(1))
	if n := len(log.with("can be used", "publisher")); n < 2 {
		t.Error("that it works again is not in the log")
	}
}

// TestCloseWhileBlocked shows that Close has a bound: where the window is full, and where a write is stuck.
func TestCloseWhileBlocked(t *testing.T) {
	r := server(t)
	for _, c := range []struct {
		name         string
		window, body int
	}{
		{"window", 8, 10},
		{"write", 512, 1 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := impatient(r.url)
			config.Window = c.window
			b := open(t, config)
			emit(t, b, envelope(0))
			r.Block(t)
			all := envelopes(1, 30)
			for n := range all {
				all[n].Body = make([]byte, c.body)
			}
			wantUnavailable(t, b.Emit(within(t, limit), all))
			begun := time.Now()
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if d := time.Since(begun); d > 2*quick {
				t.Errorf("Close took %s", d)
			}
		})
	}
}

// TestKilled kills the broker under load, with SIGKILL: what was acknowledged arrives, and is in the log.
func TestKilled(t *testing.T) {
	r := server(t)
	b := open(t, impatient(r.url))
	a := listen(t, b, nil)
	emit(t, b, envelope(0))
	acknowledged := underLoad(t, b, func() {
		time.Sleep(500 * time.Millisecond) // the load is what it is about
		r.die(t)
		emitSoon(t, b, envelope(999_998))
	})
	a.wait(t, acknowledged...)
	inLog := make(map[string]bool)
	err := b.ReadLog(within(t, limit), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		inLog[e.ID] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range acknowledged {
		if !inLog[e.ID] {
			t.Fatalf("%s was acknowledged and is not in the log", e.ID)
		}
	}
}

// TestClosed shows that Close ends a listener, and that all is over then.
func TestClosed(t *testing.T) {
	r := server(t)
	b := open(t, config(r.url))
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

// TestConnectingIsGivenUp ends contexts at every moment of a connection's beginning, which harms nobody: neither the
// race detector nor the broker has anything to say, and the next one connects.
func TestConnectingIsGivenUp(t *testing.T) {
	b := open(t, config(server(t).url))
	for n := range 100 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*100*time.Microsecond)
		err := b.Listen(ctx, group, subscriptions()[group], func(context.Context, msgqueue.Envelope) error { return nil })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	listen(t, b, nil).wait(t)
}
