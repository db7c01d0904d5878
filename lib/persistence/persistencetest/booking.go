package persistencetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

// TestBookingHandler runs the suite on stores of the booking service, each of them empty.
func TestBookingHandler(t *testing.T, open func(*testing.T) persistence.BookingHandler) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, persistence.BookingHandler){
		"load and commit":       testCommit,
		"one commit per state":  testOneCommitPerState,
		"all or nothing":        testAllOrNothing,
		"pages of bookings":     testPages,
		"bookings of one date":  testPagesOfOneDate,
		"locations by version":  testLocations,
		"sessions":              testSessions,
		"concurrent refreshing": testConcurrentSessions,
		"expired sessions":      testExpired,
		"guests":                testGuests,
		"concurrent adoption":   testConcurrentAdoption,
		"moment of expiry":      testExpiryMoment,
		"another event's":       testForeignBooking,
		"bookings of an event":  testPagesOfEvent,
		"events of organisers":  testPagesOfOrganiser,
		"sales":                 testSales,
		"sessions of a user":    testSessionsOfUser,
		"users":                 testUsers,
		"taken addresses":       testTakenAddresses,
		"erased users":          testErasedUsers,
		"concurrent users":      testConcurrentUsers,
		"concurrent addresses":  testConcurrentAddresses,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	testCommon(t, func(t *testing.T) persistence.Common {
		t.Helper()
		return open(t)
	}, func(ctx context.Context, store persistence.Common, id persistence.ID, version int64) error {
		handler, _ := store.(persistence.BookingHandler)
		return writeBooking(ctx, handler, id, version)
	})
}

// theEvent is the one whose inventory the tests work on.
var theEvent = persistence.ID{0xe}

func inventory(sequence, booked int64) persistence.Inventory {
	return persistence.Inventory{
		Event: persistence.EventCopy{
			ID: theEvent, Name: "Concert", StartDate: 1_900_000_000, EndDate: 1_900_007_200, LocationID: persistence.ID{1},
			OrganiserID: persistence.ID{2}, Capacity: 100, Moved: 1_799_000_000, Version: 1,
		},
		Booked: booked, Sequence: sequence,
	}
}

func newBooking(id, user persistence.ID, date int64) persistence.Booking {
	return persistence.Booking{ID: id, EventID: theEvent, UserID: user, Seats: 2, Asked: 2, Date: date, Version: 1}
}

// changeOf makes a change of a booking with its message.
func changeOf(i persistence.Inventory, b persistence.Booking) persistence.Change {
	m := message(b.ID.String(), b.Version)
	return persistence.Change{Inventory: i, Booking: &b, Message: &m}
}

// writeBooking stores a version of a booking, whatever the state of the inventory.
func writeBooking(ctx context.Context, store persistence.BookingHandler, id persistence.ID, version int64) error {
	for {
		s, err := store.Load(ctx, theEvent, id)
		if err != nil {
			return err
		}
		b := newBooking(id, persistence.NewID(), 1_800_000_000)
		if version > 1 {
			b = s.Bookings[id]
			b.Version = version
		}
		i := inventory(s.Inventory.Sequence+1, s.Inventory.Booked+2)
		err = store.Commit(ctx, s, []persistence.Change{changeOf(i, b)})
		if !errors.Is(err, persistence.ErrConflict) {
			return err
		}
	}
}

func load(
	ctx context.Context, t *testing.T, store persistence.BookingHandler, ids ...persistence.ID,
) persistence.Snapshot {
	t.Helper()
	s, err := store.Load(ctx, theEvent, ids...)
	want(t, err, nil)
	return s
}

