package availability_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"myevents/bookingservice/availability"
	"myevents/lib/persistence"
)

// shelf is a store of inventories, the latest start first.
type shelf struct {
	mu          sync.Mutex
	inventories []persistence.Inventory
	read        int // how many were answered with
	away        error
}

func (s *shelf) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *shelf) put(n int, start, end time.Time, capacity persistence.Capacity, booked int64, cancelled bool) {
	for range n {
		s.inventories = append(s.inventories, persistence.Inventory{Booked: booked, Event: persistence.EventCopy{
			ID: persistence.NewID(), StartDate: start.Unix(), EndDate: end.Unix(), Capacity: capacity, Cancelled: cancelled,
		}})
	}
}

func (s *shelf) FindInventories(
	_ context.Context, _ persistence.ID, p persistence.Page,
) ([]persistence.Inventory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return nil, s.away
	}
	from := 0
	for n, i := range s.inventories {
		if i.Event.ID == p.BeforeID {
			from = n + 1
		}
	}
	page := s.inventories[from:min(from+p.Limit, len(s.inventories))]
	s.read += len(page)
	return page, nil
}

// TestStock counts what is on sale, again and again, and does not read what is long over.
func TestStock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, registry := time.Now(), prometheus.NewPedanticRegistry()
		at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
		s := new(shelf)
		s.put(1100, at(48), at(50), 10, 4, false)
		s.put(2, at(24), at(26), 10, 10, false)
		s.put(3, at(23), at(25), 10, 12, false)
		s.put(4, at(22), at(24), persistence.Unlimited, 7, false)
		s.put(5, at(21), at(23), 10, 1, true)  // cancelled
		s.put(1, at(-24), at(1), 10, 0, false) // goes on
		s.put(5000, at(-1000), at(-999), 10, 1, false)
		stock := availability.NewStock(s, registry)
		var faults []error
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- stock.Run(ctx, func(err error) {
				if err != nil {
					faults = append(faults, err)
				}
			})
		}()
		want := func(text string) {
			t.Helper()
			synctest.Wait()
			if err := testutil.GatherAndCompare(registry, strings.NewReader(text)); err != nil {
				t.Error(err)
			}
		}
		const events = `
# HELP myevents_sale_events Events on sale: with seats left (available), sold_out, over their capacity, or unlimited.
# TYPE myevents_sale_events gauge
myevents_sale_events{state="available"} 1101
myevents_sale_events{state="over"} 3
myevents_sale_events{state="sold_out"} 2
myevents_sale_events{state="unlimited"} 4
`
		const seats = `
# HELP myevents_sale_seats Seats of the events on sale that have a capacity: booked, free, or over, which are booked beyond it.
# TYPE myevents_sale_seats gauge
myevents_sale_seats{state="booked"} 4456
myevents_sale_seats{state="free"} 6610
myevents_sale_seats{state="over"} 6
`
		want(events + seats)
		if s.read > 2000 {
			t.Errorf("%d events were read", s.read)
		}
		s.change(func() { s.away = errors.New("away") })
		time.Sleep(30 * time.Second)
		want(events + seats)
		s.change(func() { s.away, s.inventories = nil, s.inventories[1100:] })
		time.Sleep(30 * time.Second)
		want(strings.Replace(events, " 1101", " 1", 1) + strings.NewReplacer("4456", "56", "6610", "10").Replace(seats))
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || len(faults) != 1 {
			t.Errorf("it ended with %v, and reported %v", err, faults)
		}
	})
}
