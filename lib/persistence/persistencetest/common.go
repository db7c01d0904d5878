package persistencetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

// writer stores a version of a document together with its message.
type writer func(ctx context.Context, store persistence.Common, id persistence.ID, version int64) error

// testCommon tests what every store has.
func testCommon(t *testing.T, open func(*testing.T) persistence.Common, write writer) {
	t.Helper()
	t.Run("outbox", func(t *testing.T) { testOutbox(t, open(t), write) })
	t.Run("outbox comes by every document", func(t *testing.T) { testFairOutbox(t, open(t), write) })
	t.Run("concurrent relays", func(t *testing.T) { testConcurrentRelays(t, open(t), write) })
	t.Run("lease", func(t *testing.T) { testLease(t, open(t)) })
	t.Run("kept values", func(t *testing.T) { testKeep(t, open(t)) })
	t.Run("replaced values", func(t *testing.T) { testReplace(t, open(t)) })
	t.Run("ended contexts", func(t *testing.T) { testEndedContext(t, open(t), write) })
}

// drain takes all messages from the outboxes, and checks that each document's come one by one and in their order.
func drain(ctx context.Context, t *testing.T, store persistence.Outbox) []persistence.Message {
	t.Helper()
	var all []persistence.Message
	last := make(map[string]string)
	for {
		pending, err := store.Pending(ctx, 7)
		want(t, err, nil)
		if len(pending) == 0 {
			return all
		}
		ids := make([]string, len(pending))
		seen := make(map[string]bool)
		for n, m := range pending {
			if seen[m.Document] {
				t.Fatalf("two messages of %s at once", m.Document)
			}
			seen[m.Document] = true
			if m.ID <= last[m.Document] {
				t.Fatalf("%s comes after %s", m.ID, last[m.Document])
			}
			last[m.Document], ids[n] = m.ID, m.ID
		}
		want(t, store.Done(ctx, ids...), nil)
		all = append(all, pending...)
	}
}

func testOutbox(t *testing.T, store persistence.Common, write writer) {
	t.Helper()
	ctx := bounded(t)
	began := time.Now().Add(-time.Second)
	ids := []persistence.ID{persistence.NewID(), persistence.NewID(), persistence.NewID()}
	for version := range int64(3) {
		for _, id := range ids {
			want(t, write(ctx, store, id, version+1), nil)
		}
	}
	backlog, err := store.Backlog(ctx)
	want(t, err, nil)
	if backlog.Messages != 9 || backlog.Oldest.Before(began) || backlog.Oldest.After(time.Now()) {
		t.Errorf("the backlog is %+v", backlog)
	}
	pending, err := store.Pending(ctx, 10)
	want(t, err, nil)
	if len(pending) != 3 {
		t.Fatalf("%d documents have %d messages pending", len(ids), len(pending))
	}
	first := pending[0]
	expected := message(first.Document, 1)
	expected.Time = first.Time
	if diff := cmp.Diff(expected, first); diff != "" {
		t.Errorf("the message differs (-stored +pending):\n%s", diff)
	}
	want(t, store.Done(ctx, first.ID), nil)
	want(t, store.Done(ctx, first.ID), nil)
	want(t, store.Done(ctx, "0123456789abcdef01234567:0000000000000001"), nil)
	if got := len(drain(ctx, t, store)); got != 8 {
		t.Errorf("%d messages were left", got)
	}
	backlog, err = store.Backlog(ctx)
	want(t, err, nil)
	if backlog.Messages != 0 || !backlog.Oldest.IsZero() {
		t.Errorf("the backlog of empty outboxes is %+v", backlog)
	}
}

// testFairOutbox leaves everything in the outbox: the calls have to come by all documents all the same.
func testFairOutbox(t *testing.T, store persistence.Common, write writer) {
	t.Helper()
	const documents, page = 50, 7
	ctx := bounded(t)
	for range documents {
		want(t, write(ctx, store, persistence.NewID(), 1), nil)
	}
	seen := make(map[string]bool)
	for range 3 * documents / page {
		pending, err := store.Pending(ctx, page)
		want(t, err, nil)
		if len(pending) > page {
			t.Fatalf("%d messages where at most %d were wanted", len(pending), page)
		}
		for _, m := range pending {
			seen[m.Document] = true
		}
	}
	if len(seen) != documents {
		t.Errorf("of %d documents only %d were seen", documents, len(seen))
	}
}

func testLease(t *testing.T, store persistence.Common) {
	t.Helper()
	ctx := bounded(t)
	lease := func(holder string, d time.Duration) bool {
		ok, err := store.Lease(ctx, holder, d)
		want(t, err, nil)
		return ok
	}
	for range 2 {
		if !lease("one", time.Hour) {
			t.Error("the first holder does not get the lease, or not again")
		}
	}
	if lease("two", time.Hour) {
		t.Error("two hold the lease")
	}
	if !lease("one", time.Millisecond) {
		t.Error("the holder cannot shorten the lease")
	}
	for deadline := time.Now().Add(timeout); !lease("two", time.Hour); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the lease does not end")
		}
	}
}

// testKeep has many keep a value of their own under one name: all get the same.
func testKeep(t *testing.T, store persistence.Common) {
	t.Helper()
	ctx := bounded(t)
	kept := make([][]byte, 16)
	var all sync.WaitGroup
	for n := range kept {
		all.Go(func() {
			value, err := store.Keep(ctx, "secret", []byte{byte(n), 0, 0xff})
			if err != nil {
				t.Error(err)
			}
			kept[n] = value
		})
	}
	all.Wait()
	for _, value := range kept {
		if len(value) != 3 || !bytes.Equal(value, kept[0]) {
			t.Fatalf("different values were kept: %v", kept)
		}
	}
	other, err := store.Keep(ctx, "other", []byte("x"))
	want(t, err, nil)
	if string(other) != "x" {
		t.Errorf("%q was kept under another name", other)
	}
}

// testReplace has many replace one value: one of them does.
func testReplace(t *testing.T, store persistence.Common) {
	t.Helper()
	ctx := bounded(t)
	first := []byte{1, 0, 0xff}
	want(t, store.Replace(ctx, "keys", first, []byte("x")), persistence.ErrConflict)
	kept, err := store.Keep(ctx, "keys", first)
	want(t, err, nil)
	winner := exactlyOne(t, persistence.ErrConflict, func(n int) error {
		return store.Replace(ctx, "keys", kept, []byte{2, byte(n)})
	})
	kept, err = store.Keep(ctx, "keys", first)
	want(t, err, nil)
	if !bytes.Equal(kept, []byte{2, byte(winner)}) {
		t.Errorf("%v is kept, and %d has replaced it", kept, winner)
	}
}

func testEndedContext(t *testing.T, store persistence.Common, write writer) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	id := persistence.NewID()
	err := write(ended, store, id, 1)
	if !errors.Is(err, persistence.ErrUnavailable) && !errors.Is(err, persistence.ErrUnknown) {
		t.Errorf("a change after the context had ended: %v", err)
	}
	want(t, store.Ping(ended), persistence.ErrUnavailable)
	want(t, store.Ping(bounded(t)), nil)
}
