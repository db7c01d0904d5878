package catalogue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"myevents/eventservice/announce"
	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const now = 1_800_000_000

// counting counts the calls of a store.
type counting struct {
	persistence.DatabaseHandler
	calls atomic.Int64
}

func (c *counting) FindEvent(ctx context.Context, id persistence.ID) (persistence.Event, error) {
	c.calls.Add(1)
	return c.DatabaseHandler.FindEvent(ctx, id)
}

func (c *counting) EventsSince(
	ctx context.Context, m persistence.Mark,
) ([]persistence.Event, persistence.Mark, error) {
	c.calls.Add(1)
	return c.DatabaseHandler.EventsSince(ctx, m)
}

func open(t *testing.T) (*catalogue.Catalogue, *counting) {
	t.Helper()
	store, err := boltlayer.OpenEvents(filepath.Join(t.TempDir(), "events.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c := &counting{DatabaseHandler: store}
	return catalogue.New(c), c
}

func event(n int, version int64) persistence.Event {
	return persistence.Event{
		ID: persistence.ID{1, byte(n >> 8), byte(n)}, Name: fmt.Sprintf("Event %d", n), StartDate: now + int64(n%100),
		EndDate: now + 1000 + int64(n), Version: version, Location: persistence.Location{ID: persistence.ID{9}, Name: "Hall", Version: 1},
	}
}

func names(t *testing.T, c *catalogue.Catalogue, at int64, q catalogue.Query) []string {
	t.Helper()
	l, err := c.List(at, q)
	if err != nil {
		t.Fatal(err)
	}
	found := make([]string, len(l.Events))
	for n, e := range l.Events {
		found[n] = e.Name
	}
	return found
}

// TestReadingCostsTheStoreNothing reads a list over and over: the store is not asked, and the bytes are the same.
func TestReadingCostsTheStoreNothing(t *testing.T) {
	c, store := open(t)
	for n := range 10 {
		e := event(n, 1)
		if err := store.AddEvent(t.Context(), e, announce.EventCreated(e, e.Location)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := store.calls.Load()
	first, err := c.List(now, catalogue.Query{})
	if err != nil || len(first.Events) != 10 {
		t.Fatal(err)
	}
	for range 100 {
		again, err := c.List(now, catalogue.Query{})
		if err != nil || again != first {
			t.Fatal("it was made again")
		}
		if _, err := c.Event(t.Context(), event(3, 1).ID); err != nil {
			t.Fatal(err)
		}
	}
	if asked := store.calls.Load() - before; asked != 0 {
		t.Errorf("the store was asked %d times", asked)
	}
	if one, two := first.Gzip(), first.Gzip(); len(one) == 0 || &one[0] != &two[0] {
		t.Error("it is compressed more than once")
	}
}

func TestOwnWritesShowAtOnce(t *testing.T) {
	c, _ := open(t)
	c.ApplyEvent(event(1, 1))
	first, _ := c.List(now, catalogue.Query{})
	e := event(1, 3)
	e.Name = "Renamed"
	c.ApplyEvent(e)
	c.ApplyEvent(event(1, 2)) // late
	second, _ := c.List(now, catalogue.Query{})
	if len(second.Events) != 1 || second.Events[0].Name != "Renamed" || second.ETag == first.ETag {
		t.Errorf("the list has %+v", second.Events[0])
	}
}

// TestRefresh merges what others wrote, and never goes back.
func TestRefresh(t *testing.T) {
	c, store := open(t)
	e := event(1, 1)
	if err := store.AddEvent(t.Context(), e, announce.EventCreated(e, e.Location)); err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, c, now, catalogue.Query{}); len(got) != 1 {
		t.Fatalf("it has %v", got)
	}
	c.ApplyEvent(event(1, 5))
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Event(t.Context(), e.ID); err != nil || found.Version != 5 {
		t.Errorf("it has %+v, %v", found, err)
	}
}

// TestUnknownIsAskedOfTheStore finds an event that another replica wrote a moment ago.
func TestUnknownIsAskedOfTheStore(t *testing.T) {
	c, store := open(t)
	e := event(1, 1)
	if _, err := c.Event(t.Context(), e.ID); !errors.Is(err, persistence.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	if err := store.AddEvent(t.Context(), e, announce.EventCreated(e, e.Location)); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Event(t.Context(), e.ID); err != nil || found.ID != e.ID {
		t.Errorf("got %+v, %v", found, err)
	}
}

// TestEventsEnd has events leave the list when they are over, though nothing is written.
func TestEventsEnd(t *testing.T) {
	c, _ := open(t)
	for n := range 3 {
		c.ApplyEvent(event(n, 1))
	}
	for after, want := range []int{3, 2, 1, 0} {
		if got := names(t, c, now+999+int64(after), catalogue.Query{}); len(got) != want {
			t.Errorf("%d s after the first could have ended it has %v", after, got)
		}
	}
	c, _ = open(t)
	for n := range 3 {
		c.ApplyEvent(event(n, 1))
	}
	e := event(1, 2)
	e.Cancelled = true
	c.ApplyEvent(e)
	if got := names(t, c, now, catalogue.Query{}); len(got) != 2 {
		t.Errorf("with a cancelled one it has %v", got)
	}
}

func TestLocationsShowAsTheyAre(t *testing.T) {
	c, _ := open(t)
	c.ApplyEvent(event(1, 1))
	l := persistence.Location{ID: persistence.ID{9}, Name: "New name", Country: "Peru", Version: 2}
	c.ApplyLocation(l)
	found, _ := c.Event(t.Context(), event(1, 1).ID)
	if !bytes.Contains(found.JSON, []byte("New name")) || len(names(t, c, now, catalogue.Query{Country: "peru"})) != 1 {
		t.Errorf("the event shows %s", found.JSON)
	}
	if !c.Used(l.ID, now) || c.Used(l.ID, now+5000) || c.Used(persistence.ID{8}, now) {
		t.Error("it is not known which locations are used")
	}
	l.Deleted, l.Version = true, 3
	c.ApplyLocation(l)
	if body := c.Locations().Body; string(body) != "[]" {
		t.Errorf("after it was deleted the locations are %s", body)
	}
}

// TestPagesOfManyEvents visits each of 10,000 events once.
func TestPagesOfManyEvents(t *testing.T) {
	_, store := open(t)
	many := make(map[string]bool)
	full := &all{DatabaseHandler: store}
	for n := range 10_000 {
		full.events = append(full.events, event(n, 1))
	}
	c := catalogue.New(full)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	q := catalogue.Query{Text: "event"}
	for {
		page, err := c.List(now, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			if many[e.Name] {
				t.Fatalf("%s is on two pages", e.Name)
			}
			many[e.Name] = true
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if len(many) != 10_000 {
		t.Errorf("the pages have %d events", len(many))
	}
	first, _ := c.List(now, catalogue.Query{Text: "event"})
	if _, err := c.List(now, catalogue.Query{Text: "other", After: first.Next}); !errors.Is(err, catalogue.ErrCursor) {
		t.Errorf("the cursor of another query gives %v", err)
	}
}

// all is a store that has events without storing them.
type all struct {
	persistence.DatabaseHandler
	events []persistence.Event
}

func (a *all) EventsSince(context.Context, persistence.Mark) ([]persistence.Event, persistence.Mark, error) {
	return a.events, "", nil
}

// BenchmarkApply changes one of 100,000 events.
func BenchmarkApply(b *testing.B) {
	full := new(all)
	for n := range 100_000 {
		e := event(n, 1)
		e.ID[3] = byte(n >> 16)
		full.events = append(full.events, e)
	}
	store, err := boltlayer.OpenEvents(filepath.Join(b.TempDir(), "events.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // nothing was written
	full.DatabaseHandler = store
	c := catalogue.New(full)
	if err := c.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	for version := int64(2); b.Loop(); version++ {
		c.ApplyEvent(event(5, version))
	}
}
