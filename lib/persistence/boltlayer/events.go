package boltlayer

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// eventStore is the event service's store.
type eventStore struct {
	*store
	events    documents[persistence.Event]
	locations documents[persistence.Location]
}

// OpenEvents opens the event service's store in a file, or makes it. observe may be nil. The errors are those of
// boltfile.Open.
func OpenEvents(path string, observe persistence.Observer) (persistence.DatabaseHandler, error) {
	s, err := open(path, boltfile.Layout{
		Kind: "events", Schema: 2, Upgrade: packOutbox,
		Buckets: []string{"events", "event_changes", "locations", "location_changes"},
	}, observe)
	if err != nil {
		return nil, err
	}
	return &eventStore{
		store: s,
		events: documents[persistence.Event]{
			store: s, bucket: "events", changes: "event_changes",
			describe: func(e persistence.Event) (persistence.ID, int64, bool) { return e.ID, e.Version, false },
		},
		locations: documents[persistence.Location]{
			store: s, bucket: "locations", changes: "location_changes",
			describe: func(l persistence.Location) (persistence.ID, int64, bool) { return l.ID, l.Version, l.Deleted },
		},
	}, nil
}

// AddEvent implements persistence.DatabaseHandler.
func (s *eventStore) AddEvent(ctx context.Context, e persistence.Event, m persistence.Message) error {
	return s.events.add(ctx, e, m)
}

// ChangeEvent implements persistence.DatabaseHandler.
func (s *eventStore) ChangeEvent(
	ctx context.Context, id persistence.ID, ifVersion int64, change persistence.EventChange,
) (persistence.Event, error) {
	return s.events.change(ctx, id, ifVersion, change)
}

// FindEvent implements persistence.DatabaseHandler.
func (s *eventStore) FindEvent(ctx context.Context, id persistence.ID) (persistence.Event, error) {
	return s.events.find(ctx, id)
}

// EventsSince implements persistence.DatabaseHandler.
func (s *eventStore) EventsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Event, persistence.Mark, error) {
	return s.events.since(ctx, after)
}

// AddLocation implements persistence.DatabaseHandler.
func (s *eventStore) AddLocation(ctx context.Context, l persistence.Location, m persistence.Message) error {
	return s.locations.add(ctx, l, m)
}

// ChangeLocation implements persistence.DatabaseHandler.
func (s *eventStore) ChangeLocation(
	ctx context.Context, id persistence.ID, ifVersion int64, change persistence.LocationChange,
) (persistence.Location, error) {
	return s.locations.change(ctx, id, ifVersion, change)
}

// FindLocation implements persistence.DatabaseHandler.
func (s *eventStore) FindLocation(ctx context.Context, id persistence.ID) (persistence.Location, error) {
	return s.locations.find(ctx, id)
}

// LocationsSince implements persistence.DatabaseHandler.
func (s *eventStore) LocationsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Location, persistence.Mark, error) {
	return s.locations.since(ctx, after)
}

// documents are versioned documents of one kind. Each has a place in the order of changes, so that what was written
// since a mark is found without reading the rest.
type documents[T any] struct {
	store           *store
	bucket, changes string
	// describe gives a document's ID and version, and says whether it is a tombstone.
	describe func(T) (id persistence.ID, version int64, deleted bool)
}

// stored is a document with its place among the changes.
type stored[T any] struct {
	Change uint64 `json:"change"`
	Doc    T      `json:"doc"`
}

func (d documents[T]) add(ctx context.Context, doc T, m persistence.Message) error {
	return d.store.update(ctx, func(tx *boltfile.Tx) error {
		id, _, _ := d.describe(doc)
		if tx.Bucket([]byte(d.bucket)).Get(id[:]) != nil {
			return persistence.ErrExists
		}
		return d.write(tx, 0, doc, m)
	})
}

func (d documents[T]) change(
	ctx context.Context, id persistence.ID, ifVersion int64, change func(T) (T, persistence.Message, error),
) (T, error) {
	return updated(ctx, d.store, func(tx *boltfile.Tx) (doc T, err error) {
		var was stored[T]
		if err := get(tx.Tx, d.bucket, id[:], &was); err != nil {
			return doc, err
		}
		_, version, deleted := d.describe(was.Doc)
		if deleted {
			return doc, persistence.ErrNotFound
		}
		if ifVersion != 0 && version != ifVersion {
			return doc, fmt.Errorf("%w: it is of version %d", persistence.ErrVersion, version)
		}
		doc, m, err := change(was.Doc)
		if err != nil {
			return doc, err
		}
		return doc, d.write(tx, was.Change, doc, m)
	})
}

// write stores a document as the latest change.
func (d documents[T]) write(tx *boltfile.Tx, was uint64, doc T, m persistence.Message) error {
	change, err := tx.Bucket([]byte(d.changes)).NextSequence()
	if err != nil {
		return err
	}
	if was != 0 {
		tx.Delete(d.changes, changeKey(was))
	}
	id, _, _ := d.describe(doc)
	tx.Put(d.changes, changeKey(change), id[:])
	if err := put(tx, d.bucket, id[:], stored[T]{Change: change, Doc: doc}); err != nil {
		return err
	}
	send(tx, m)
	return nil
}

func (d documents[T]) find(ctx context.Context, id persistence.ID) (T, error) {
	var found stored[T]
	err := d.store.view(ctx, func(tx *bolt.Tx) error { return get(tx, d.bucket, id[:], &found) })
	if _, _, deleted := d.describe(found.Doc); err == nil && deleted {
		err = persistence.ErrNotFound
	}
	return found.Doc, err
}

func (d documents[T]) since(ctx context.Context, after persistence.Mark) (docs []T, mark persistence.Mark, err error) {
	last, err := hex.DecodeString(string(after))
	if err != nil {
		return nil, "", fmt.Errorf("malformed mark %q: %w", after, err)
	}
	mark = after
	err = d.store.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(d.changes)).Cursor()
		key, id := c.Seek(last)
		if key != nil && bytes.Equal(key, last) {
			key, id = c.Next()
		}
		for ; key != nil; key, id = c.Next() {
			var found stored[T]
			if err := get(tx, d.bucket, id, &found); err != nil {
				return err
			}
			docs = append(docs, found.Doc)
			mark = persistence.Mark(hex.EncodeToString(key))
		}
		return nil
	})
	return docs, mark, err
}

func changeKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
