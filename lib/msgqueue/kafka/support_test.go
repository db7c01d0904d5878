package kafka_test

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

	"github.com/twmb/franz-go/pkg/kgo"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
)

// limit is how long anything may take that has to happen.
const limit = 60 * time.Second

const (
	group = "tickets"
	name  = "event.booked"
)

func subscriptions() map[string][]string { return map[string][]string{group: {name}} }

// server starts Kafka, or takes the one that runs, and removes what another test may have left.
func server(tb testing.TB) *backends.Kafka {
	tb.Helper()
	k := backends.SharedKafka(tb)
	k.Empty(tb)
	return k
}

// raw is the bare library.
func raw(tb testing.TB, k *backends.Kafka, options ...kgo.Opt) *kgo.Client {
	tb.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(k.URLs...), kgo.DisableClientMetrics(),
		kgo.MetadataMinAge(100*time.Millisecond), kgo.FetchMaxWait(100*time.Millisecond))...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

// config is quick in giving up.
func config(k *backends.Kafka) kafka.Config {
	return kafka.Config{
		URLs: k.URLs, Partitions: 4, Subscriptions: subscriptions(), Tries: 3, Backoff: 10 * time.Millisecond,
		Patience: 3 * time.Second,
	}
}

func open(tb testing.TB, c kafka.Config) *kafka.Broker {
	tb.Helper()
	b, err := kafka.Open(c)
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

func within(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), limit)
	tb.Cleanup(cancel)
	return ctx
}

// envelope makes the n-th one; there are seven keys.
func envelope(n int) msgqueue.Envelope {
	return msgqueue.Envelope{
		ID: fmt.Sprintf("%08d", n), Name: name, Key: fmt.Sprintf("key-%d", n%7), Body: fmt.Appendf(nil, `{"n":%d}`, n),
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

// emit emits; it has to succeed at once.
func emit(tb testing.TB, b *kafka.Broker, all ...msgqueue.Envelope) {
	tb.Helper()
	if err := errors.Join(b.Emit(within(tb), all)...); err != nil {
		tb.Fatalf("Emit: %v", err)
	}
}

// emitSoon emits until it succeeds.
func emitSoon(tb testing.TB, b *kafka.Broker, e msgqueue.Envelope) {
	tb.Helper()
	eventually(tb, "Emit", func() error { return errors.Join(b.Emit(within(tb), []msgqueue.Envelope{e})...) })
}

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

// arrivals collects the IDs of what is handled, in the order of the first times.
type arrivals struct {
	mu    sync.Mutex
	times map[string]int
	first []msgqueue.Envelope
}

func newArrivals() *arrivals { return &arrivals{times: make(map[string]int)} }

// listen collects until the test ends, and handles with h, if there is one.
func listen(tb testing.TB, b *kafka.Broker, h msgqueue.Handler) *arrivals {
	tb.Helper()
	a := newArrivals()
	a.listen(tb, b, h)
	return a
}

// listen adds a listener, which ends with the test, or with the function.
func (a *arrivals) listen(tb testing.TB, b *kafka.Broker, h msgqueue.Handler) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- b.Listen(ctx, group, subscriptions()[group], func(ctx context.Context, e msgqueue.Envelope) error {
			if h != nil {
				if err := h(ctx, e); err != nil {
					return err
				}
			}
			a.add(e)
			return nil
		})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			tb.Errorf("Listen answered %v", err)
		}
	})
	tb.Cleanup(stop)
	return stop
}

func (a *arrivals) add(e msgqueue.Envelope) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.times[e.ID] == 0 {
		a.first = append(a.first, e)
	}
	a.times[e.ID]++
}

func (a *arrivals) missing(all []msgqueue.Envelope) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var missing []string
	for _, e := range all {
		if a.times[e.ID] == 0 {
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

// wantOrder wants the first deliveries of every key in the order of the IDs.
func (a *arrivals) wantOrder(tb testing.TB) {
	tb.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	last := make(map[string]string)
	for _, e := range a.first {
		if e.ID < last[e.Key] {
			tb.Errorf("%s came first after %s of the same key", e.ID, last[e.Key])
		}
		last[e.Key] = e.ID
	}
}

// logged collects what is logged.
type logged struct {
	mu    sync.Mutex
	lines []string
}

// Write implements io.Writer.
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
