package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// store is a store in memory. It takes its time, and fails as it is told.
type store struct {
	takes time.Duration
	// fail decides by the name of the method.
	fail func(method string) error

	mu        sync.Mutex
	documents []string // in the order in which Pending comes by
	outbox    map[string][]persistence.Message
	total     int
	cursor    int
	holder    string
	until     time.Time
	calls     map[string]int
	read      int // messages
}

func newStore() *store {
	return &store{
		takes: time.Millisecond, fail: func(string) error { return nil },
		outbox: make(map[string][]persistence.Message), calls: make(map[string]int),
	}
}

// call takes its time and says how the call ends.
func (s *store) call(ctx context.Context, method string) error {
	s.mu.Lock()
	s.calls[method]++
	fail := s.fail
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	return fail(method)
}

func (s *store) failing(f func(method string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = f
}

// add stores the next message of a document and says whether it is the oldest.
func (s *store) add(document string, version int64) (m persistence.Message, oldest bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m = persistence.Message{
		ID: persistence.MessageID(document, version), Document: document, Name: "event.booked", Key: "key",
		Body: []byte(`{"seats":4}`), Time: time.Now(),
	}
	waiting, known := s.outbox[document]
	if !known {
		s.documents = append(s.documents, document)
	}
	s.outbox[document] = append(waiting, m)
	s.total++
	return m, len(waiting) == 0
}

func (s *store) Pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	s.mu.Lock()
	var found []persistence.Message
	for seen := 0; seen < len(s.documents) && len(found) < limit; seen++ {
		s.cursor = (s.cursor + 1) % len(s.documents)
		if waiting := s.outbox[s.documents[s.cursor]]; len(waiting) > 0 {
			found = append(found, waiting[0])
		}
	}
	s.read += len(found)
	s.mu.Unlock()
	return found, s.call(ctx, "Pending") // what is answered may be over by now
}

func (s *store) Done(ctx context.Context, ids ...string) error {
	if err := s.call(ctx, "Done"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		document := id[:len(id)-17]
		if n := slices.IndexFunc(s.outbox[document], func(m persistence.Message) bool { return m.ID == id }); n >= 0 {
			s.outbox[document] = slices.Delete(s.outbox[document], n, n+1)
			s.total--
		}
	}
	return nil
}

func (s *store) Backlog(ctx context.Context) (persistence.Backlog, error) {
	if err := s.call(ctx, "Backlog"); err != nil {
		return persistence.Backlog{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := persistence.Backlog{Messages: s.total}
	for _, waiting := range s.outbox {
		if len(waiting) > 0 && (b.Oldest.IsZero() || waiting[0].Time.Before(b.Oldest)) {
			b.Oldest = waiting[0].Time
		}
	}
	return b, nil
}

func (s *store) Lease(ctx context.Context, holder string, d time.Duration) (bool, error) {
	if err := s.call(ctx, "Lease"); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder != holder && time.Now().Before(s.until) {
		return false, nil
	}
	s.holder, s.until = holder, time.Now().Add(d)
	return true, nil
}

func (s *store) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

func (s *store) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// emitter is a broker that takes its time and fails as it is told.
type emitter struct {
	takes time.Duration

	mu    sync.Mutex
	fail  func(e msgqueue.Envelope) error
	calls int
	sent  []string
	last  msgqueue.Envelope
}

func newEmitter() *emitter {
	return &emitter{takes: 2 * time.Millisecond, fail: func(msgqueue.Envelope) error { return nil }}
}

func (e *emitter) failing(f func(msgqueue.Envelope) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = f
}

func (e *emitter) Emit(ctx context.Context, envelopes []msgqueue.Envelope) []error {
	e.mu.Lock()
	e.calls++
	takes := e.takes
	e.mu.Unlock()
	var ended error
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		ended = fmt.Errorf("%w: %w", msgqueue.ErrUnavailable, ctx.Err())
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	errs := make([]error, len(envelopes))
	for n, envelope := range envelopes {
		if errs[n] = ended; ended == nil {
			errs[n] = e.fail(envelope)
		}
		if errs[n] == nil {
			e.sent = append(e.sent, envelope.ID)
			e.last = envelope
		}
	}
	return errs
}

func (e *emitter) Close() error { return nil }

func (e *emitter) ids() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.sent)
}

func (e *emitter) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls
}

// away and here switch the broker off and on.
func (e *emitter) away() {
	e.failing(func(msgqueue.Envelope) error { return msgqueue.ErrUnavailable })
}

func (e *emitter) here() { e.failing(func(msgqueue.Envelope) error { return nil }) }

// wantOrder checks that of each document all messages arrived, and for the first time in the order of their versions.
func wantOrder(t *testing.T, sent []string, documents, versions int) {
	t.Helper()
	next := make(map[string]int64)
	for _, id := range sent {
		document := id[:len(id)-17]
		switch want := persistence.MessageID(document, next[document]+1); {
		case id == want:
			next[document]++
		case id > want:
			t.Fatalf("%s was sent before %s", id, want)
		}
	}
	if len(next) != documents {
		t.Errorf("messages of %d documents arrived, want %d", len(next), documents)
	}
	for document, n := range next {
		if n != int64(versions) {
			t.Errorf("%d messages of %s arrived, want %d", n, document, versions)
		}
	}
}

// wantOnce checks that nothing was sent again.
func wantOnce(t *testing.T, sent []string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, id := range sent {
		if seen[id] {
			t.Errorf("%s was sent again", id)
		}
		seen[id] = true
	}
}
