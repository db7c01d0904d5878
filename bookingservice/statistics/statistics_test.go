package statistics_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"myevents/bookingservice/statistics"
	"myevents/lib/persistence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store sums up what it is given, takes its time for each event, and counts how often it was asked for.
type store struct {
	mu    sync.Mutex
	sales map[persistence.ID][]persistence.Sale
	asked map[persistence.ID]int
}

func newStore() *store {
	return &store{sales: make(map[persistence.ID][]persistence.Sale), asked: make(map[persistence.ID]int)}
}

func (s *store) Sales(ctx context.Context, events ...persistence.ID) ([]persistence.Sale, error) {
	select {
	case <-time.After(time.Duration(len(events)) * 10 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var sales []persistence.Sale
	for _, e := range events {
		s.asked[e]++
		sales = append(sales, s.sales[e]...)
	}
	return sales, nil
}

func (s *store) add(id persistence.ID, at time.Time, bookings, asked, seats int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sales[id] = append(s.sales[id], persistence.Sale{
		EventID: id, Start: at.Unix(), Bookings: bookings, Asked: asked, Seats: seats,
	})
}

func event(id persistence.ID, sequence int64, zone *time.Location) statistics.Event {
	return statistics.Event{
		Inventory: persistence.Inventory{Event: persistence.EventCopy{ID: id}, Sequence: sequence}, Zone: zone,
	}
}

// booked gives the seats of an event's days together.
func booked(t *testing.T, s *statistics.Statistics, e statistics.Event) (seats int64) {
	t.Helper()
	days, err := s.Days(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range days[e.Event.ID] {
		seats += d.Booked
	}
	return seats
}

// TestDaysOfTheVenue sums up what was sold around midnight of several zones, and on the day on which clocks are put
// forward.
func TestDaysOfTheVenue(t *testing.T) {
	id := persistence.ID{1}
	for name, c := range map[string]struct {
		zone string
		want []statistics.Day
	}{
		"Oslo": {"Europe/Oslo", []statistics.Day{
			{Day: "2027-03-27", Bookings: 1, Booked: 1}, {Day: "2027-03-28", Bookings: 5, Booked: 9, GivenBack: 4},
			{Day: "2027-03-29", Bookings: 1, Booked: 8},
		}},
		"Kathmandu": {"Asia/Kathmandu", []statistics.Day{
			{Day: "2027-03-28", Bookings: 4, Booked: 8, GivenBack: 3},
			{Day: "2027-03-29", Bookings: 3, Booked: 10, GivenBack: 1},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				zone, err := time.LoadLocation(c.zone)
				if err != nil {
					t.Fatal(err)
				}
				s := newStore()
				s.add(id, time.Date(2027, 3, 28, 22, 0, 0, 0, time.UTC), 1, 8, 8) // 00:00 on the 29th in Oslo
				s.add(id, time.Date(2027, 3, 27, 22, 45, 0, 0, time.UTC), 1, 1, 1)
				s.add(id, time.Date(2027, 3, 27, 23, 0, 0, 0, time.UTC), 3, 10, 7)
				s.add(id, time.Date(2027, 3, 28, 18, 15, 0, 0, time.UTC), 1, 3, 2) // 00:00 on the 29th in Kathmandu
				s.add(id, time.Date(2027, 3, 28, 21, 45, 0, 0, time.UTC), 1, 0, 0)
				days, err := statistics.New(s).Days(t.Context(), event(id, 1, zone))
				if diff := cmp.Diff(c.want, days[id]); err != nil || diff != "" {
					t.Errorf("%v; the days differ (-want +got):\n%s", err, diff)
				}
			})
		})
	}
}

// TestRemembered asks again and again: the store is asked anew only where something can have changed.
func TestRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		id, s := persistence.ID{1}, newStore()
		figures := statistics.New(s)
		step := func(what string, wait time.Duration, e statistics.Event, asked int, seats int64) {
			t.Helper()
			time.Sleep(wait)
			if got := booked(t, figures, e); got != seats || s.asked[id] != asked {
				t.Errorf("%s: %d seats after %d reads, want %d after %d", what, got, s.asked[id], seats, asked)
			}
		}
		s.add(id, time.Now(), 1, 2, 2)
		step("at first", 0, event(id, 1, time.UTC), 1, 2)
		s.add(id, time.Now(), 1, 3, 3)
		step("sold on a moment ago", time.Second, event(id, 2, time.UTC), 1, 2)
		step("sold on", 2*time.Second, event(id, 2, time.UTC), 2, 5)
		s.add(id, time.Now(), 1, 1, 1)
		step("the sums came late", 4*time.Second, event(id, 2, time.UTC), 3, 6)
		step("nothing new, for a while", 10*time.Second, event(id, 2, time.UTC), 4, 6)
		step("nothing new", time.Hour, event(id, 2, time.UTC), 4, 6)
		step("in another zone", 0, event(id, 2, time.FixedZone("other", 3600)), 5, 6)
	})
}

// TestCrowd has many ask at once: one of them has the store asked, and whose time is over does not wait for it.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		id, s := persistence.ID{1}, newStore()
		s.add(id, time.Now(), 1, 2, 2)
		figures := statistics.New(s)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if got := booked(t, figures, event(id, 1, time.UTC)); got != 2 {
					t.Errorf("%d seats", got)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := figures.Days(ctx, event(id, 1, time.UTC)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("out of time: %v", err)
		}
		all.Wait()
		if s.asked[id] != 1 {
			t.Errorf("the store was asked %d times", s.asked[id])
		}
	})
}

// TestTimeRunsOut has too many events for the time that there is: asked again and again, it gets on.
func TestTimeRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		events := make([]statistics.Event, 1000)
		for n := range events {
			events[n] = event(persistence.NewID(), 1, time.UTC)
			s.add(events[n].Event.ID, time.Now(), 1, 2, 2)
		}
		figures := statistics.New(s)
		for attempt := 1; ; attempt++ {
			ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
			days, err := figures.Days(ctx, events...)
			cancel()
			if err == nil {
				if len(days) != len(events) {
					t.Errorf("%d of %d events have figures", len(days), len(events))
				}
				return
			}
			if attempt == 20 {
				t.Fatal("it gets nowhere")
			}
		}
	})
}

// TestForgets asks for more than may be remembered: it is asked for anew, and right.
func TestForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const days = 400_000
		s := newStore()
		large, other := persistence.ID{1}, persistence.ID{2}
		for n := range days {
			s.add([]persistence.ID{large, other}[n%2], time.Now().AddDate(0, 0, -n), 1, 1, 1)
		}
		figures := statistics.New(s)
		for range 2 { // then nothing is expected to change any more
			for _, id := range []persistence.ID{large, other} {
				if got := booked(t, figures, event(id, 1, time.UTC)); got != days/2 {
					t.Errorf("%d seats", got)
				}
			}
			time.Sleep(20 * time.Second)
		}
		before := s.asked[large]
		for n := range byte(2) {
			third := persistence.ID{3, n}
			for n := range days / 2 {
				s.add(third, time.Now().AddDate(0, 0, -n), 1, 1, 1)
			}
			booked(t, figures, event(third, 1, time.UTC))
		}
		booked(t, figures, event(large, 1, time.UTC))
		if s.asked[large] == before {
			t.Error("all is remembered")
		}
	})
}
