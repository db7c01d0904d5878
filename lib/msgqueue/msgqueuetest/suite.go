// Package msgqueuetest is the suite that every message broker has to pass.
package msgqueuetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/msgqueue"
)

// patience is how long anything may take that has to happen.
const patience = 60 * time.Second

// The groups of the suite and the names that they listen to.
const (
	tickets = "tickets"
	letters = "letters"

	booked    = "event.booked"
	cancelled = "event.cancelled"
	created   = "location.created"
)

// Subscriptions has the groups that Open must declare.
func Subscriptions() map[string][]string {
	return map[string][]string{tickets: {booked, cancelled}, letters: {booked, cancelled}}
}

// Features says what a broker has besides what all have, and implements an interface for, and what it lacks.
type Features struct {
	// Log: msgqueue.Log.
	Log bool
	// DeadLetters: msgqueue.DeadLetters.
	DeadLetters bool
	// Partitioned says that order is kept only among envelopes of the same key.
	Partitioned bool
	// Unordered says that no order is kept at all. Everything arrives all the same.
	Unordered bool
	// Apart says that what is opened in one system has nothing to do with any other, so that tests can run at the same
	// time. Only those that have the broker die run alone, before the others.
	Apart bool
}

// Broker is a connection to a broker.
type Broker interface {
	msgqueue.EventEmitter
	msgqueue.EventListener
}

// System is a broker with nothing in it.
type System struct {
	// Open connects to it, with the groups of Subscriptions declared. What one connection emitted, the next one finds.
	// An envelope that fails should soon come again and be dead after a handful of tries.
	Open func(t *testing.T) Broker
	// Restart has the broker die without any notice and come back, with the groups of Subscriptions declared before. What
	// was opened before needs not to work any more.
	Restart func(t *testing.T)
}

// Run has every test run on a system of its own.
func Run(t *testing.T, features Features, start func(t *testing.T) System) {
	t.Helper()
	tests := []struct {
		name string
		has  bool
		test func(s *session)
		// kills says that it has the broker die.
		kills bool
	}{
		{"what is emitted before the first Listen arrives", true, beforeListen, false},
		{"an envelope arrives as it was emitted", true, asEmitted, false},
		{"what was acknowledged survives a reopened broker", true, reopened, false},
		{"what was acknowledged survives a killed broker", true, killed, true},
		{"what was handled does not come again after reopening", true, handledBefore, false},
		{"an error has the envelope come again", true, redelivered, false},
		{"a poison message blocks nobody", true, poison, false},
		{"the listeners of a group share", true, shared, false},
		{"every group gets all", true, groups, false},
		{"only the names asked for arrive", true, names, false},
		{"unknown names are counted and skipped", true, unknown, false},
		{"the first deliveries of a key are in order", !features.Unordered, order, false},
		{"Listen ends with its context", true, listenEnds, false},
		{"what was in hand when Listen ended comes again", true, interrupted, false},
		{"many emit at once", true, concurrent, false},
		{"large bodies", true, large, false},
		{"Emit with an ended context", true, endedContext, false},
		{"Emit with nothing, and after Close", true, emptyAndClosed, false},
		{"what always fails becomes a dead letter", features.DeadLetters, deadLetters, false},
		{"dead letters are given back", features.DeadLetters, requeued, false},
		{"dead letters survive a killed broker", features.DeadLetters, deadLettersKept, true},
		{"the log has all from the beginning", features.Log, logFromBeginning, true},
		{"the log goes on behind a position", features.Log, logFromPosition, false},
		{"the log ends with an error", features.Log, logError, false},
		{"the log ends while others emit", features.Log, logEnds, false},
	}
	for _, test := range tests {
		if test.has {
			t.Run(test.name, func(t *testing.T) {
				if features.Apart && !test.kills {
					t.Parallel()
				}
				s := &session{T: t, System: start(t), features: features}
				s.open()
				test.test(s)
			})
		}
	}
}

// session is a test's way to the broker.
type session struct {
	*testing.T
	System
	broker   Broker
	features Features
}

// open connects, and closes what was open.
func (s *session) open() {
	s.Helper()
	if s.broker != nil {
		s.close()
	}
	s.broker = s.Open(s.T)
	s.Cleanup(func() { _ = s.broker.Close() }) // a second time, if the test has closed it
}

func (s *session) close() {
	s.Helper()
	if err := s.broker.Close(); err != nil {
		s.Fatalf("closing the broker: %v", err)
	}
}

func (s *session) restart() {
	s.Helper()
	s.Restart(s.T)
	_ = s.broker.Close() // the broker that it knew is dead
	s.broker = nil
	s.open()
}

func (s *session) context() context.Context {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	s.Cleanup(cancel)
	return ctx
}

