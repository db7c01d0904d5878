package rest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
	"myevents/lib/rest/resttest"
)

type soldDay struct {
	Day string

	Bookings, Booked, GivenBack int64
}

type sold struct {
	EventID, Name, TimeZone string
	Cancelled               bool
	Capacity                *int64
	Days                    []soldDay

	StartDate, EndDate, Booked, Bookings, GivenBack int64
}

func statistics(t *testing.T, a resttest.Answer) (all []sold) {
	t.Helper()
	a.JSON(t, &all)
	return all
}

// sell books seats at a moment, and gives some back.
func (w *world) sell(t *testing.T, event string, at time.Time, asked, seats int64) {
	t.Helper()
	id := mustParse(t, event)
	b := persistence.Booking{
		ID: persistence.NewID(), EventID: id, UserID: persistence.NewID(), Seats: asked, Asked: asked, Date: at.Unix(), Version: 1,
	}
	for b.Version = 1; b.Version <= 2; b.Version++ {
		s, err := w.store.Load(t.Context(), id, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.Inventory.Sequence++
		s.Inventory.Booked += b.Seats - s.Bookings[b.ID].Seats
		if err := w.store.Commit(t.Context(), s, []persistence.Change{{Inventory: s.Inventory, Booking: &b}}); err != nil {
			t.Fatal(err)
		}
		b.Seats = seats
	}
}

func TestStatistics(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 50)
	quiet := w.event(t, persistence.Unlimited, func(e *persistence.EventCopy) {
		e.Name, e.StartDate, e.LocationID, e.Cancelled = "Quiet", 5, persistence.ID{}, true
	})
	day := func(d, hour int) time.Time { return time.Date(2027, 3, d, hour, 30, 0, 0, time.UTC) }
	w.sell(t, event, day(1, 23), 3, 3) // the 2nd in Oslo
	w.sell(t, event, day(2, 12), 5, 2)
	w.sell(t, event, day(4, 12), 4, 0)
	w.sell(t, event, day(9, 12), 7, 7)

	days := []soldDay{
		{"2027-03-02", 2, 5, 3}, {"2027-03-04", 1, 0, 4}, {"2027-03-09", 1, 7, 0},
	}
	seats := int64(50)
	first := sold{
		EventID: event, Name: "Concert", TimeZone: "Europe/Oslo", Capacity: &seats, Booked: 12, Bookings: 4, GivenBack: 7,
		Days: days,
	}
	second := sold{EventID: quiet, Name: "Quiet", TimeZone: "UTC", StartDate: 5, Cancelled: true, Days: []soldDay{}}
	for query, want := range map[string][]sold{
		"": {first, second}, "?event=" + quiet + "&event=" + event: {first, second}, "?event=" + quiet: {second},
		"?from=2027-03-03&event=" + event:               {with(first, days[1:])},
		"?to=2027-03-04&event=" + event:                 {with(first, days[:2])},
		"?from=2027-03-04&to=2027-03-04&event=" + event: {with(first, days[1:2])},
		"?from=2028-01-01&limit=1":                      {with(first, []soldDay{})},
	} {
		got := statistics(t, w.Want(t, 200, "GET", "/statistics"+query, nil))
		for n := range got {
			got[n].EndDate = 0
			if got[n].EventID == event {
				got[n].StartDate = 0
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: the statistics differ (-want +got):\n%s", query, diff)
		}
	}
	for _, query := range []string{"from=yesterday", "to=2027-02-30", "from=2027-03-02&to=2027-03-01", "event=x", "limit=0"} {
		w.Want(t, 400, "GET", "/statistics?"+query, nil)
	}
	w.Want(t, 404, "GET", "/statistics?event="+event+"&event="+persistence.NewID().String(), nil)
}

func with(s sold, days []soldDay) sold {
	s.Days = days
	return s
}

// TestStatisticsInPages reads the statistics of many events page by page: each is there once, the latest first.
func TestStatisticsInPages(t *testing.T) {
	w := newWorld(t, open)
	var want []string
	for n := range int64(25) {
		want = append(want, w.event(t, 10, func(e *persistence.EventCopy) { e.StartDate = 1000 + n }))
	}
	slices.Reverse(want)
	var got []string
	for path := "/statistics?limit=10"; path != ""; {
		a := w.Want(t, 200, "GET", path, nil)
		for _, s := range statistics(t, a) {
			got = append(got, s.EventID)
		}
		path = next("/statistics", a.Header.Get("Link"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pages differ (-want +got):\n%s", diff)
	}
}

// TestStatisticsComeTrue has the figures say, in the end, what was booked and given back over HTTP.
func TestStatisticsComeTrue(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100)
	statistics(t, w.Want(t, 200, "GET", "/statistics", nil)) // remembered from now on
	b := book(t, w.Client, event, 5)
	book(t, w.Client, event, 3)
	w.Want(t, 200, "PATCH", "/bookings/"+b.ID, object{"seats": 1})
	var last string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		s := statistics(t, w.Want(t, 200, "GET", "/statistics?event="+event, nil))[0]
		last = fmt.Sprintf("%+v", s)
		if s.Booked == 4 && s.Bookings == 2 && s.GivenBack == 4 {
			return
		}
	}
	t.Errorf("the statistics stay at %s", last)
}
