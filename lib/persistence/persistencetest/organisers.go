package persistencetest

import (
	"cmp"
	"context"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

// commit stores bookings as they are, as the next versions of an event's.
func commit(
	ctx context.Context, t *testing.T, store persistence.BookingHandler, i persistence.Inventory,
	bookings ...persistence.Booking,
) {
	t.Helper()
	ids := make([]persistence.ID, len(bookings))
	for n, b := range bookings {
		ids[n] = b.ID
	}
	s, err := store.Load(ctx, i.Event.ID, ids...)
	want(t, err, nil)
	i.Sequence = s.Inventory.Sequence + 1
	changes := []persistence.Change{{Inventory: i}}
	for _, b := range bookings {
		i.Sequence++
		changes = append(changes, changeOf(i, b))
	}
	want(t, store.Commit(ctx, s, changes), nil)
}

func eventOf(id persistence.ID, start int64, organiser persistence.ID) persistence.Inventory {
	i := inventory(1, 0)
	i.Event.ID, i.Event.StartDate, i.Event.OrganiserID = id, start, organiser
	return i
}

func bookingOf(event persistence.ID, date, seats int64) persistence.Booking {
	return persistence.Booking{
		ID: persistence.NewID(), EventID: event, UserID: persistence.NewID(), Seats: seats, Asked: seats, Date: date,
		Version: 1,
	}
}

// testPagesOfEvent reads the bookings of one of two events, some of them made in one second and some given back.
func testPagesOfEvent(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	mine, other := eventOf(persistence.NewID(), 1, persistence.ID{}), eventOf(persistence.NewID(), 1, persistence.ID{})
	var expected []persistence.Booking
	for n := range int64(11) {
		b := bookingOf(mine.Event.ID, 1_800_000_000+n/4, 2)
		commit(ctx, t, store, mine, b)
		if n%3 == 0 {
			b.Seats, b.Version, b.Reason = n%2, 2, "given back"
			commit(ctx, t, store, mine, b)
		}
		expected = append(expected, b)
		commit(ctx, t, store, other, bookingOf(other.Event.ID, 1_800_000_000+n/4, 2))
	}
	slices.SortFunc(expected, func(a, b persistence.Booking) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), compare(b.ID, a.ID))
	})
	found := allPages(t, 3, func(p persistence.Page) ([]persistence.Booking, error) {
		return store.FindBookingsOfEvent(ctx, mine.Event.ID, p)
	}, placeOfBooking)
	if diff := gocmp.Diff(expected, found); diff != "" {
		t.Errorf("the pages differ (-booked +read):\n%s", diff)
	}
	none, err := store.FindBookingsOfEvent(ctx, persistence.NewID(), persistence.Page{Limit: 5})
	want(t, err, nil)
	if len(none) != 0 {
		t.Errorf("an event without bookings has %+v", none)
	}
}

// testPagesOfOrganiser reads the events of one organiser, and all, after some were moved to another day or organiser.
func testPagesOfOrganiser(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	one, two := persistence.NewID(), persistence.NewID()
	var events []persistence.Inventory
	for n := range int64(9) {
		organiser := []persistence.ID{one, two, {}}[n%3]
		e := eventOf(persistence.NewID(), 1_900_000_000+n/2*1000, organiser)
		commit(ctx, t, store, e)
		events = append(events, e)
	}
	events[0].Event.StartDate += 10_000
	events[1].Event.OrganiserID = one
	events[3].Event.OrganiserID, events[3].Event.StartDate = persistence.ID{}, 1_900_000_500
	events[5].Event.OrganiserID = two
	for _, n := range []int{0, 1, 3, 5} {
		events[n].Event.Version = 2
		commit(ctx, t, store, events[n])
	}
	slices.SortFunc(events, func(a, b persistence.Inventory) int {
		return cmp.Or(cmp.Compare(b.Event.StartDate, a.Event.StartDate), compare(b.Event.ID, a.Event.ID))
	})
	for _, organiser := range []persistence.ID{one, two, {}, persistence.NewID()} {
		var expected []persistence.EventCopy
		for _, i := range events {
			if organiser.IsZero() || i.Event.OrganiserID == organiser {
				expected = append(expected, i.Event)
			}
		}
		var found []persistence.EventCopy
		for _, i := range allPages(t, 2, func(p persistence.Page) ([]persistence.Inventory, error) {
			return store.FindInventories(ctx, organiser, p)
		}, func(i persistence.Inventory) (int64, persistence.ID) { return i.Event.StartDate, i.Event.ID }) {
			found = append(found, i.Event)
		}
		if diff := gocmp.Diff(expected, found); diff != "" {
			t.Errorf("the events of %q differ (-stored +read):\n%s", organiser, diff)
		}
	}
}

// testSales sums up what was booked around the turn of a period, and given back.
func testSales(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	const start = 1_800_000_000 // a multiple of the period
	ctx := bounded(t)
	one, two := eventOf(persistence.NewID(), 1, persistence.ID{}), eventOf(persistence.NewID(), 1, persistence.ID{})
	third := eventOf(persistence.NewID(), 1, persistence.ID{})
	changed := bookingOf(one.Event.ID, start+persistence.SalePeriod-1, 5)
	gone := bookingOf(one.Event.ID, start+3*persistence.SalePeriod, 7)
	commit(ctx, t, store, one, bookingOf(one.Event.ID, start-1, 1), bookingOf(one.Event.ID, start, 2), changed,
		bookingOf(one.Event.ID, start+persistence.SalePeriod, 4), gone)
	commit(ctx, t, store, two, bookingOf(two.Event.ID, start, 3), bookingOf(two.Event.ID, start, 3))
	commit(ctx, t, store, third, bookingOf(third.Event.ID, start, 9))
	changed.Seats, changed.Version = 2, 2
	gone.Seats, gone.Version = 0, 2
	commit(ctx, t, store, one, changed, gone)

	found, err := store.Sales(ctx, one.Event.ID, persistence.NewID(), two.Event.ID)
	want(t, err, nil)
	expected := []persistence.Sale{
		{EventID: one.Event.ID, Start: start - persistence.SalePeriod, Bookings: 1, Asked: 1, Seats: 1},
		{EventID: one.Event.ID, Start: start, Bookings: 2, Asked: 7, Seats: 4},
		{EventID: one.Event.ID, Start: start + persistence.SalePeriod, Bookings: 1, Asked: 4, Seats: 4},
		{EventID: one.Event.ID, Start: start + 3*persistence.SalePeriod, Bookings: 1, Asked: 7},
		{EventID: two.Event.ID, Start: start, Bookings: 2, Asked: 6, Seats: 6},
	}
	for _, sales := range [][]persistence.Sale{expected, found} {
		slices.SortFunc(sales, func(a, b persistence.Sale) int {
			return cmp.Or(compare(a.EventID, b.EventID), cmp.Compare(a.Start, b.Start))
		})
	}
	if diff := gocmp.Diff(expected, found); diff != "" {
		t.Errorf("the sales differ (-booked +summed up):\n%s", diff)
	}
}
