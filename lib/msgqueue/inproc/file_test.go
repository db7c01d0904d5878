package inproc_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
)

func open(t *testing.T, directory string, o inproc.Options) *inproc.Broker {
	t.Helper()
	b, err := inproc.Open(directory, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func emit(t *testing.T, b *inproc.Broker, all ...msgqueue.Envelope) {
	t.Helper()
	if err := errors.Join(b.Emit(t.Context(), all)...); err != nil {
		t.Fatal(err)
	}
}

func numbered(n int) []msgqueue.Envelope {
	all := make([]msgqueue.Envelope, n)
	for i := range all {
		all[i] = msgqueue.Envelope{ID: strconv.Itoa(i), Name: name, Body: make([]byte, 400)}
	}
	return all
}

// handleUntil handles envelopes until the one with the ID has been handled.
func handleUntil(t *testing.T, b *inproc.Broker, id string, h func(msgqueue.Envelope) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := b.Listen(ctx, group, []string{name}, func(_ context.Context, e msgqueue.Envelope) error {
		if err := h(e); err != nil {
			return err
		}
		if e.ID == id {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestFileInUse(t *testing.T) {
	directory := t.TempDir()
	open(t, directory, options())
	if _, err := inproc.Open(directory, options()); !errors.Is(err, boltfile.ErrLocked) {
		t.Errorf("opening it twice gives %v, want %v", err, boltfile.ErrLocked)
	}
}

func TestFileDamaged(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "broker.db")
	for _, content := range []string{"", "this is no broker", string(make([]byte, 1<<16))} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := inproc.Open(directory, options()); !errors.Is(err, boltfile.ErrDamaged) {
			t.Errorf("a file of %d bytes gives %v, want %v", len(content), err, boltfile.ErrDamaged)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != content {
			t.Errorf("the file of %d bytes was changed (%v)", len(content), err)
		}
	}
}

// TestNewGroup shows that a group that comes later gets what is emitted from then on.
func TestNewGroup(t *testing.T) {
	directory := t.TempDir()
	b := open(t, directory, inproc.Options{})
	all := numbered(4)
	emit(t, b, all[:2]...)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, directory, options())
	emit(t, b, all[2:]...)
	var got []string
	handleUntil(t, b, "3", func(e msgqueue.Envelope) error {
		got = append(got, e.ID)
		return nil
	})
	if fmt.Sprint(got) != "[2 3]" {
		t.Errorf("it got %v", got)
	}
}

// TestEverythingFails has a handler fail for longer than a queue may have failed envelopes: new ones are kept back
// until it works again, and nothing is lost or given up.
func TestEverythingFails(t *testing.T) {
	o := options()
	o.Tries = 1 << 20
	b := open(t, t.TempDir(), o)
	all := numbered(3000)
	emit(t, b, all...)
	seen := make(map[string]bool)
	var works atomic.Bool
	go func() {
		time.Sleep(time.Second)
		works.Store(true)
	}()
	handled := make(map[string]bool)
	handleUntil(t, b, "2999", func(e msgqueue.Envelope) error {
		if works.Load() {
			handled[e.ID] = true
			return nil
		}
		seen[e.ID] = true
		return errors.New("the store is away")
	})
	if len(seen) > 1000 {
		t.Errorf("%d envelopes were tried while all failed, want at most 1000", len(seen))
	}
	for n := range 3000 {
		if !handled[strconv.Itoa(n)] && n != 2999 {
			emit(t, b, msgqueue.Envelope{ID: "last", Name: name})
			handleUntil(t, b, "last", func(e msgqueue.Envelope) error {
				handled[e.ID] = true
				return nil
			})
			break
		}
	}
	if dead, err := b.CountDeadLetters(t.Context(), group); dead != 0 || err != nil {
		t.Errorf("%d are dead letters (%v)", dead, err)
	}
}

// TestInterrupted shows that a handler which ends with its context does not use up the envelope's tries.
func TestInterrupted(t *testing.T) {
	b := open(t, t.TempDir(), options())
	emit(t, b, msgqueue.Envelope{ID: "last", Name: name})
	for range 3 * options().Tries {
		ctx, cancel := context.WithCancel(t.Context())
		err := b.Listen(ctx, group, []string{name}, func(ctx context.Context, _ msgqueue.Envelope) error {
			cancel()
			return ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	handleUntil(t, b, "last", func(msgqueue.Envelope) error { return nil })
}

func TestClosed(t *testing.T) {
	b := open(t, t.TempDir(), options())
	ended := make(chan error)
	go func() {
		ended <- b.Listen(context.Background(), group, []string{name}, func(context.Context, msgqueue.Envelope) error {
			return nil
		})
	}()
	emit(t, b, numbered(1)...)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("Listen ended with %v", err)
	}
	if err := b.Listen(t.Context(), group, nil, nil); !errors.Is(err, msgqueue.ErrClosed) {
		t.Errorf("Listen after Close answered %v", err)
	}
}

// TestMemory works through a log of many megabytes, of which little may ever be in memory.
func TestMemory(t *testing.T) {
	b := open(t, t.TempDir(), options())
	const n = 100_000
	for range n / 1000 {
		emit(t, b, numbered(1000)...)
	}
	emit(t, b, msgqueue.Envelope{ID: "last", Name: name})
	before := heap()
	count := 0
	var peak uint64
	watch := func() {
		count++
		if count%10_000 == 0 {
			peak = max(peak, heap())
		}
	}
	handleUntil(t, b, "last", func(msgqueue.Envelope) error {
		watch()
		return nil
	})
	err := b.ReadLog(t.Context(), "", func(msgqueue.Position, msgqueue.Envelope) error {
		watch()
		return nil
	})
	if err != nil || count != 2*(n+1) {
		t.Errorf("%d envelopes were read (%v)", count, err)
	}
	if peak > before+4<<20 {
		t.Errorf("the heap grew from %d to %d KiB", before>>10, peak>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
