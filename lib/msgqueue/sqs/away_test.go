package sqs_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/sqs"
)

// quick is far less than what the SDK does by itself, and enough for a busy machine.
const quick = 10 * time.Second

// TestAway opens before the server can be reached: Emit is refused at once, Listen waits, and both work when it is
// there. Every change is logged once.
func TestAway(t *testing.T) {
	server := backends.StartSQS(t, backends.SQSOptions{})
	server.Use(t)
	server.Kill(t)
	var log logged
	c := config(t)
	c.Logger = log.logger()
	b := open(t, c)
	a := listen(t, b, nil)
	for range 5 {
		begun := time.Now()
		wantUnavailable(t, b.Emit(within(t, limit), envelopes(0, 3)))
		if d := time.Since(begun); d > quick {
			t.Errorf("Emit took %s without a broker", d)
		}
	}
	server.Restart(t)
	emitSoon(t, b, envelope(1))
	a.wait(t, envelope(1))
	for _, role := range []string{"publisher", "listener"} {
		if n := len(log.with("cannot be used", role)); n != 1 {
			t.Errorf("that the broker is away was logged %d times for the %s", n, role)
		}
		if n := len(log.with("can be used", role)); n != 1 {
			t.Errorf("that the broker is there was logged %d times for the %s", n, role)
		}
	}
}

// TestSilence has a server that takes everything and answers nothing: whatever is asked of it ends in time.
func TestSilence(t *testing.T) {
	(&backends.SQS{Endpoint: "http://" + silent(t)}).Use(t)
	c := config(t)
	c.Patience = time.Second
	b := open(t, c)
	listen(t, b, nil)
	var calls sync.WaitGroup
	begun := time.Now()
	for range 8 {
		calls.Go(func() { wantUnavailable(t, b.Emit(within(t, limit), envelopes(0, 256))) })
	}
	calls.Go(func() {
		if _, err := b.CountDeadLetters(within(t, limit), group); !errors.Is(err, msgqueue.ErrUnavailable) {
			t.Errorf("CountDeadLetters answered %v", err)
		}
	})
	calls.Wait()
	if d := time.Since(begun); d > 3*quick {
		t.Errorf("it took %s in all", d)
	}
	wantUnavailable(t, b.Emit(within(t, 100*time.Millisecond), envelopes(0, 1)))
	begun = time.Now()
	if err := b.Close(); err != nil || time.Since(begun) > quick {
		t.Errorf("Close took %s (%v)", time.Since(begun), err)
	}
}

// silent is the address of somebody who listens and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // it ends nobody's waiting: they have gone
	return l.Addr().String()
}

// TestKilled kills a server that keeps what it has, under load, with SIGKILL: what was acknowledged arrives.
func TestKilled(t *testing.T) {
	for name, fifo := range map[string]bool{"standard": false, "fifo": true} {
		t.Run(name, func(t *testing.T) {
			server := backends.StartSQS(t, backends.SQSOptions{Durable: true})
			server.Use(t)
			c := config(t)
			c.FIFO = fifo
			b := open(t, c)
			a := listen(t, b, nil)
			emit(t, b, envelope(0))
			acknowledged := underLoad(t, b, func() {
				for range 1 {
					time.Sleep(500 * time.Millisecond) // the load is what it is about
					server.Kill(t)
					server.Restart(t)
					emitSoon(t, b, envelope(999_998))
				}
			})
			a.wait(t, acknowledged...)
		})
	}
}

// TestForgetful kills a server that loses all it had, the queues as well. That Amazon's does not lose messages is not for
// us to prove; here it is shown that emitters and listeners, each for themselves, have the queues made again, and that
// whatever was not acknowledged is still the emitter's, who comes again with it.
func TestForgetful(t *testing.T) {
	server := backends.StartSQS(t, backends.SQSOptions{})
	server.Use(t)
	c := config(t)
	b := open(t, c)
	emit(t, b, envelope(0))
	server.Kill(t)
	all := envelopes(1, 40)
	wantUnavailable(t, b.Emit(within(t, limit), all))
	server.Restart(t)
	eventually(t, "Emit", func() error { return errors.Join(b.Emit(within(t, limit), all)...) })

	a := listen(t, open(t, c), nil)
	a.wait(t, all...)
	client, _ := raw(t, c)
	server.Kill(t)
	server.Restart(t)
	eventually(t, "the queue", func() error {
		_, err := client.GetQueueUrl(within(t, limit), &awssqs.GetQueueUrlInput{QueueName: aws.String(c.Prefix + group)})
		return err
	})
	emitSoon(t, b, envelope(40))
	a.wait(t, envelope(40))
}

// underLoad emits from several goroutines while f runs, and a little longer, and answers with what was acknowledged.
func underLoad(t *testing.T, b *sqs.Broker, f func()) []msgqueue.Envelope {
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

// TestClosed shows that Close ends a listener, and that all is over then.
func TestClosed(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	b := open(t, config(t))
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
	if _, err := b.CountDeadLetters(t.Context(), group); !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("CountDeadLetters after Close answered %v", err)
	}
}
