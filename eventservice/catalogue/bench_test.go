package catalogue_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
)

// sizes are numbers of events that have to stay quick.
var sizes = []int{1_000, 10_000, 100_000}

// full is a catalogue with so many events to come, at 100 locations.
func full(b *testing.B, size int) (*catalogue.Catalogue, []persistence.Event) {
	b.Helper()
	store := newMemory()
	events := make([]persistence.Event, size)
	soon := time.Now().Add(time.Hour).Unix()
	for n := range events {
		start := soon + int64(n*7919%size)*60
		events[n] = persistence.Event{
			ID: persistence.NewID(), Name: fmt.Sprintf("Chamber concert number %d", n), StartDate: start, EndDate: start + 7200,
			Version: 1, Location: persistence.Location{
				ID: persistence.ID{byte(n%100) + 1}, Name: "Old Harbour Hall", Address: "Quay 7, Hamburg", Country: "Germany",
				TimeZone: "Europe/Berlin", Version: 1, Halls: []persistence.Hall{{Name: "Great Hall", Capacity: 400}},
			},
		}
	}
	store.put(events...)
	c := catalogue.New(store)
	if err := c.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	return c, events
}

// perSize measures an operation on catalogues of different sizes.
func perSize(b *testing.B, prepare func(c *catalogue.Catalogue, events []persistence.Event) (operation func() error)) {
	b.Helper()
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%d_events", size), func(b *testing.B) {
			operation := prepare(full(b, size))
			b.ReportAllocs()
			for b.Loop() {
				if err := operation(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWrite is an event that is changed, again and again.
func BenchmarkWrite(b *testing.B) {
	perSize(b, func(c *catalogue.Catalogue, events []persistence.Event) func() error {
		e := events[len(events)/2]
		return func() error {
			e.Version++
			c.ApplyEvent(e)
			return nil
		}
	})
}

// BenchmarkList is the list without a filter when nothing has changed.
func BenchmarkList(b *testing.B) {
	perSize(b, func(c *catalogue.Catalogue, _ []persistence.Event) func() error {
		return func() error {
			_, err := c.List(1, catalogue.Query{})
			return err
		}
	})
}

// BenchmarkListAfterWrite is the first list after an event was changed.
func BenchmarkListAfterWrite(b *testing.B) {
	perSize(b, func(c *catalogue.Catalogue, events []persistence.Event) func() error {
		e := events[0]
		return func() error {
			e.Version++
			c.ApplyEvent(e)
			_, err := c.List(1, catalogue.Query{})
			return err
		}
	})
}

// BenchmarkSearch is a search that has to look at all events, and finds one.
func BenchmarkSearch(b *testing.B) {
	perSize(b, func(c *catalogue.Catalogue, events []persistence.Event) func() error {
		q := catalogue.Query{Text: fmt.Sprintf("number %d", len(events)-1)}
		return func() error {
			l, err := c.List(1, q)
			if err == nil && len(l.Events) != 1 {
				err = fmt.Errorf("it finds %d events", len(l.Events))
			}
			return err
		}
	})
}

// BenchmarkEvent is one event by its ID.
func BenchmarkEvent(b *testing.B) {
	perSize(b, func(c *catalogue.Catalogue, events []persistence.Event) func() error {
		n := 0
		return func() error {
			n++
			_, err := c.Event(context.Background(), events[n%len(events)].ID)
			return err
		}
	})
}
