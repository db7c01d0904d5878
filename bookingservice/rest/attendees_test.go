package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
	"myevents/lib/rest/resttest"
)

type attendee struct {
	ID, UserID, BookedAt, Name, Email, Status, CancellationReason string

	Date, Seats, GivenBack int64
}

// person gives a user an account, whatever it says.
func (w *world) person(t *testing.T, id persistence.ID, name, email string) {
	t.Helper()
	err := w.store.AddUser(t.Context(), persistence.User{
		ID: id, Name: name, Email: email, EmailKey: id.String(), Epoch: 1, Version: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// list reads all pages of a list of attendees.
func list(t *testing.T, c *resttest.Client, event, query string) (all []attendee, pages int) {
	t.Helper()
	path := "/events/" + event + "/bookings"
	for at := path + query; at != ""; pages++ {
		if pages > 1000 {
			t.Fatal("the list does not end")
		}
		a := c.Want(t, 200, "GET", at, nil)
		var page []attendee
		a.JSON(t, &page)
		all = append(all, page...)
		at = next(path, a.Header.Get("Link"))
	}
	return all, pages
}

// fill has an event booked many times, all of it by one user, in the order of time. What it gives has the last first,
// as the list does.
func (w *world) fill(t *testing.T, event string, user persistence.ID, n int) []persistence.ID {
	t.Helper()
	id := mustParse(t, event)
	var bookings []persistence.ID
	for len(bookings) < n {
		s, err := w.store.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var changes []persistence.Change
		for range min(2000, n-len(bookings)) {
			b := persistence.Booking{
				ID: persistence.NewID(), EventID: id, UserID: user, Seats: 1, Asked: 1, Version: 1,
				Date: 1_800_000_000 + int64(len(bookings)),
			}
			s.Inventory.Booked++
			s.Inventory.Sequence++
			changes = append(changes, persistence.Change{Inventory: s.Inventory, Booking: &b})
			bookings = append(bookings, b.ID)
		}
		if err := w.store.Commit(t.Context(), s, changes); err != nil {
			t.Fatal(err)
		}
	}
	slices.Reverse(bookings)
	return bookings
}

func TestAttendees(t *testing.T) {
	w := newWorld(t, open)
	event, other := w.event(t, 100), w.event(t, 100)
	guest, user := w.Visitor(t), w.Visitor(t)
	given, kept, cancelled := book(t, guest, event, 2), book(t, user, event, 5), book(t, guest, event, 3)
	book(t, guest, other, 1)
	former := w.Visitor(t)
	before := book(t, former, event, 1)
	var me, once struct{ ID string }
	user.Want(t, 200, "GET", "/users/me", nil).JSON(t, &me)
	former.Want(t, 200, "GET", "/users/me", nil).JSON(t, &once)
	w.person(t, mustParse(t, me.ID), "Ada Lovelace", "ada@example.com")
	if err := w.store.AdoptGuest(t.Context(), mustParse(t, me.ID), mustParse(t, once.ID)); err != nil {
		t.Fatal(err)
	}
	guest.Want(t, 200, "DELETE", "/bookings/"+given.ID, nil)
	user.Want(t, 200, "PATCH", "/bookings/"+kept.ID, object{"seats": 4})
	w.Want(t, 200, "POST", "/bookings/"+cancelled.ID+"/cancellation", object{"reason": "ill"})

	found, _ := list(t, w.Client, event, "")
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]attendee)
	for _, a := range found {
		if at, err := time.Parse(time.RFC3339, a.BookedAt); err != nil || at.Unix() != a.Date ||
			a.BookedAt != at.In(zone).Format(time.RFC3339) {
			t.Errorf("%d is shown as %s, %v", a.Date, a.BookedAt, err)
		}
		if a.ID != kept.ID && a.UserID == me.ID || a.UserID == "" {
			t.Errorf("%+v is somebody else's", a)
		}
		a.Date, a.BookedAt, a.UserID = 0, "", ""
		byID[a.ID] = a
	}
	want := map[string]attendee{
		given.ID:     {ID: given.ID, GivenBack: 2, Status: "given_back"},
		kept.ID:      {ID: kept.ID, Seats: 4, GivenBack: 1, Status: "booked", Name: "Ada Lovelace", Email: "ada@example.com"},
		before.ID:    {ID: before.ID, Seats: 1, Status: "booked", Name: "Ada Lovelace", Email: "ada@example.com"},
		cancelled.ID: {ID: cancelled.ID, GivenBack: 3, Status: "cancelled", CancellationReason: "ill"},
	}
	if diff := cmp.Diff(want, byID); diff != "" {
		t.Errorf("the list differs (-want +got):\n%s", diff)
	}
	for q, want := range map[string]int{
		"LOVE": 2, "ada%40example": 2, "ada%20l": 2, kept.ID[:9]: 1, strings.ToUpper(given.ID): 1, "%20": 4, "zz": 0,
		kept.ID[1:]: 0, persistence.NewID().String(): 0,
	} {
		if found, _ := list(t, w.Client, event, "?q="+q); len(found) != want {
			t.Errorf("searching for %q finds %+v", q, found)
		}
	}
	if found, _ := list(t, w.Client, other, "?q="+kept.ID); len(found) != 0 {
		t.Errorf("another event's booking is found: %+v", found)
	}
}

func TestAttendeesRefused(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100)
	w.Want(t, 404, "GET", "/events/"+persistence.NewID().String()+"/bookings", nil)
	for _, query := range []string{"limit=0", "limit=x", "after=x", "format=pdf", "q=" + strings.Repeat("x", 201)} {
		w.Want(t, 400, "GET", "/events/"+event+"/bookings?"+query, nil)
	}
	w.store.lastPage.Store(1)
	w.store.pages.Store(1)
	w.Want(t, 503, "GET", "/events/"+event+"/bookings", nil)
	w.Want(t, 503, "GET", "/events/"+event+"/bookings?format=csv", nil)
}

