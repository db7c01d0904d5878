// Package boltfile keeps a bbolt file for a store or a broker: it opens it with care, and commits the changes that come
// at the same time together, with one synchronisation of the disk.
package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockTimeout is how long Open waits for another process to let go of the file.
const lockTimeout = time.Second

var (
	// ErrLocked means that another process has the file open.
	ErrLocked = errors.New("is in use by another process")
	// ErrDamaged means that the file is not what was once written. It is never replaced by an empty one.
	ErrDamaged = errors.New("is damaged")
	// ErrForeign means that the file is of another kind, or of a newer version of this program.
	ErrForeign = errors.New("was not written by this version of this program")
)

// Names within the bucket that says what the file is.
const (
	metaBucket = "meta"
	kindKey    = "kind"
	schemaKey  = "schema"
)

// Layout says what is in a file.
type Layout struct {
	// Kind tells files of different purposes apart.
	Kind string
	// Schema is the version of what is stored; files with a higher one are refused.
	Schema uint64
	// Buckets are made where they are missing.
	Buckets []string
	// Upgrade, if not nil, brings a file with a lower schema version to this one, in one transaction with the buckets. A
	// program that knows only the lower one refuses the file from then on.
	Upgrade func(*Tx) error
	// Observe, if not nil, is told of every transaction that wrote: how long it took, and how it ended.
	Observe func(took time.Duration, err error)
}

// Open opens the file, or makes a new one where there is none. The errors are ErrLocked, ErrDamaged and ErrForeign,
// with the file's name, and those of the operating system.
func Open(path string, l Layout) (*File, error) {
	if err := create(path, l); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := inspect(path, l); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db, err := openDB(path, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := guard(func() error { return prepare(db, l) }); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	if l.Observe == nil {
		l.Observe = func(time.Duration, error) {}
	}
	return start(db, l.Observe), nil
}

func openDB(path string, readOnly bool) (*bolt.DB, error) {
	options := *bolt.DefaultOptions
	options.Timeout = lockTimeout
	options.ReadOnly = readOnly
	// A list takes the first free pages, so that a commit writes to few places; a map takes any, and is only quicker in a
	// file with very many of them (by a third at 150,000, where a list costs 0.2 ms a commit).
	options.FreelistType = bolt.FreelistArrayType
	options.NoFreelistSync = true // the list of free pages grows with the file, and every commit would write it
	var db *bolt.DB
	err := guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, &options)
		return err
	})
	var system *fs.PathError
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, ErrDamaged), errors.As(err, &system): // the latter is, say, a file that may not be read
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, nil
}

// create makes a new file under another name first, so that a process that dies meanwhile leaves nothing half made. A
// file that is there is left alone, unless it is empty: bbolt would take it for a new one.
func create(path string, l Layout) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 {
		return fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	name := filepath.Join(draft, filepath.Base(path))
	err = initialise(name, l)
	if err == nil {
		err = os.Link(name, path)
	}
	if errors.Is(err, fs.ErrExist) { // another process was first
		err = nil
	}
	return errors.Join(err, os.RemoveAll(draft), syncDirectory(filepath.Dir(path)))
}

func initialise(path string, l Layout) error {
	db, err := openDB(path, false)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists([]byte(metaBucket))
		if err != nil {
			return err
		}
		if err := meta.Put([]byte(kindKey), []byte(l.Kind)); err != nil {
			return err
		}
		return meta.Put([]byte(schemaKey), binary.BigEndian.AppendUint64(nil, l.Schema))
	})
	return errors.Join(err, db.Close())
}

func syncDirectory(path string) error {
	d, err := os.Open(path) //nolint:gosec // the operator's own data directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// inspect looks at a file before it is opened for writing, since then bbolt reads all pages in a goroutine of its own,
// where nobody can catch it stumbling over damaged ones.
func inspect(path string, l Layout) error {
	db, err := openDB(path, true)
	if err != nil {
		return err
	}
	return errors.Join(guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if err := checkSize(tx, path); err != nil {
				return err
			}
			if err := checkKind(tx, l); err != nil {
				return err
			}
			return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
				return b.ForEach(func(_, _ []byte) error { return nil })
			})
		})
	}), db.Close())
}

// checkSize refuses a file that is shorter than what it claims.
func checkSize(tx *bolt.Tx, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: it has %d bytes of %d", ErrDamaged, info.Size(), tx.Size())
	}
	return nil
}

// prepare makes the buckets, and brings a file of an earlier version to this one.
func prepare(db *bolt.DB, l Layout) error {
	return db.Update(func(btx *bolt.Tx) error {
		for _, name := range l.Buckets {
			if _, err := btx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		schema, err := readSchema(btx)
		if err != nil || l.Upgrade == nil || schema >= l.Schema {
			return err
		}
		tx := &Tx{Tx: btx}
		if err := l.Upgrade(tx); err != nil {
			return err
		}
		tx.Put(metaBucket, []byte(schemaKey), binary.BigEndian.AppendUint64(nil, l.Schema))
		return tx.broken
	})
}

func checkKind(tx *bolt.Tx, l Layout) error {
	meta := tx.Bucket([]byte(metaBucket))
	if meta == nil {
		return fmt.Errorf("%w: it does not say what it is", ErrForeign)
	}
	if kind := string(meta.Get([]byte(kindKey))); kind != l.Kind {
		return fmt.Errorf("%w: it holds %q, not %q", ErrForeign, kind, l.Kind)
	}
	schema, err := readSchema(tx)
	if err == nil && schema > l.Schema {
		err = fmt.Errorf("%w: it has the schema version %d, and %d is the newest known", ErrForeign, schema, l.Schema)
	}
	return err
}

func readSchema(tx *bolt.Tx) (uint64, error) {
	schema := tx.Bucket([]byte(metaBucket)).Get([]byte(schemaKey))
	if len(schema) != 8 {
		return 0, fmt.Errorf("%w: it has no schema version", ErrDamaged)
	}
	return binary.BigEndian.Uint64(schema), nil
}
