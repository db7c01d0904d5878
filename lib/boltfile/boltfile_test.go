package boltfile_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	bolt "go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"myevents/lib/boltfile"
)

// childFile names, for a process that this test starts, the file that it works on.
const childFile = "BOLTFILE_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		writeForever(path)
	}
	goleak.VerifyTestMain(m)
}

func layout() boltfile.Layout {
	return boltfile.Layout{Kind: "test", Schema: 3, Buckets: []string{"numbers"}}
}

// writeForever writes numbers from several goroutines and prints each when it is said to be on the disk.
func writeForever(path string) {
	f, err := boltfile.Open(path, layout())
	if err != nil {
		panic(err)
	}
	var printing sync.Mutex
	for worker := range uint64(4) {
		go func() {
			for n := uint64(0); ; n++ {
				key := binary.BigEndian.AppendUint64(nil, n*4+worker)
				err := f.Update(context.Background(), func(tx *boltfile.Tx) error {
					tx.Put("numbers", key, key)
					return nil
				})
				if err != nil {
					panic(err)
				}
				printing.Lock()
				fmt.Println(n*4 + worker)
				printing.Unlock()
			}
		}()
	}
	select {}
}

func open(t *testing.T, path string) *boltfile.File {
	t.Helper()
	f, err := boltfile.Open(path, layout())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func put(f *boltfile.File, key string) error {
	return f.Update(context.Background(), func(tx *boltfile.Tx) error {
		tx.Put("numbers", []byte(key), []byte(key))
		return nil
	})
}

func has(t *testing.T, f *boltfile.File, key []byte) bool {
	t.Helper()
	found := false
	err := f.View(t.Context(), func(tx *bolt.Tx) error {
		found = tx.Bucket([]byte("numbers")).Get(key) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestKilled kills a writing process: every number that it printed is there. It holds the lock until then.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	for round := range 3 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childFile+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var printed []uint64
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var n uint64
			if _, err := fmt.Sscan(lines.Text(), &n); err == nil {
				printed = append(printed, n)
			}
			if len(printed) == 100 {
				if _, err := boltfile.Open(path, layout()); !errors.Is(err, boltfile.ErrLocked) {
					t.Errorf("while the other process runs: %v", err)
				}
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = child.Wait() // it was killed
		f, err := boltfile.Open(path, layout())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range printed {
			if !has(t, f, binary.BigEndian.AppendUint64(nil, n)) {
				t.Errorf("round %d: %d was acknowledged and is not there", round, n)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	f := open(t, whole)
	for n := range 2000 {
		if n%100 == 0 {
			if err := put(f, strings.Repeat("x", 500)+fmt.Sprint(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	garbage := append(make([]byte, 0, len(content)), content...)
	for i := range 2 * page {
		garbage[i] = byte(i * 7)
	}
	within := append(make([]byte, 0, len(content)), content...)
	for i := 4 * page; i < len(within); i++ {
		within[i] = byte(i * 7)
	}
	for name, damaged := range map[string][]byte{
		"empty": {}, "one byte": content[:1], "half a page": content[:page/2], "one page": content[:page],
		"two pages": content[:2*page], "three pages": content[:3*page], "half": content[:len(content)/2/page*page],
		"garbage in front": garbage, "garbage within": within, "another file": []byte(strings.Repeat("Dear diary. ", 4000)),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := boltfile.Open(path, layout())
			if !errors.Is(err, boltfile.ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("it was opened with %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || len(after) != len(damaged) {
				t.Errorf("the damaged file was changed, %v", err)
			}
		})
	}
}

func TestForeignFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]boltfile.Layout{
		"other kind": {Kind: "other", Schema: 3}, "newer schema": {Kind: "test", Schema: 2},
	} {
		if _, err := boltfile.Open(path, l); !errors.Is(err, boltfile.ErrForeign) {
			t.Errorf("%s: it was opened with %v", name, err)
		}
	}
	plain := filepath.Join(t.TempDir(), "plain.db")
	db, err := bolt.Open(plain, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := boltfile.Open(plain, layout()); !errors.Is(err, boltfile.ErrForeign) {
		t.Errorf("a file of another program was opened with %v", err)
	}
	newer := layout()
	newer.Schema, newer.Buckets = 4, []string{"numbers", "letters"}
	f, err := boltfile.Open(path, newer)
	if err != nil {
		t.Fatalf("a newer program cannot open it: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestUpgrade opens a file with a newer program: it changes the file once, all or nothing, and the older program leaves
// the file alone from then on.
func TestUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	f := open(t, path)
	if err := errors.Join(put(f, "old"), f.Close()); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	newer := layout()
	newer.Schema, newer.Buckets = 4, []string{"numbers", "letters"}
	for _, failure := range []error{broken, nil, errors.New("done again")} {
		newer.Upgrade = func(tx *boltfile.Tx) error {
			tx.Put("numbers", []byte("new"), nil)
			return failure
		}
		f, err := boltfile.Open(path, newer)
		if errors.Is(failure, broken) {
			if !errors.Is(err, broken) {
				t.Fatalf("the failed upgrade ended with %v", err)
			}
			older := open(t, path)
			if !has(t, older, []byte("old")) || has(t, older, []byte("new")) {
				t.Error("a failed upgrade changed the file")
			}
			if err := older.Close(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !has(t, f, []byte("old")) || !has(t, f, []byte("new")) {
			t.Error("the upgraded file is not complete")
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := boltfile.Open(path, layout()); !errors.Is(err, boltfile.ErrForeign) {
		t.Errorf("the older program opened it with %v", err)
	}
}

func TestMissingDirectory(t *testing.T) {
	_, err := boltfile.Open(filepath.Join(t.TempDir(), "none", "test.db"), layout())
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// TestShare has many changes share transactions: refusals hurt nobody else.
func TestShare(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	refusal := errors.New("no")
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			key := fmt.Sprint(n)
			if n%3 != 0 {
				if err := put(f, key); err != nil {
					t.Error(err)
				}
				return
			}
			err := f.Update(t.Context(), func(*boltfile.Tx) error { return refusal })
			if !errors.Is(err, refusal) {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	for n := range 200 {
		if got := has(t, f, []byte(fmt.Sprint(n))); got != (n%3 != 0) {
			t.Errorf("%d is there: %t", n, got)
		}
	}
}

// TestDeleteAll removes keys of many pages, in any order, some of them twice and some that were never there: all others
// stay.
func TestDeleteAll(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	const keys = 3000
	name := func(n int) string { return fmt.Sprintf("%06d", n) }
	var gone []string
	for _, n := range rand.New(rand.NewPCG(1, 2)).Perm(keys) {
		if n%3 != 0 && n > keys/4 || n == 0 {
			gone = append(gone, name(n), name(n+keys), name(n))
		}
	}
	err := f.Update(t.Context(), func(tx *boltfile.Tx) error {
		for n := range keys {
			tx.Put("numbers", []byte(name(n)), bytes.Repeat([]byte("x"), 100))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = f.Update(t.Context(), func(tx *boltfile.Tx) error {
		tx.DeleteAll("numbers", gone...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range keys {
		if want := !slices.Contains(gone, name(n)); has(t, f, []byte(name(n))) != want {
			t.Errorf("%d is there: %t", n, !want)
		}
	}
}

// TestBrokenTransaction has a write that bbolt does not take undo what shares its transaction.
func TestBrokenTransaction(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	err := f.Update(t.Context(), func(tx *boltfile.Tx) error {
		tx.Put("numbers", []byte("good"), nil)
		tx.Put("numbers", nil, []byte("a key is missing"))
		return nil
	})
	if err == nil || has(t, f, []byte("good")) {
		t.Errorf("half of a change was made, %v", err)
	}
	if err := put(f, "next"); err != nil {
		t.Errorf("the next change: %v", err)
	}
}

// TestEndedContexts ends the context of a change that waits, and of one that is being made.
func TestEndedContexts(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	began, release := make(chan struct{}), make(chan struct{})
	running, endRunning := context.WithCancel(t.Context())
	results := make(chan error, 2)
	go func() {
		results <- f.Update(running, func(tx *boltfile.Tx) error {
			close(began)
			<-release
			tx.Put("numbers", []byte("running"), nil)
			return nil
		})
	}()
	<-began
	waiting, endWaiting := context.WithCancel(t.Context())
	endWaiting()
	err := f.Update(waiting, func(tx *boltfile.Tx) error {
		tx.Put("numbers", []byte("waiting"), nil)
		return nil
	})
	if !errors.Is(err, boltfile.ErrNotDone) {
		t.Errorf("the waiting change ended with %v", err)
	}
	endRunning()
	if err := <-results; !errors.Is(err, boltfile.ErrUnknown) {
		t.Errorf("the running change ended with %v", err)
	}
	close(release)
	if err := put(f, "after"); err != nil {
		t.Fatal(err)
	}
	if !has(t, f, []byte("running")) || has(t, f, []byte("waiting")) {
		t.Error("the withdrawn change was made, or the running one was not")
	}
}

func TestClosed(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := put(f, "late"); !errors.Is(err, boltfile.ErrNotDone) {
		t.Errorf("a change after the end: %v", err)
	}
}
