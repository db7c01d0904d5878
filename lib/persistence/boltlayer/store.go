// Package boltlayer keeps the documents of a service in one bbolt file, for a single process. Every change is one
// transaction, on the disk before it is acknowledged; changes that come together share one.
package boltlayer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// Buckets that every store has.
const (
	outboxBucket = "outbox"
	keptBucket   = "kept"
)

// store is what the stores of both services have in common: persistence.Common.
type store struct {
	file *boltfile.File

	mu       sync.Mutex
	position []byte // where Pending goes on
	holder   string // of the lease; there is but one process, so it need not be in the file
	until    time.Time
}

func open(path string, l boltfile.Layout, observe persistence.Observer) (*store, error) {
	l.Buckets = append(l.Buckets, outboxBucket, keptBucket)
	l.Observe = commits(observe)
	f, err := boltfile.Open(path, l)
	if err != nil {
		return nil, err
	}
	return &store{file: f}, nil
}

// commits tells an observer, if there is one, of a file's transactions.
func commits(observe persistence.Observer) func(time.Duration, error) {
	if observe == nil {
		return nil
	}
	return func(took time.Duration, err error) { observe("commit", took, err) }
}

// update makes a change with the errors that persistence promises.
func (s *store) update(ctx context.Context, do func(*boltfile.Tx) error) error {
	return translate(s.file.Update(ctx, do))
}

// updated is update with a result, which counts only where there is no error: a change whose outcome is unknown may
// still be made, and set it, later.
func updated[T any](ctx context.Context, s *store, do func(*boltfile.Tx) (T, error)) (T, error) {
	result := new(T)
	err := s.update(ctx, func(tx *boltfile.Tx) (err error) {
		*result, err = do(tx)
		return err
	})
	if err != nil {
		return *new(T), err
	}
	return *result, nil
}

func (s *store) view(ctx context.Context, read func(*bolt.Tx) error) error {
	return translate(s.file.View(ctx, read))
}

func translate(err error) error {
	switch {
	case errors.Is(err, boltfile.ErrNotDone):
		return fmt.Errorf("%w: %w", persistence.ErrUnavailable, err)
	case errors.Is(err, boltfile.ErrUnknown):
		return fmt.Errorf("%w: %w", persistence.ErrUnknown, err)
	}
	return err
}

// Keep implements persistence.Common. It is asked again and again for what is there, which must not write.
func (s *store) Keep(ctx context.Context, name string, value []byte) (kept []byte, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		kept = bytes.Clone(tx.Bucket([]byte(keptBucket)).Get([]byte(name)))
		return nil
	})
	if kept != nil || err != nil {
		return kept, err
	}
	return updated(ctx, s, func(tx *boltfile.Tx) ([]byte, error) {
		if have := tx.Bucket([]byte(keptBucket)).Get([]byte(name)); have != nil {
			return bytes.Clone(have), nil
		}
		tx.Put(keptBucket, []byte(name), value)
		return value, nil
	})
}

// Replace implements persistence.Common.
func (s *store) Replace(ctx context.Context, name string, was, value []byte) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		if !bytes.Equal(tx.Bucket([]byte(keptBucket)).Get([]byte(name)), was) {
			return persistence.ErrConflict
		}
		tx.Put(keptBucket, []byte(name), value)
		return nil
	})
}

// Ping implements persistence.Common.
func (s *store) Ping(ctx context.Context) error {
	return s.view(ctx, func(*bolt.Tx) error { return nil })
}

// Close implements persistence.Common.
func (s *store) Close() error { return s.file.Close() }

// get reads a JSON document. ErrNotFound if there is none.
func get(tx *bolt.Tx, bucket string, key []byte, doc any) error {
	value := tx.Bucket([]byte(bucket)).Get(key)
	if value == nil {
		return persistence.ErrNotFound
	}
	return decode(value, doc)
}

func decode(value []byte, doc any) error {
	if err := json.Unmarshal(value, doc); err != nil {
		return fmt.Errorf("%w: %w", boltfile.ErrDamaged, err)
	}
	return nil
}

// put writes a document as JSON, which the documents of persistence always have.
func put(tx *boltfile.Tx, bucket string, key []byte, doc any) error {
	value, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	tx.Put(bucket, key, value)
	return nil
}

// getAll reads the documents that are there.
func getAll[T any](tx *bolt.Tx, bucket string, ids []persistence.ID) ([]T, error) {
	all := make([]T, 0, len(ids))
	for _, id := range ids {
		var doc T
		switch err := get(tx, bucket, id[:], &doc); {
		case errors.Is(err, persistence.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			all = append(all, doc)
		}
	}
	return all, nil
}