func testCommit(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	id, missing := persistence.NewID(), persistence.NewID()
	s := load(ctx, t, store, id)
	if s.EventID != theEvent || s.Inventory != (persistence.Inventory{}) || len(s.Bookings) != 0 {
		t.Fatalf("an unknown event is loaded as %+v", s)
	}
	copied, decided := inventory(1, 0), inventory(2, 2)
	b := newBooking(id, persistence.NewID(), 1_800_000_000)
	m := message("availability:"+theEvent.String(), 1)
	want(t, store.Commit(ctx, s, []persistence.Change{{Inventory: copied, Message: &m}, changeOf(decided, b)}), nil)

	s = load(ctx, t, store, id, missing)
	if diff := cmp.Diff(decided, s.Inventory); diff != "" {
		t.Errorf("the inventory differs (-committed +loaded):\n%s", diff)
	}
	if diff := cmp.Diff(map[persistence.ID]persistence.Booking{id: b}, s.Bookings); diff != "" {
		t.Errorf("the bookings differ (-committed +loaded):\n%s", diff)
	}
	if !s.Waiting[id] || s.Waiting[missing] {
		t.Errorf("messages wait of %v", s.Waiting)
	}
	found, err := store.FindBooking(ctx, id)
	want(t, err, nil)
	if found != b {
		t.Errorf("found %+v, committed %+v", found, b)
	}
	_, err = store.FindBooking(ctx, missing)
	want(t, err, persistence.ErrNotFound)
	if sent := drain(ctx, t, store); len(sent) != 2 {
		t.Errorf("the outboxes had %+v", sent)
	}
	if s = load(ctx, t, store, id); s.Waiting[id] {
		t.Error("messages are said to wait where none does")
	}
	inventories, err := store.Availability(ctx, theEvent, persistence.NewID())
	want(t, err, nil)
	copies, err := store.FindEventCopies(ctx, persistence.NewID(), theEvent)
	want(t, err, nil)
	if !slices.Equal(inventories, []persistence.Inventory{decided}) ||
		!slices.Equal(copies, []persistence.EventCopy{decided.Event}) {
		t.Errorf("the event is read as %+v and %+v", inventories, copies)
	}
}

// testOneCommitPerState has many commit on one state, at first on that of an unknown event: each time exactly one may.
func testOneCommitPerState(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	for round := range int64(5) {
		s := load(ctx, t, store)
		var done, conflicts atomic.Int64
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				b := newBooking(persistence.NewID(), persistence.NewID(), 1_800_000_000)
				switch err := store.Commit(ctx, s, []persistence.Change{changeOf(inventory(round+1, 2*round+2), b)}); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, persistence.ErrConflict):
					conflicts.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || conflicts.Load() != 15 {
			t.Fatalf("on one state %d commits were made and %d refused", done.Load(), conflicts.Load())
		}
	}
	if sent := drain(ctx, t, store); len(sent) != 5 {
		t.Errorf("5 commits made %d messages", len(sent))
	}
}

func testAllOrNothing(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	one, two, user := persistence.NewID(), persistence.NewID(), persistence.NewID()
	old := load(ctx, t, store, one, two)
	want(t, store.Commit(ctx, old, []persistence.Change{changeOf(inventory(1, 2), newBooking(one, user, 1))}), nil)
	drain(ctx, t, store)

	stale := []persistence.Change{
		changeOf(inventory(2, 4), newBooking(two, user, 2)),
		changeOf(inventory(3, 6), newBooking(persistence.NewID(), user, 3)),
	}
	want(t, store.Commit(ctx, old, stale), persistence.ErrConflict)
	s := load(ctx, t, store, one, two)
	if s.Inventory != inventory(1, 2) || len(s.Bookings) != 1 {
		t.Errorf("a refused commit left %+v", s)
	}
	if sent := drain(ctx, t, store); len(sent) != 0 {
		t.Errorf("a refused commit sent %+v", sent)
	}
	mine, err := store.FindBookings(ctx, []persistence.ID{user}, persistence.Page{Limit: 10})
	want(t, err, nil)
	if len(mine) != 1 {
		t.Errorf("the user has %+v", mine)
	}
	less := s.Bookings[one]
	less.Seats, less.Version, less.Reason = 0, 2, "the balcony is closed"
	want(t, store.Commit(ctx, s, []persistence.Change{changeOf(inventory(2, 0), less)}), nil)
	found, err := store.FindBooking(ctx, one)
	want(t, err, nil)
	if found != less {
		t.Errorf("found %+v, committed %+v", found, less)
	}
}

