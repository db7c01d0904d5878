package catalogue_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
)

// memory is a store that has what it is given, also what a real one would never have.
type memory struct {
	persistence.DatabaseHandler

	mu        sync.Mutex
	events    map[persistence.ID]persistence.Event
	locations map[persistence.ID]persistence.Location
	away      bool
	full      int    // how often everything was read
	reading   func() // is called after everything was read, before it is answered
}

func newMemory(events ...persistence.Event) *memory {
	m := &memory{
		events: make(map[persistence.ID]persistence.Event), locations: make(map[persistence.ID]persistence.Location),
	}
	m.put(events...)
	return m
}

func (m *memory) put(events ...persistence.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range events {
		m.events[e.ID] = e
	}
}

// EventsSince implements persistence.DatabaseHandler. It has nothing but the full reading.
func (m *memory) EventsSince(
	_ context.Context, after persistence.Mark,
) (found []persistence.Event, mark persistence.Mark, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.away:
		return nil, "", persistence.ErrUnavailable
	case after != "":
		return nil, after, nil
	}
	m.full++
	found = slices.Collect(maps.Values(m.events))
	if m.reading != nil {
		m.mu.Unlock()
		m.reading()
		m.mu.Lock()
	}
	return found, "1", nil
}

// LocationsSince implements persistence.DatabaseHandler.
func (m *memory) LocationsSince(
	_ context.Context, after persistence.Mark,
) ([]persistence.Location, persistence.Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.away:
		return nil, "", persistence.ErrUnavailable
	case after != "":
		return nil, after, nil
	}
	return slices.Collect(maps.Values(m.locations)), "1", nil
}

// FindEvent implements persistence.DatabaseHandler.
func (m *memory) FindEvent(_ context.Context, id persistence.ID) (persistence.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.events[id]; ok {
		return e, nil
	}
	return persistence.Event{}, persistence.ErrNotFound
}

func concert(n byte, version int64) persistence.Event {
	start := time.Now().Add(time.Duration(n) * time.Hour).Unix()
	return persistence.Event{
		ID: persistence.ID{n + 1}, Name: "Concert", StartDate: start, EndDate: start + 3600, Version: version,
	}
}

// version is the one that is shown, 0 where the event is neither listed nor found by its name.
func version(t *testing.T, c *catalogue.Catalogue, id persistence.ID) int64 {
	t.Helper()
	l, err := c.List(time.Now().Unix(), catalogue.Query{})
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(l.Events, func(e *catalogue.Entry) bool { return e.ID == id })
	if n < 0 {
		return 0
	}
	return l.Events[n].Version
}

// run runs the catalogue until the test ends, and answers with what it reports, for synctest.
func run(t *testing.T, c *catalogue.Catalogue) (last func() error) {
	t.Helper()
	var mu sync.Mutex
	var reported error
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.Run(ctx, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			reported = err
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	return func() error {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return reported
	}
}

// TestEverythingIsReadAgain shows that what the changes did not tell is found within five minutes: what was omitted,
// what is gone, and what a restored backup put back to an older version.
func TestEverythingIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(concert(0, 3), concert(1, 3), concert(2, 3))
		c := catalogue.New(store)
		last := run(t, c)
		if err := last(); err != nil {
			t.Fatal(err)
		}
		store.mu.Lock()
		delete(store.events, concert(0, 0).ID)
		store.mu.Unlock()
		store.put(concert(1, 2), concert(3, 1))
		time.Sleep(4 * time.Minute)
		if got := version(t, c, concert(1, 0).ID); got != 3 {
			t.Errorf("before everything is read it shows version %d", got)
		}
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		for n, want := range map[byte]int64{1: 2, 2: 3, 3: 1} {
			if got := version(t, c, concert(n, 0).ID); got != want {
				t.Errorf("of event %d it shows version %d, want %d", n, got, want)
			}
		}
		if _, err := c.Event(t.Context(), concert(0, 0).ID); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("the event that is gone is found: %v", err)
		}
		if store.full != 2 {
			t.Errorf("everything was read %d times", store.full)
		}
	})
}

