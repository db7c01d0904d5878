package catalogue_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// untouched is a store that counts, once it is sealed, how often it is asked.
type untouched struct {
	*memory
	sealed atomic.Bool
	asked  atomic.Int64
}

func (u *untouched) ask() {
	if u.sealed.Load() {
		u.asked.Add(1)
	}
}

func (u *untouched) EventsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Event, persistence.Mark, error) {
	u.ask()
	return u.memory.EventsSince(ctx, after)
}

func (u *untouched) LocationsSince(
	ctx context.Context, after persistence.Mark,
) ([]persistence.Location, persistence.Mark, error) {
	u.ask()
	return u.memory.LocationsSince(ctx, after)
}

func (u *untouched) FindEvent(ctx context.Context, id persistence.ID) (persistence.Event, error) {
	u.ask()
	return u.memory.FindEvent(ctx, id)
}

// TestNoReadAsksTheStore reads in every way there is, right after every kind of write and when an event has ended.
func TestNoReadAsksTheStore(t *testing.T) {
	store := &untouched{memory: newMemory(concert(0, 1), concert(1, 1))}
	c := catalogue.New(store)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.sealed.Store(true)
	at := time.Now().Unix()
	readAll := func(now int64) {
		t.Helper()
		for _, q := range []catalogue.Query{{}, {Text: "con"}, {Country: "peru"}, {Limit: 1}, {Location: persistence.ID{9}}} {
			if _, err := c.List(now, q); err != nil {
				t.Error(err)
			}
		}
		_, err := c.EventNamed("CONCERT", now)
		_, err2 := c.Event(t.Context(), concert(1, 1).ID)
		if err := errors.Join(err, err2, c.Ready()); err != nil {
			t.Error(err)
		}
		c.Used(persistence.ID{9}, now)
		c.Locations()
	}
	readAll(at)
	c.ApplyEvent(concert(0, 2))
	readAll(at)
	c.ApplyLocation(persistence.Location{ID: persistence.ID{9}, Name: "Hall", Version: 1})
	readAll(at)
	readAll(at + 7200)
	if n := store.asked.Load(); n != 0 {
		t.Errorf("reading asked the store %d times", n)
	}
}

// TestEncodings shows that what is sent is JSON, the same compressed, and that the tags tell the two apart.
func TestEncodings(t *testing.T) {
	c := catalogue.New(newMemory())
	c.ApplyEvent(event(1, 1))
	l, err := c.List(now, catalogue.Query{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(l.Gzip()))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(plain, l.Body) || l.ETag == l.GzipETag || l.ETag == "" {
		t.Errorf("%v, tags %s and %s", err, l.ETag, l.GzipETag)
	}
	var events []map[string]any
	if err := json.Unmarshal(l.Body, &events); err != nil || len(events) != 1 || events[0]["Name"] != "Event 1" {
		t.Errorf("%s, %v", l.Body, err)
	}
	c.ApplyEvent(event(1, 1))
	again, err := c.List(now, catalogue.Query{})
	if err != nil || again != l {
		t.Error("what is not new makes another list")
	}
}

// TestFailedRefresh has the store fail between the reading of locations and that of events: nothing is taken over.
func TestFailedRefresh(t *testing.T) {
	store := newMemory(concert(0, 1))
	place := persistence.Location{ID: persistence.ID{9}, Name: "Hall", Version: 1}
	store.locations[place.ID] = place
	c := catalogue.New(&halfway{store})
	if err := c.Refresh(t.Context()); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if c.Ready() == nil || string(c.Locations().Body) != "[]" {
		t.Errorf("it has %s", c.Locations().Body)
	}
}

// halfway is a store that has only locations at the moment.
type halfway struct{ *memory }

func (halfway) EventsSince(context.Context, persistence.Mark) ([]persistence.Event, persistence.Mark, error) {
	return nil, "", persistence.ErrUnavailable
}

// TestReadersNeverGoBack has two write the versions of an event in a wrong order while others read: for each reader the
// version only grows, and the list has the event exactly once.
func TestReadersNeverGoBack(t *testing.T) {
	c := catalogue.New(newMemory())
	c.ApplyEvent(event(1, 1))
	const newest = 600
	var writers, readers sync.WaitGroup
	for half := range int64(2) {
		writers.Go(func() {
			for v := int64(2); v < newest; v += 3 {
				c.ApplyEvent(event(1, v+2-half))
				c.ApplyEvent(event(1, v))
				c.ApplyLocation(persistence.Location{ID: persistence.ID{9}, Name: "Hall", Version: v})
			}
			c.ApplyEvent(event(1, newest+half))
		})
	}
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for seen := int64(0); ; {
				l, err := c.List(now, catalogue.Query{})
				if err != nil || len(l.Events) != 1 || l.Events[0].Version < seen {
					t.Errorf("after version %d the list has %d events, %v", seen, len(l.Events), err)
					return
				}
				seen = l.Events[0].Version
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if found, err := c.Event(t.Context(), event(1, 1).ID); err != nil || found.Version != newest+1 {
		t.Errorf("in the end it has %+v, %v", found, err)
	}
}