// testPages reads the bookings of two users together, page by page.
func testPages(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	users := []persistence.ID{persistence.NewID(), persistence.NewID()}
	var expected []persistence.Booking
	for n := range int64(9) {
		b := newBooking(persistence.NewID(), users[n%2], 1_800_000_000+n)
		s := load(ctx, t, store, b.ID)
		want(t, store.Commit(ctx, s, []persistence.Change{changeOf(inventory(n+1, 2*n+2), b)}), nil)
		expected = append(expected, b)
	}
	want(t, writeBooking(ctx, store, persistence.NewID(), 1), nil)
	slices.Reverse(expected)
	if diff := cmp.Diff(expected, pages(ctx, t, store, users, 2)); diff != "" {
		t.Errorf("the pages differ (-booked +read):\n%s", diff)
	}
	none, err := store.FindBookings(ctx, []persistence.ID{persistence.NewID()}, persistence.Page{Limit: 5})
	want(t, err, nil)
	if len(none) != 0 {
		t.Errorf("somebody without bookings has %+v", none)
	}
}

// testPagesOfOneDate checks that pages neither repeat nor leave out what was booked in the same second, and sort it by
// ID.
func testPagesOfOneDate(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	users := []persistence.ID{persistence.NewID(), persistence.NewID()}
	var expected []persistence.Booking
	for n := range int64(7) {
		b := newBooking(persistence.NewID(), users[n%2], 1_800_000_000)
		s := load(ctx, t, store, b.ID)
		want(t, store.Commit(ctx, s, []persistence.Change{changeOf(inventory(n+1, 2*n+2), b)}), nil)
		expected = append(expected, b)
	}
	slices.SortFunc(expected, func(a, b persistence.Booking) int { return compare(b.ID, a.ID) })
	if diff := cmp.Diff(expected, pages(ctx, t, store, users, 3)); diff != "" {
		t.Errorf("the pages differ (-booked +read):\n%s", diff)
	}
}

func pages(
	ctx context.Context, t *testing.T, store persistence.BookingHandler, users []persistence.ID, size int,
) []persistence.Booking {
	t.Helper()
	return allPages(t, size, func(p persistence.Page) ([]persistence.Booking, error) {
		return store.FindBookings(ctx, users, p)
	}, placeOfBooking)
}

func placeOfBooking(b persistence.Booking) (int64, persistence.ID) { return b.Date, b.ID }

// allPages reads a list page by page. place gives what a document is sorted by.
func allPages[T any](
	t *testing.T, size int, find func(persistence.Page) ([]T, error), place func(T) (int64, persistence.ID),
) []T {
	t.Helper()
	var all []T
	for page := (persistence.Page{Limit: size}); ; {
		found, err := find(page)
		want(t, err, nil)
		if len(found) > size {
			t.Fatalf("%d on a page of %d", len(found), size)
		}
		all = append(all, found...)
		if len(found) < size {
			return all
		}
		page.BeforeDate, page.BeforeID = place(found[len(found)-1])
	}
}

func testLocations(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	l := persistence.Location{ID: persistence.NewID(), Name: "Two", TimeZone: "Asia/Tokyo", Version: 2}
	want(t, store.SaveLocation(ctx, l), nil)
	for _, other := range []persistence.Location{
		{ID: l.ID, Name: "One", Version: 1}, {ID: l.ID, Name: "Two again", Version: 2},
	} {
		want(t, store.SaveLocation(ctx, other), nil)
	}
	found, err := store.FindLocations(ctx, persistence.NewID(), l.ID)
	want(t, err, nil)
	if diff := cmp.Diff([]persistence.Location{l}, found); diff != "" {
		t.Errorf("the location differs (-newest +found):\n%s", diff)
	}
	l.Deleted, l.Version = true, 3
	want(t, store.SaveLocation(ctx, l), nil)
	found, err = store.FindLocations(ctx, l.ID)
	want(t, err, nil)
	if len(found) != 1 || !found[0].Deleted {
		t.Errorf("the tombstone is found as %+v", found)
	}
}