// TestWritesWhileEverythingIsRead shows that what is written after the store was read, and before it is taken over, is
// not lost.
func TestWritesWhileEverythingIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(concert(0, 1), concert(1, 5))
		c := catalogue.New(store)
		last := run(t, c)
		if err := last(); err != nil {
			t.Fatal(err)
		}
		store.reading = func() {
			c.ApplyEvent(concert(0, 2))
			c.ApplyEvent(concert(2, 1))
		}
		store.put(concert(1, 4))
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		for n, want := range map[byte]int64{0: 2, 1: 4, 2: 1} {
			if got := version(t, c, concert(n, 0).ID); got != want {
				t.Errorf("of event %d it shows version %d, want %d", n, got, want)
			}
		}
	})
}

// TestStoreAway shows that a catalogue without a store says so, goes on with what it has, and catches up by itself.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(concert(0, 1))
		store.away = true
		set := func(away bool) {
			store.mu.Lock()
			store.away = away
			store.mu.Unlock()
			time.Sleep(2 * time.Second)
		}
		c := catalogue.New(store)
		last := run(t, c)
		if err := last(); !errors.Is(err, persistence.ErrUnavailable) || !errors.Is(c.Ready(), persistence.ErrUnavailable) {
			t.Errorf("without a store it reports %v and is ready: %v", err, c.Ready())
		}
		set(false)
		if err := last(); err != nil || c.Ready() != nil {
			t.Errorf("with the store it reports %v and is ready: %v", err, c.Ready())
		}
		set(true)
		if err := last(); !errors.Is(err, persistence.ErrUnavailable) || c.Ready() != nil {
			t.Errorf("without the store again it reports %v and is ready: %v", err, c.Ready())
		}
		if got := version(t, c, concert(0, 0).ID); got != 1 {
			t.Errorf("it shows version %d", got)
		}
	})
}

// TestListIsMadeAgainWhenAnEventEnds shows that nobody has to write for the list to change, and that it is the same one
// until then.
func TestListIsMadeAgainWhenAnEventEnds(t *testing.T) {
	first, second := concert(0, 1), concert(1, 1)
	c := catalogue.New(newMemory(first, second))
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := func(now int64) *catalogue.List {
		l, err := c.List(now, catalogue.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	before := at(first.StartDate)
	if at(first.EndDate-1) != before {
		t.Error("the list was made again though nothing changed")
	}
	after := at(first.EndDate)
	if len(after.Events) != 1 || after.Events[0].ID != second.ID || after.ETag == before.ETag {
		t.Errorf("when the first event is over the list has %d events", len(after.Events))
	}
	if rest := at(second.EndDate); string(rest.Body) != "[]" {
		t.Errorf("when all are over the list is %s", rest.Body)
	}
	if again := at(first.StartDate); len(again.Events) != 2 {
		t.Errorf("when the clock was put back the list has %d events", len(again.Events))
	}
}

// TestReadersAtOnce shows that a list is made once after a write, however many ask for it at the same time.
func TestReadersAtOnce(t *testing.T) {
	store := newMemory()
	for n := range byte(200) {
		store.put(concert(n, 1))
	}
	c := catalogue.New(store)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for round := range int64(50) {
		c.ApplyEvent(concert(0, 2+round))
		lists := make(chan *catalogue.List, 16)
		begin := make(chan struct{})
		var readers sync.WaitGroup
		for range cap(lists) {
			readers.Go(func() {
				<-begin
				l, err := c.List(time.Now().Unix(), catalogue.Query{})
				if err != nil || len(l.Gzip()) == 0 {
					t.Error(err)
				}
				lists <- l
			})
		}
		close(begin)
		readers.Wait()
		close(lists)
		first := <-lists
		for l := range lists {
			if l != first {
				t.Fatal("the list was made more than once")
			}
		}
	}
}
