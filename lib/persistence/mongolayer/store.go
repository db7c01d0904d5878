package mongolayer

import (
	"context"
	"errors"
	"time"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// store is what the stores of both services have in common: persistence.Common.
type store struct {
	client *client
	outbox outbox
}

func newStore(c *client, sources ...source) *store {
	return &store{client: c, outbox: outbox{client: c, sources: sources, positions: make([]objectID, len(sources))}}
}

// Keep implements persistence.Common.
func (s *store) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	for {
		kept, err := readOne[struct{ Value []byte }](ctx, s.client, func(db *mgo.Database) cursor {
			return db.C("kept").FindId(name)
		})
		if !errors.Is(err, persistence.ErrNotFound) {
			return kept.Value, err
		}
		err = write(ctx, s.client, func(db *mgo.Database) error {
			return db.C("kept").Insert(bson.M{"_id": name, "value": value})
		})
		// A duplicate is another replica's, which is read as soon as the majority has it.
		if err != nil && !duplicates(err) {
			return nil, err
		}
	}
}

// Replace implements persistence.Common.
func (s *store) Replace(ctx context.Context, name string, was, value []byte) error {
	return write(ctx, s.client, func(db *mgo.Database) error {
		return orConflict(db.C("kept").Update(bson.M{"_id": name, "value": was}, bson.M{"_id": name, "value": value}))
	})
}

// Ping implements persistence.Common.
func (s *store) Ping(ctx context.Context) error {
	_, err := read(ctx, s.client, func(db *mgo.Database) (struct{}, error) { return struct{}{}, db.Run("ping", nil) })
	if err != nil && !isAway(err) && !errors.Is(err, persistence.ErrSchema) {
		return unavailable(err)
	}
	return err
}

// Close implements persistence.Common.
func (s *store) Close() error { return s.client.close() }

// Pending implements persistence.Outbox.
func (s *store) Pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	return s.outbox.pending(ctx, limit)
}

// Done implements persistence.Outbox.
func (s *store) Done(ctx context.Context, ids ...string) error { return s.outbox.done(ctx, ids) }

// Backlog implements persistence.Outbox.
func (s *store) Backlog(ctx context.Context) (persistence.Backlog, error) {
	return s.outbox.backlog(ctx)
}

// Lease implements persistence.Outbox. It goes by the clocks of the replicas.
func (s *store) Lease(ctx context.Context, holder string, d time.Duration) (bool, error) {
	now := time.Now()
	err := write(ctx, s.client, func(db *mgo.Database) error {
		free := []bson.M{{"holder": holder}, {"until": bson.M{"$lt": now}}}
		b := db.C("leases").Bulk() // mgo's Upsert would try again
		b.Upsert(bson.M{"_id": "outbox", "$or": free}, bson.M{"$set": bson.M{"holder": holder, "until": now.Add(d)}})
		_, err := b.Run()
		return err
	})
	if duplicates(err) { // somebody else has it
		return false, nil
	}
	return err == nil, err
}
