package mongolayer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mark"
)

// eventStore is the event service's store.
type eventStore struct {
	*store
	events    documents[persistence.Event, event]
	locations documents[persistence.Location, location]
}

func newEventStore(c *client) *eventStore {
	s := &eventStore{
		events: documents[persistence.Event, event]{
			client: c, name: "events",
			pack:   func(e persistence.Event) (objectID, int64, any) { return objectID(e.ID), e.Version, packEvent(e) },
			unpack: func(e event) (persistence.Event, time.Time) { return e.unpack(), e.Changed },
			exists: func(persistence.Event) bool { return true },
		},
		locations: documents[persistence.Location, location]{
			client: c, name: "locations",
			pack: func(l persistence.Location) (objectID, int64, any) {
				return objectID(l.ID), l.Version, packLocation(l)
			},
			unpack: func(l location) (persistence.Location, time.Time) {
				l.Version = versionOf(l.Version)
				return l.unpack(), l.Changed
			},
			exists: func(l persistence.Location) bool { return !l.Deleted },
		},
	}
	all := func(string) bool { return true } // the IDs do not say which kind of document they are of
	s.store = newStore(c, source{"events", all}, source{"locations", all})
	return s
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

// documents are versioned documents T of one kind, stored as D.
type documents[T, D any] struct {
	client *client
	name   string
	// pack gives a document's ID, its version, and what of it changes.
	pack func(T) (id objectID, version int64, body any)
	// unpack gives the document and when it was written, by the clock of the store.
	unpack func(D) (T, time.Time)
	// exists is false for tombstones.
	exists func(T) bool
}

func (d documents[T, D]) add(ctx context.Context, doc T, m persistence.Message) error {
	id, _, body := d.pack(doc)
	err := write(ctx, d.client, func(db *mgo.Database) error {
		// An insertion could not have the server's time. No document has a negative version, so that nothing is found,
		// and one with the ID is a duplicate. In bulk, since mgo's Upsert would try again.
		b := db.C(d.name).Bulk()
		b.Upsert(bson.M{"_id": id, "version": bson.M{"$lt": 0}}, changeTo(body, m))
		_, err := b.Run()
		return err
	})
	if duplicates(err) {
		return persistence.ErrExists
	}
	return err
}

// changeTo makes the update that sets a body, with its message, and has the store say when.
func changeTo(body any, m persistence.Message) bson.M {
	return bson.M{
		"$set": body, "$push": bson.M{"outbox": packMessage(m)}, "$currentDate": bson.M{"changed": true},
	}
}

func (d documents[T, D]) change(
	ctx context.Context, id persistence.ID, ifVersion int64, change func(T) (T, persistence.Message, error),
) (T, error) {
	var none T
	for {
		doc, err := d.find(ctx, id)
		if err != nil {
			return none, err
		}
		_, version, _ := d.pack(doc)
		if ifVersion != 0 && version != ifVersion {
			return none, fmt.Errorf("%w: it is of version %d", persistence.ErrVersion, version)
		}
		changed, m, err := change(doc)
		if err != nil {
			return none, err
		}
		if err := ctx.Err(); err != nil {
			return none, unavailable(err)
		}
		err = d.replace(ctx, id, version, changed, m)
		if err == nil {
			return changed, nil
		}
		if !errors.Is(err, persistence.ErrConflict) {
			return none, err
		}
	}
}

func (d documents[T, D]) replace(
	ctx context.Context, id persistence.ID, version int64, doc T, m persistence.Message,
) error {
	_, _, body := d.pack(doc)
	return write(ctx, d.client, func(db *mgo.Database) error {
		selector := bson.M{"_id": objectID(id), "version": isVersion(version)}
		return orConflict(db.C(d.name).Update(selector, changeTo(body, m)))
	})
}

// orConflict is for updates that find nothing if somebody else was first.
func orConflict(err error) error {
	if errors.Is(err, mgo.ErrNotFound) {
		return persistence.ErrConflict
	}
	return err
}

// withoutOutbox leaves out what only the relay reads.
func withoutOutbox() bson.M { return bson.M{"outbox": 0} }

func (d documents[T, D]) find(ctx context.Context, id persistence.ID) (T, error) {
	var none T
	found, err := readOne[D](ctx, d.client, func(db *mgo.Database) cursor {
		return db.C(d.name).FindId(objectID(id)).Select(withoutOutbox())
	})
	if err != nil {
		return none, err
	}
	doc, _ := d.unpack(found)
	if !d.exists(doc) {
		return none, persistence.ErrNotFound
	}
	return doc, nil
}

// overlap is by how much a later writer's stamp may be the earlier one.
const overlap = 10 * time.Second

func (d documents[T, D]) since(ctx context.Context, after persistence.Mark) ([]T, persistence.Mark, error) {
	from, err := mark.Parse(after)
	if err != nil {
		return nil, "", err
	}
	found, err := readAll[D](ctx, d.client, func(db *mgo.Database) cursor {
		return db.C(d.name).Find(changedSince(from)).Select(withoutOutbox())
	})
	if err != nil {
		return nil, "", err
	}
	docs := make([]T, len(found))
	var newest time.Time
	for n, f := range found {
		var changed time.Time
		docs[n], changed = d.unpack(f)
		if changed.After(newest) {
			newest = changed
		}
	}
	return docs, from.Next(newest).String(), nil
}

// changedSince finds what was written since.
func changedSince(m mark.Mark) bson.M {
	after, ok := m.After(overlap)
	if !ok {
		return bson.M{}
	}
	return bson.M{"changed": bson.M{"$gt": after}}
}