// envelope makes one with a body that says its ID. Some belong to a trace, and others to none.
func envelope(name string, n int) msgqueue.Envelope {
	id := fmt.Sprintf("%s:%06d", name, n)
	e := msgqueue.Envelope{
		ID: id, Name: name, Key: fmt.Sprintf("key-%d", n%7), Body: fmt.Appendf(nil, `{"id":%q}`, id),
		Time: time.Date(2026, 5, 1, 19, 30, n%60, 0, time.UTC),
	}
	if n%3 != 0 {
		e.Trace = fmt.Sprintf("00-0af7651916cd43dd8448eb211c80319c-%016x-01", n)
	}
	return e
}

func envelopes(name string, n int) []msgqueue.Envelope {
	all := make([]msgqueue.Envelope, n)
	for i := range all {
		all[i] = envelope(name, i)
	}
	return all
}

func (s *session) emit(all ...msgqueue.Envelope) {
	s.Helper()
	errs := s.broker.Emit(s.context(), all)
	if len(errs) != len(all) {
		s.Fatalf("Emit answered %d errors for %d envelopes", len(errs), len(all))
	}
	if err := errors.Join(errs...); err != nil {
		s.Fatalf("Emit: %v", err)
	}
}

// listener collects what arrives.
type listener struct {
	*session
	stop func()

	mu       sync.Mutex
	arrived  []msgqueue.Envelope
	changed  chan struct{}
	handling msgqueue.Handler
}

// listen starts a listener for the names of the group. With a handler, only what it handles has arrived.
func (s *session) listen(group string, handle msgqueue.Handler) *listener {
	return s.listenTo(group, Subscriptions()[group], handle)
}

func (s *session) listenTo(group string, names []string, handle msgqueue.Handler) *listener {
	l := &listener{session: s, changed: make(chan struct{}, 1), handling: handle}
	ctx, cancel := context.WithCancel(s.Context())
	ended := make(chan error, 1)
	broker := s.broker
	go func() { ended <- broker.Listen(ctx, group, names, l.handle) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				s.Errorf("Listen answered %v, want that its context was cancelled", err)
			}
		case <-time.After(patience):
			s.Error("Listen does not end")
		}
	})
	s.Cleanup(l.stop)
	return l
}

func (l *listener) handle(ctx context.Context, e msgqueue.Envelope) error {
	if l.handling != nil {
		if err := l.handling(ctx, e); err != nil {
			return err
		}
	}
	l.mu.Lock()
	l.arrived = append(l.arrived, e)
	l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return nil
}

func (l *listener) ids() []string { return ids(l.got()) }

func (l *listener) got() []msgqueue.Envelope {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.arrived)
}

// wait waits until all of these have arrived.
func (l *listener) wait(all ...msgqueue.Envelope) {
	l.Helper()
	waitForAll(l.T, all, l)
}

// waitForAll waits until the listeners together have all of these.
func waitForAll(t *testing.T, all []msgqueue.Envelope, listeners ...*listener) {
	t.Helper()
	missing := func() []string {
		arrived := make(map[string]bool)
		for _, l := range listeners {
			for _, id := range l.ids() {
				arrived[id] = true
			}
		}
		return slices.DeleteFunc(ids(all), func(id string) bool { return arrived[id] })
	}
	end := time.After(patience)
	for len(missing()) > 0 {
		select {
		case <-listeners[0].changed:
		case <-listeners[len(listeners)-1].changed:
		case <-end:
			t.Fatalf("%d of %d envelopes do not arrive: %s", len(missing()), len(all),
				strings.Join(missing()[:min(10, len(missing()))], ", "))
		}
	}
}

// waitFor waits until a handler has begun.
func (s *session) waitFor(begun <-chan struct{}) {
	s.Helper()
	select {
	case <-begun:
	case <-time.After(patience):
		s.Fatal("nothing arrives")
	}
}

func ids(all []msgqueue.Envelope) []string {
	list := make([]string, len(all))
	for n, e := range all {
		list[n] = e.ID
	}
	return list
}

// wantSame compares envelopes, with their times by the second, in the order that the broker keeps.
func (s *session) wantSame(want, got []msgqueue.Envelope) {
	s.Helper()
	if s.features.Partitioned || s.features.Unordered {
		want, got = s.arranged(want), s.arranged(got)
	}
	seconds := cmp.Comparer(func(a, b time.Time) bool { return a.Unix() == b.Unix() })
	bodies := cmp.Comparer(bytes.Equal) // at once: byte by byte, it takes seconds for large ones
	if diff := cmp.Diff(want, got, seconds, bodies); diff != "" {
		s.Errorf("(-want +got):\n%s", diff)
	}
}

// arranged brings envelopes into an order that hides what the broker does not keep.
func (s *session) arranged(all []msgqueue.Envelope) []msgqueue.Envelope {
	by := func(e msgqueue.Envelope) string { return e.Key }
	if s.features.Unordered {
		by = func(e msgqueue.Envelope) string { return e.ID }
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b msgqueue.Envelope) int { return strings.Compare(by(a), by(b)) })
	return all
}

// wantOnce checks that nothing arrived twice.
func wantOnce(t *testing.T, got []string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, id := range got {
		if seen[id] {
			t.Errorf("%s came again", id)
		}
		seen[id] = true
	}
}
