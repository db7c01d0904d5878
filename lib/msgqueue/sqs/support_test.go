package sqs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/config"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/sqs"
)

// limit is how long anything may take that has to happen.
const limit = 60 * time.Second

const (
	group = "tickets"
	name  = "event.booked"
)

func subscriptions() map[string][]string { return map[string][]string{group: {name}} }

// config has queues of its own, and is quick in giving up an envelope, but not a server that has just started.
func config(tb testing.TB) sqs.Config {
	tb.Helper()
	return sqs.Config{
		Prefix: "test-" + rand.Text()[:8] + "-", Subscriptions: subscriptions(), Tries: 3, Backoff: 10 * time.Millisecond,
		Visibility: 10 * time.Second, Wait: time.Second, Patience: 40 * time.Second,
	}
}

func open(tb testing.TB, c sqs.Config) *sqs.Broker {
	tb.Helper()
	b, err := sqs.Open(c)
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

// raw is the bare client of the SDK, and the URL of the group's queue.
func raw(tb testing.TB, c sqs.Config) (client *awssqs.Client, url *string) {
	tb.Helper()
	loaded, err := sdk.LoadDefaultConfig(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	connections := &http.Client{Transport: &http.Transport{}} // the SDK's own stay open
	tb.Cleanup(connections.CloseIdleConnections)
	loaded.HTTPClient = connections
	client = awssqs.NewFromConfig(loaded)
	queue := c.Prefix + group
	if c.FIFO {
		queue += ".fifo"
	}
	found, err := client.GetQueueUrl(tb.Context(), &awssqs.GetQueueUrlInput{QueueName: aws.String(queue)})
	if err != nil {
		tb.Fatal(err)
	}
	return client, found.QueueUrl
}

func within(tb testing.TB, d time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), d)
	tb.Cleanup(cancel)
	return ctx
}

func envelope(n int) msgqueue.Envelope {
	return msgqueue.Envelope{
		ID: fmt.Sprintf("%06d", n), Name: name, Key: fmt.Sprintf("k%d", n%7), Body: fmt.Appendf(nil, `{"n":%d}`, n),
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

func emit(tb testing.TB, b *sqs.Broker, all ...msgqueue.Envelope) {
	tb.Helper()
	if err := errors.Join(b.Emit(within(tb, limit), all)...); err != nil {
		tb.Fatalf("Emit: %v", err)
	}
}

// emitSoon emits until it succeeds.
func emitSoon(tb testing.TB, b *sqs.Broker, e msgqueue.Envelope) {
	tb.Helper()
	eventually(tb, "Emit", func() error { return errors.Join(b.Emit(within(tb, limit), []msgqueue.Envelope{e})...) })
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

// arrivals collects what is handled.
type arrivals struct {
	mu  sync.Mutex
	all []msgqueue.Envelope
}

// listen collects until the test ends, and handles with h, if there is one.
func listen(tb testing.TB, b *sqs.Broker, h msgqueue.Handler) *arrivals {
	tb.Helper()
	a := new(arrivals)
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
			a.all = append(a.all, e)
			return nil
		})
	}()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) && !errors.Is(err, msgqueue.ErrClosed) {
			tb.Errorf("Listen answered %v", err)
		}
	})
	return a
}

func (a *arrivals) got() []msgqueue.Envelope {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

// times is how often an envelope was handled.
func (a *arrivals) times(e msgqueue.Envelope) (n int) {
	for _, got := range a.got() {
		if got.ID == e.ID {
			n++
		}
	}
	return n
}

// wait waits until all of these have been handled.
func (a *arrivals) wait(tb testing.TB, all ...msgqueue.Envelope) {
	tb.Helper()
	eventually(tb, "delivery", func() error {
		arrived := make(map[string]bool)
		for _, e := range a.got() {
			arrived[e.ID] = true
		}
		missing := slices.DeleteFunc(slices.Clone(all), func(e msgqueue.Envelope) bool { return arrived[e.ID] })
		if len(missing) > 0 {
			return fmt.Errorf("%d of %d are missing, the first is %s", len(missing), len(all), missing[0].ID)
		}
		return nil
	})
}

// once wants nothing to have been handled twice.
func (a *arrivals) once(tb testing.TB) {
	tb.Helper()
	seen := make(map[string]bool)
	for _, e := range a.got() {
		if seen[e.ID] {
			tb.Errorf("%s came again", e.ID)
		}
		seen[e.ID] = true
	}
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
