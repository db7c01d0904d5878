package backends

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// TestLockFile has whoever comes second wait until the first one is done.
func TestLockFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	first, err := lockFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var released atomic.Bool
	done := make(chan error)
	go func() {
		second, err := lockFile(name)
		if err == nil && !released.Load() {
			t.Error("there are two at a time")
		}
		_ = second.Close() // and nil, if there is none
		done <- err
	}()
	time.Sleep(50 * time.Millisecond) // in which the second would have it, if it could
	released.Store(true)
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
