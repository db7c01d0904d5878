// Package persistencetest is the suite that every store has to pass.
package persistencetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

// timeout bounds each call of a store.
const timeout = 30 * time.Second

// TestDatabaseHandler runs the suite on stores of the event service, each of them empty.
func TestDatabaseHandler(t *testing.T, open func(*testing.T) persistence.DatabaseHandler) {
	t.Helper()
	events := documents[persistence.Event]{
		make: func(id persistence.ID, version int64, name string) persistence.Event {
			return persistence.Event{
				ID: id, Name: name, Duration: 90, StartDate: 1_900_000_000, EndDate: 1_900_007_200, Version: version,
				Location: persistence.Location{ID: persistence.NewID(), Name: "Hall", TimeZone: "Europe/Paris", Version: 3,
					Halls: []persistence.Hall{{Name: "Main", Location: "Left", Capacity: 40}}},
				OrganiserID: persistence.NewID(), Request: "mark",
			}
		},
		id:      func(e persistence.Event) persistence.ID { return e.ID },
		version: func(e persistence.Event) int64 { return e.Version },
		add:     persistence.DatabaseHandler.AddEvent,
		change:  persistence.DatabaseHandler.ChangeEvent,
		find:    persistence.DatabaseHandler.FindEvent,
		since:   persistence.DatabaseHandler.EventsSince,
	}
	locations := documents[persistence.Location]{
		make: func(id persistence.ID, version int64, name string) persistence.Location {
			return persistence.Location{
				ID: id, Name: name, Address: "Quay 7", Country: "Norway", OpenTime: 8, CloseTime: 22, Version: version,
				TimeZone: "Europe/Oslo", Halls: []persistence.Hall{{Name: "Main", Capacity: 40}, {Name: "Side"}},
				OrganiserID: persistence.NewID(), Request: "mark",
			}
		},
		id:      func(l persistence.Location) persistence.ID { return l.ID },
		version: func(l persistence.Location) int64 { return l.Version },
		add:     persistence.DatabaseHandler.AddLocation,
		change:  persistence.DatabaseHandler.ChangeLocation,
		find:    persistence.DatabaseHandler.FindLocation,
		since:   persistence.DatabaseHandler.LocationsSince,
	}
	t.Run("events", func(t *testing.T) { events.run(t, open) })
	t.Run("locations", func(t *testing.T) {
		locations.run(t, open)
		t.Run("tombstones", func(t *testing.T) { testTombstones(t, locations, open(t)) })
	})
	testCommon(t, func(t *testing.T) persistence.Common {
		t.Helper()
		return open(t)
	}, func(ctx context.Context, store persistence.Common, id persistence.ID, version int64) error {
		handler, _ := store.(persistence.DatabaseHandler)
		m := message(id.String(), version)
		if version == 1 {
			return handler.AddEvent(ctx, events.make(id, 1, "A"), m)
		}
		_, err := handler.ChangeEvent(ctx, id, 0, func(e persistence.Event) (persistence.Event, persistence.Message, error) {
			e.Version = version
			return e, m, nil
		})
		return err
	})
}

// documents are the methods that a store has for one kind of document.
type documents[T any] struct {
	make    func(id persistence.ID, version int64, name string) T
	id      func(T) persistence.ID
	version func(T) int64
	add     func(persistence.DatabaseHandler, context.Context, T, persistence.Message) error
	change  func(persistence.DatabaseHandler, context.Context, persistence.ID, int64,
		func(T) (T, persistence.Message, error)) (T, error)
	find  func(persistence.DatabaseHandler, context.Context, persistence.ID) (T, error)
	since func(persistence.DatabaseHandler, context.Context, persistence.Mark) ([]T, persistence.Mark, error)
}

// message is one that a document's version sends. Some belong to a trace, and others to none.
func message(document string, version int64) persistence.Message {
	m := persistence.Message{
		ID: persistence.MessageID(document, version), Document: document, Name: "some.name", Key: document,
		Body: fmt.Appendf(nil, `{"version":%d}`, version), Time: time.Now().UTC().Truncate(time.Millisecond),
	}
	if version%2 == 1 {
		m.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	}
	return m
}

func (d documents[T]) run(t *testing.T, open func(*testing.T) persistence.DatabaseHandler) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, persistence.DatabaseHandler){
		"add and find": d.testAdd, "change": d.testChange, "concurrent changes": d.testConcurrentChanges,
		"since a mark": d.testSince, "concurrent adds": d.testConcurrentAdds, "refused changes": d.testRefusedChanges,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	return ctx
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got %v, want %v", err, target)
	}
}

func (d documents[T]) testAdd(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	_, err := d.find(store, ctx, id)
	want(t, err, persistence.ErrNotFound)
	doc := d.make(id, 1, "First")
	want(t, d.add(store, ctx, doc, message(id.String(), 1)), nil)
	found, err := d.find(store, ctx, id)
	want(t, err, nil)
	if diff := cmp.Diff(doc, found); diff != "" {
		t.Errorf("it was stored differently (-given +found):\n%s", diff)
	}
	want(t, d.add(store, ctx, d.make(id, 1, "Second"), message(id.String(), 2)), persistence.ErrExists)
	if again, _ := d.find(store, ctx, id); !cmp.Equal(again, doc) {
		t.Errorf("a refused document changed the stored one to %+v", again)
	}
	pending, err := store.Pending(ctx, 10)
	want(t, err, nil)
	if len(pending) != 1 || pending[0].ID != persistence.MessageID(id.String(), 1) {
		t.Errorf("the outbox has %+v", pending)
	}
}

