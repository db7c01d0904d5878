package boltfile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

var (
	// ErrNotDone means that a change was withdrawn: nothing of it was or will be written.
	ErrNotDone = errors.New("not done")
	// ErrUnknown means that a change may have been written or may still be.
	ErrUnknown = errors.New("outcome unknown")
)

// File is an open file. It is safe for concurrent use.
type File struct {
	db      *bolt.DB
	observe func(time.Duration, error)
	wake    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	closed  bool
	waiting []*change
}

type change struct {
	f    func(*Tx) error
	done chan error
}

// Tx is a transaction that several changes share.
type Tx struct {
	*bolt.Tx
	broken error
}

// Put stores a value. A failure undoes the whole transaction and is reported to all who share it.
func (tx *Tx) Put(bucket string, key, value []byte) {
	if err := tx.Bucket([]byte(bucket)).Put(key, value); err != nil {
		tx.broken = errors.Join(tx.broken, err)
	}
}

// Delete removes a key, which need not be there. Failures are as with Put.
func (tx *Tx) Delete(bucket string, key []byte) {
	if err := tx.Bucket([]byte(bucket)).Delete(key); err != nil {
		tx.broken = errors.Join(tx.broken, err)
	}
}

// DeleteAll removes keys, which need not be there, faster than one after another. Failures are as with Put.
func (tx *Tx) DeleteAll(bucket string, keys ...string) {
	c := tx.Bucket([]byte(bucket)).Cursor()
	for _, key := range keys {
		if found, _ := c.Seek([]byte(key)); string(found) != key {
			continue
		}
		if err := c.Delete(); err != nil {
			tx.broken = errors.Join(tx.broken, err)
		}
	}
}

func start(db *bolt.DB, observe func(time.Duration, error)) *File {
	f := &File{db: db, observe: observe, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go f.write()
	return f
}

// Update has a change made and answers when it is on the disk. All changes that come while the disk is busy share the
// next transaction. f refuses by an error, which comes back as it is; it must look before it writes, since what it
// wrote before an error stays. f may still run after ErrUnknown. If the context ends the answer is ErrNotDone or,
// when it is too late for that, ErrUnknown.
func (f *File) Update(ctx context.Context, do func(*Tx) error) error {
	c := &change{f: do, done: make(chan error, 1)}
	if !f.enqueue(c) {
		return fmt.Errorf("%w: the file is closed", ErrNotDone)
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		if f.withdraw(c) {
			return fmt.Errorf("%w: %w", ErrNotDone, ctx.Err())
		}
		return fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	}
}

// View reads a state of the file that nobody changes meanwhile.
func (f *File) View(ctx context.Context, read func(*bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDone, err)
	}
	err := guard(func() error { return f.db.View(read) })
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return fmt.Errorf("%w: the file is closed", ErrNotDone)
	}
	return err
}

// Close finishes the changes that are waiting and lets go of the file.
func (f *File) Close() error {
	f.mu.Lock()
	closed := f.closed
	f.closed = true
	f.mu.Unlock()
	if closed {
		return nil
	}
	close(f.wake)
	<-f.done
	return f.db.Close()
}

func (f *File) enqueue(c *change) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.waiting = append(f.waiting, c)
	select {
	case f.wake <- struct{}{}:
	default: // the writer will look anyhow
	}
	return true
}

func (f *File) withdraw(c *change) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := slices.Index(f.waiting, c)
	if n < 0 {
		return false
	}
	f.waiting = slices.Delete(f.waiting, n, n+1)
	return true
}

func (f *File) take() []*change {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.waiting
	f.waiting = nil
	return taken
}

// write is the one goroutine that changes the file.
func (f *File) write() {
	defer close(f.done)
	for range f.wake {
		f.commit(f.take())
	}
	f.commit(f.take())
}

// commit makes changes in one transaction. The refused ones are answered with their refusals, all others share what
// becomes of the transaction.
func (f *File) commit(changes []*change) {
	if len(changes) == 0 {
		return
	}
	refusals := make([]error, len(changes))
	began := time.Now()
	err := guard(func() error {
		return f.db.Update(func(btx *bolt.Tx) error {
			tx := &Tx{Tx: btx}
			for n, c := range changes {
				refusals[n] = c.f(tx)
			}
			return tx.broken
		})
	})
	f.observe(time.Since(began), err)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	for n, c := range changes {
		if err != nil || refusals[n] == nil {
			c.done <- err
			continue
		}
		c.done <- refusals[n]
	}
}

// guard turns what a damaged file does to a reader into an error: bbolt panics on pages that make no sense, and the
// system on pages that are missing.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, fault)
		}
	}()
	return f()
}