// TestManyAttendees lists 10,000 bookings page by page, and finds one among them.
func TestManyAttendees(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, persistence.Unlimited)
	want := w.fill(t, event, persistence.NewID(), 10_000)
	for query, pages := range map[string]int{"": 10, "?limit=999": 11} {
		found, got := list(t, w.Client, event, query)
		var ids []persistence.ID
		for _, a := range found {
			ids = append(ids, mustParse(t, a.ID))
		}
		if !slices.Equal(ids, want) || got != pages {
			t.Errorf("%q: %d bookings were listed on %d pages", query, len(ids), got)
		}
	}
	some := want[7000].String()
	if found, _ := list(t, w.Client, event, "?q="+some[:12]); len(found) != 1 || found[0].ID != some {
		t.Errorf("%s is found as %+v", some, found)
	}
}

// TestSearchIsBounded searches among more bookings than are looked at for one page.
func TestSearchIsBounded(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, persistence.Unlimited)
	ada, many := persistence.NewID(), persistence.NewID()
	w.person(t, ada, "Ada", "")
	want := w.fill(t, event, ada, 3)
	w.fill(t, event, many, 50_000)
	w.store.pages.Store(0)
	path := "/events/" + event + "/bookings"
	a := w.Want(t, 200, "GET", path+"?q=ada&limit=2", nil)
	if n := w.store.pages.Load(); n > 25 || string(a.Body) != "[]" || a.Header.Get("Link") == "" {
		t.Errorf("%d pages were read for %s", n, a.Body)
	}
	found, _ := list(t, w.Client, event, "?q=ada&limit=2")
	if len(found) != 3 || found[0].ID != want[0].String() {
		t.Errorf("found %+v", found)
	}
}

// TestListedWhileBooking lists again and again while customers book and give back: what was booked before is on the
// list, once.
func TestListedWhileBooking(t *testing.T) {
	const customers, each = 4, 40
	w := newWorld(t, open)
	event := w.event(t, persistence.Unlimited)
	var mu sync.Mutex
	booked := make(map[string]bool)
	var all sync.WaitGroup
	for range customers {
		c := w.Visitor(t)
		all.Go(func() {
			for n := range each {
				a := c.Do(t, "POST", "/events/"+event+"/bookings", object{"seats": 2})
				var b booking
				a.JSON(t, &b)
				mu.Lock()
				booked[b.ID] = true
				mu.Unlock()
				if n%3 == 0 {
					c.Do(t, "DELETE", "/bookings/"+b.ID, nil)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for last := false; !last; {
		select {
		case <-done:
			last = true
		default:
		}
		mu.Lock()
		before := len(booked)
		want := make(map[string]bool, before)
		for id := range booked {
			want[id] = true
		}
		mu.Unlock()
		found, _ := list(t, w.Client, event, "?limit=7")
		seen := make(map[string]bool)
		for _, a := range found {
			if seen[a.ID] {
				t.Fatalf("%s is listed twice", a.ID)
			}
			seen[a.ID] = true
			delete(want, a.ID)
		}
		if len(want) > 0 {
			t.Fatalf("of %d bookings %d are not listed", before, len(want))
		}
	}
	if len(booked) != customers*each {
		t.Errorf("%d bookings were made", len(booked))
	}
}

func TestFormOfTheList(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100)
	for _, c := range []struct {
		query, accept string
		csv           bool
	}{
		{"", "", false}, {"", "*/*", false}, {"", "text/csv", true}, {"", "text/csv, */*;q=0.1", true},
		{"", "text/html,application/xhtml+xml,*/*;q=0.8", false}, {"", "application/json, text/csv;q=0.5", false},
		{"", "application/json;q=0.5, text/csv", true}, {"", "text/*", true}, {"", "image/png", false},
		{"?format=csv", "application/json", true}, {"?format=json", "text/csv", false},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			header := []string{"Accept", c.accept}
			a := w.Want(t, 200, method, "/events/"+event+"/bookings"+c.query, nil, header...)
			if got := strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv"); got != c.csv {
				t.Errorf("%s, Accept %q: the answer is %s", fmt.Sprint(method, c.query), c.accept, a.Header.Get("Content-Type"))
			}
		}
	}
}
