package dynamolayer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mark"
)

// eventStore is the event service's store.
type eventStore struct {
	*store
	events    documents[persistence.Event]
	locations documents[persistence.Location]
}

func newEventStore(c *client) *eventStore {
	s := &eventStore{
		events: documents[persistence.Event]{
			client: c, kind: "event",
			describe: func(e persistence.Event) (persistence.ID, int64, bool) { return e.ID, e.Version, false },
		},
		locations: documents[persistence.Location]{
			client: c, kind: "location",
			describe: func(l persistence.Location) (persistence.ID, int64, bool) { return l.ID, l.Version, l.Deleted },
		},
	}
	s.store = newStore(c, func(document string) ([]string, error) { // which may or may not say what kind it is of
		id, err := persistence.ParseID(document[strings.Index(document, ":")+1:])
		return []string{s.events.key(id), s.locations.key(id)}, err
	})
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

// documents are versioned documents of one kind.
type documents[T any] struct {
	client *client
	kind   string
	// describe gives a document's ID and version, and says whether it is a tombstone.
	describe func(T) (id persistence.ID, version int64, deleted bool)
}

func (d documents[T]) key(id persistence.ID) string { return d.kind + "#" + id.String() }

func (d documents[T]) add(ctx context.Context, doc T, m persistence.Message) error {
	err := d.write(ctx, nil, doc, m)
	if errors.Is(err, persistence.ErrConflict) {
		return persistence.ErrExists
	}
	return err
}

// write stores a document on the state that it was in, by the clock of this process.
func (d documents[T]) write(ctx context.Context, was *state, doc T, m persistence.Message) error {
	id, _, _ := d.describe(doc)
	return d.client.commit(ctx, change{
		key: d.key(id), was: was, doc: doc, messages: []persistence.Message{m},
		more: item{attrFeed: text(d.kind), attrChanged: number(time.Now().UnixMilli())},
	})
}

func (d documents[T]) change(
	ctx context.Context, id persistence.ID, ifVersion int64, change func(T) (T, persistence.Message, error),
) (none T, err error) {
	for {
		doc, err := d.find(ctx, id)
		if err != nil {
			return none, err
		}
		_, version, _ := d.describe(doc)
		if ifVersion != 0 && version != ifVersion {
			return none, fmt.Errorf("%w: it is of version %d", persistence.ErrVersion, version)
		}
		changed, m, err := change(doc)
		if err != nil {
			return none, err
		}
		err = d.write(ctx, &state{attrVersion, version}, changed, m)
		if err == nil {
			return changed, nil
		}
		if !errors.Is(err, persistence.ErrConflict) {
			return none, err
		}
	}
}

func (d documents[T]) find(ctx context.Context, id persistence.ID) (none T, err error) {
	found, err := d.client.get(ctx, d.key(id), attrDoc)
	if err != nil {
		return none, err
	}
	doc, err := document[T](found)
	if _, _, deleted := d.describe(doc); err == nil && deleted {
		err = persistence.ErrNotFound
	}
	return doc, err
}

// overlap is by how much the clock of a writer may be behind that of another, with the time that a write and the index
// may take.
const overlap = time.Minute

func (d documents[T]) since(ctx context.Context, after persistence.Mark) ([]T, persistence.Mark, error) {
	from, err := mark.Parse(after)
	if err != nil {
		return nil, "", err
	}
	where := expression.Key(attrFeed).Equal(expression.Value(d.kind))
	if moment, ok := from.After(overlap); ok {
		where = where.And(expression.Key(attrChanged).GreaterThan(expression.Value(moment.UnixMilli())))
	}
	now := time.Now()
	found, err := d.client.find(ctx, search{index: changeIndex, where: where, attributes: []string{attrDoc, attrChanged}})
	if err != nil {
		return nil, "", err
	}
	docs, err := documentsOf[T](found)
	if err != nil {
		return nil, "", err
	}
	newest, err := latest(found)
	if newest.After(now) { // a clock that is ahead must not have those of the others missed
		newest = now
	}
	return docs, from.Next(newest).String(), err
}

// latest gives the stamp of the last item of the index.
func latest(found []item) (t time.Time, err error) {
	if len(found) == 0 {
		return t, nil
	}
	var ms int64
	err = decode(found[len(found)-1][attrChanged], &ms)
	return time.UnixMilli(ms), err
}