func (d documents[T]) testChange(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	to := func(version int64) func(T) (T, persistence.Message, error) {
		return func(T) (T, persistence.Message, error) {
			return d.make(id, version, "Changed"), message(id.String(), version), nil
		}
	}
	_, err := d.change(store, ctx, id, 0, to(2))
	want(t, err, persistence.ErrNotFound)
	want(t, d.add(store, ctx, d.make(id, 1, "New"), message(id.String(), 1)), nil)
	changed, err := d.change(store, ctx, id, 1, to(2))
	want(t, err, nil)
	found, err := d.find(store, ctx, id)
	want(t, err, nil)
	if !cmp.Equal(changed, found) || d.version(found) != 2 {
		t.Errorf("the change was answered with %+v and stored as %+v", changed, found)
	}
	_, err = d.change(store, ctx, id, 1, to(3))
	want(t, err, persistence.ErrVersion)
	refusal := errors.New("not like that")
	_, err = d.change(store, ctx, id, 0, func(doc T) (T, persistence.Message, error) {
		return doc, persistence.Message{}, refusal
	})
	want(t, err, refusal)
	if again, _ := d.find(store, ctx, id); !cmp.Equal(again, found) {
		t.Errorf("refused changes made it %+v", again)
	}
}

// testConcurrentChanges has many count up one document: none of them is lost.
func (d documents[T]) testConcurrentChanges(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	const clients, each = 8, 10
	ctx := bounded(t)
	id := persistence.NewID()
	want(t, d.add(store, ctx, d.make(id, 1, "New"), message(id.String(), 1)), nil)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				_, err := d.change(store, ctx, id, 0, func(was T) (T, persistence.Message, error) {
					next := d.version(was) + 1
					return d.make(id, next, "Next"), message(id.String(), next), nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	found, err := d.find(store, ctx, id)
	want(t, err, nil)
	if d.version(found) != clients*each+1 {
		t.Errorf("after %d changes it is of version %d", clients*each, d.version(found))
	}
	sent := drain(ctx, t, store)
	if len(sent) != clients*each+1 {
		t.Errorf("%d changes made %d messages", clients*each, len(sent))
	}
}

func (d documents[T]) testSince(t *testing.T, store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	versions := make(map[persistence.ID]int64)
	ids := make([]persistence.ID, 20)
	for n := range ids {
		ids[n] = persistence.NewID()
		versions[ids[n]] = 1
		want(t, d.add(store, ctx, d.make(ids[n], 1, "New"), message(ids[n].String(), 1)), nil)
	}
	seen := make(map[persistence.ID]int64)
	read := func(after persistence.Mark) persistence.Mark {
		docs, mark, err := d.since(store, ctx, after)
		want(t, err, nil)
		for _, doc := range docs {
			seen[d.id(doc)] = max(seen[d.id(doc)], d.version(doc))
		}
		return mark
	}
	mark := read("")
	if diff := cmp.Diff(versions, seen); diff != "" {
		t.Errorf("the full read differs (-written +read):\n%s", diff)
	}
	for _, id := range ids[:5] {
		versions[id] = 2
		_, err := d.change(store, ctx, id, 0, func(T) (T, persistence.Message, error) {
			return d.make(id, 2, "Changed"), message(id.String(), 2), nil
		})
		want(t, err, nil)
	}
	mark = read(mark)
	if diff := cmp.Diff(versions, seen); diff != "" {
		t.Errorf("the read since the mark differs (-written +read):\n%s", diff)
	}
	read(mark)
	clear(seen)
	read("")
	if diff := cmp.Diff(versions, seen); diff != "" {
		t.Errorf("the second full read differs (-written +read):\n%s", diff)
	}
}

func testTombstones(t *testing.T, d documents[persistence.Location], store persistence.DatabaseHandler) {
	t.Helper()
	ctx := bounded(t)
	id := persistence.NewID()
	want(t, store.AddLocation(ctx, d.make(id, 1, "New"), message(id.String(), 1)), nil)
	bury := func(l persistence.Location) (persistence.Location, persistence.Message, error) {
		l.Deleted, l.Version = true, l.Version+1
		return l, message(id.String(), l.Version), nil
	}
	_, err := store.ChangeLocation(ctx, id, 0, bury)
	want(t, err, nil)
	_, err = store.FindLocation(ctx, id)
	want(t, err, persistence.ErrNotFound)
	_, err = store.ChangeLocation(ctx, id, 0, bury)
	want(t, err, persistence.ErrNotFound)
	want(t, store.AddLocation(ctx, d.make(id, 1, "Again"), message(id.String(), 3)), persistence.ErrExists)
	all, _, err := store.LocationsSince(ctx, "")
	want(t, err, nil)
	if len(all) != 1 || !all[0].Deleted || all[0].Version != 2 {
		t.Errorf("the tombstone is read as %+v", all)
	}
}
