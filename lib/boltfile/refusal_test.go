package boltfile_test

import (
	"errors"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
)

// TestRefusalInBrokenTransaction has a change refuse because of another one in its transaction, which is then undone:
// the refusal must not outlive its reason.
func TestRefusalInBrokenTransaction(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	began, release := make(chan struct{}), make(chan struct{})
	results := make(chan error, 2)
	blocking := make(chan error, 1)
	go func() {
		blocking <- f.Update(t.Context(), func(*boltfile.Tx) error {
			close(began)
			<-release
			return nil
		})
	}()
	<-began
	exists := errors.New("exists")
	for range 2 {
		go func() {
			results <- f.Update(t.Context(), func(tx *boltfile.Tx) error {
				if tx.Bucket([]byte("numbers")).Get([]byte("one")) != nil {
					return exists
				}
				tx.Put("numbers", []byte("one"), []byte("1"))
				tx.Put("numbers", nil, []byte("a key is missing"))
				return nil
			})
		}()
	}
	boltfile.AwaitQueue(f, 2)
	close(release)
	if err := <-blocking; err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-results; !errors.Is(err, boltfile.ErrUnknown) {
			t.Errorf("a change of an undone transaction was answered with %v", err)
		}
	}
	if has(t, f, []byte("one")) {
		t.Error("the transaction was not undone")
	}
}

func TestViewClosed(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.View(t.Context(), func(*bolt.Tx) error { return nil }); !errors.Is(err, boltfile.ErrNotDone) {
		t.Errorf("a look after the end: %v", err)
	}
}
