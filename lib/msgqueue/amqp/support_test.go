package amqp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	streadway "github.com/streadway/amqp"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

// limit is how long anything may take that has to happen.
const limit = 60 * time.Second

const (
	group = "tickets"
	name  = "event.booked"
)

func subscriptions() map[string][]string { return map[string][]string{group: {name}} }

// rabbitMQ is a broker with nothing in it.
type rabbitMQ struct {
	*backends.RabbitMQ
	url, tlsURL string
}

// server starts RabbitMQ, or takes the one that runs.
func server(tb testing.TB) rabbitMQ {
	tb.Helper()
	r := backends.StartRabbitMQ(tb)
	host := r.Empty(tb)
	if host == "" {
		empty(tb, r.URL)
	}
	return rabbitMQ{RabbitMQ: r, url: r.URL + host, tlsURL: r.TLSURL + host}
}

// empty removes what another test may have left.
func empty(tb testing.TB, url string) {
	tb.Helper()
	c := raw(tb, url)
	for _, queue := range []string{"tickets", "tickets.dead", "letters", "letters.dead", "events.log"} {
		if _, err := c.QueueDelete(queue, false, false, false); err != nil {
			tb.Fatal(err)
		}
	}
	if err := c.ExchangeDelete("events", false, false); err != nil {
		tb.Fatal(err)
	}
}

// die kills the broker and starts it again. For a moment after its start it says that its queues have no home.
func (r rabbitMQ) die(tb testing.TB) {
	tb.Helper()
	r.Settle(tb)
	r.Kill(tb)
	r.Restart(tb)
	eventually(tb, "the broker", func() error {
		connection, err := streadway.Dial(r.url)
		if err != nil {
			return err
		}
		defer connection.Close() //nolint:errcheck // it was only to see
		channel, err := connection.Channel()
		if err != nil {
			return err
		}
		_, err = channel.QueueInspect("events.log")
		return err
	})
}

// raw is a channel of the bare library.
func raw(tb testing.TB, url string) *streadway.Channel {
	tb.Helper()
	connection, err := streadway.Dial(url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = connection.Close() }) // the test may have ended it
	channel, err := connection.Channel()
	if err != nil {
		tb.Fatal(err)
	}
	return channel
}

// config is quick in giving up an envelope, but not the broker, however busy the machine is.
func config(url string) amqp.Config {
	return amqp.Config{
		URL: url, Subscriptions: subscriptions(), Tries: 3, Backoff: 10 * time.Millisecond, Patience: limit,
	}
}

// impatient is quick in giving up a broker that does not answer, too.
func impatient(url string) amqp.Config {
	c := config(url)
	c.Patience = time.Second
	return c
}

func open(tb testing.TB, c amqp.Config) *amqp.Broker {
	tb.Helper()
	b, err := amqp.Open(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return b
}

func within(tb testing.TB, d time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), d)
	tb.Cleanup(cancel)
	return ctx
}

func envelope(n int) msgqueue.Envelope {
	return msgqueue.Envelope{
		ID: fmt.Sprintf("%06d", n), Name: name, Key: "k", Body: fmt.Appendf(nil, `{"n":%d}`, n),
		Time: time.Date(2026, 5, 1, 19, 30, n%60, 0, time.UTC),
	}
}

func envelopes(from, to int) []msgqueue.Envelope {
	var all []msgqueue.Envelope
	for n := from; n < to; n++ {
		all = append(all, envelope(n))
	}
	return all
}

func emit(tb testing.TB, b *amqp.Broker, all ...msgqueue.Envelope) {
	tb.Helper()
	if err := errors.Join(b.Emit(within(tb, limit), all)...); err != nil {
		tb.Fatalf("Emit: %v", err)
	}
}

// emitSoon emits until it succeeds.
func emitSoon(tb testing.TB, b *amqp.Broker, e msgqueue.Envelope) {
	tb.Helper()
	eventually(tb, "Emit", func() error {
		return errors.Join(b.Emit(within(tb, limit), []msgqueue.Envelope{e})...)
	})
}

// eventually waits until f has no error any more.
func eventually(tb testing.TB, what string, f func() error) {
	tb.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			tb.Fatalf("%s does not come right: %v", what, err)
		}
	}
}

// wantUnavailable wants all errors to say that the broker is not available.
func wantUnavailable(tb testing.TB, errs []error) {
	tb.Helper()
	for _, err := range errs {
		if !errors.Is(err, msgqueue.ErrUnavailable) {
			tb.Errorf("Emit answered %v", err)
		}
	}
}

// arrivals collects the IDs of what is handled.
type arrivals struct {
	mu  sync.Mutex
	ids map[string]int
}

// listen collects until the test ends, and handles with h, if there is one.
func listen(tb testing.TB, b *amqp.Broker, h msgqueue.Handler) *arrivals {
	tb.Helper()
	a := &arrivals{ids: make(map[string]int)}
	ctx, cancel := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- b.Listen(ctx, group, subscriptions()[group], func(ctx context.Context, e msgqueue.Envelope) error {
			if h != nil {
				if err := h(ctx, e); err != nil {
					return err
				}
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			a.ids[e.ID]++
			return nil
		})
	}()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			tb.Errorf("Listen answered %v", err)
		}
	})
	return a
}

func (a *arrivals) missing(all []msgqueue.Envelope) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var missing []string
	for _, e := range all {
		if a.ids[e.ID] == 0 {
			missing = append(missing, e.ID)
		}
	}
	return missing
}

// wait waits until all of these have been handled.
func (a *arrivals) wait(tb testing.TB, all ...msgqueue.Envelope) {
	tb.Helper()
	eventually(tb, "delivery", func() error {
		if missing := a.missing(all); len(missing) > 0 {
			return fmt.Errorf("%d of %d are missing, the first is %s", len(missing), len(all), missing[0])
		}
		return nil
	})
}

// logged collects what is logged.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(line))
	return len(line), nil
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// with answers with the lines that have all of these in them.
func (l *logged) with(parts ...string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.lines), func(line string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) })
	})
}
