package rest_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/bookingservice/accounts"
	"myevents/bookingservice/announce"
	"myevents/bookingservice/availability"
	"myevents/bookingservice/rest"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	librest "myevents/lib/rest"
	"myevents/lib/rest/resttest"
)

func TestMain(m *testing.M) {
	// mgo lets each of these sleep up to 15 s before it sees that it is not needed any more.
	pinger := goleak.IgnoreAnyFunction("gopkg.in/mgo%2ev2.(*mongoServer).pinger")
	goleak.VerifyTestMain(m, pinger)
}

type object = map[string]any

// world is an API on an embedded store. Its Client is one visitor.
type world struct {
	*resttest.Client
	store     *flaky
	inventory *inventory.Inventory
	accounts  *accounts.Accounts
	hub       *availability.Hub
	registry  *prometheus.Registry
	api       *rest.Server
}

// flaky is a store of which a part can be away, and whose commits can be waited for.
type flaky struct {
	persistence.BookingHandler
	noSessions, noLocations atomic.Bool
	committing              atomic.Pointer[func()]
	locations               atomic.Int64 // how often they were asked for
	pages                   atomic.Int64 // of bookings of an event that were asked for
	lastPage                atomic.Int64 // that there is, when it is not 0
}

func (f *flaky) FindBookingsOfEvent(
	ctx context.Context, event persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	n, last := f.pages.Add(1), f.lastPage.Load()
	if last > 0 && n > last {
		return nil, persistence.ErrUnavailable
	}
	return f.BookingHandler.FindBookingsOfEvent(ctx, event, p)
}

func (f *flaky) AddSession(ctx context.Context, s persistence.Session) error {
	if f.noSessions.Load() {
		return persistence.ErrUnavailable
	}
	return f.BookingHandler.AddSession(ctx, s)
}

func (f *flaky) FindLocations(ctx context.Context, ids ...persistence.ID) ([]persistence.Location, error) {
	f.locations.Add(1)
	if f.noLocations.Load() {
		return nil, persistence.ErrUnavailable
	}
	return f.BookingHandler.FindLocations(ctx, ids...)
}

func (f *flaky) Commit(ctx context.Context, s persistence.Snapshot, changes []persistence.Change) error {
	if wait := f.committing.Load(); wait != nil {
		(*wait)()
	}
	return f.BookingHandler.Commit(ctx, s, changes)
}

type silent struct{}

func (silent) Offer(...persistence.Message) {}

// choice changes how a world's API is made.
type choice func(*librest.Options, *rest.Parts)

func newWorld(t *testing.T, choices ...choice) *world {
	t.Helper()
	return openWorld(t, filepath.Join(t.TempDir(), "bookings.db"), choices...)
}

func openWorld(t *testing.T, path string, choices ...choice) *world {
	t.Helper()
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return worldOn(t, store, choices...)
}

// worldOn makes a world on a store, and closes it in the end.
func worldOn(t *testing.T, opened persistence.BookingHandler, choices ...choice) *world {
	t.Helper()
	store := &flaky{BookingHandler: opened}
	w := &world{store: store, registry: prometheus.NewRegistry()}
	w.hub = availability.New(store, w.registry)
	w.inventory = inventory.New(store, announce.Decision, silent{}, w.hub.Changed)
	options := librest.Options{
		Logger: slog.New(slog.DiscardHandler), Registerer: w.registry, Timeout: 10 * time.Second,
	}
	w.accounts = accounts.New(store, false)
	parts := rest.Parts{Store: store, Inventory: w.inventory, Accounts: w.accounts, Hub: w.hub, MaxSeats: 20}
	for _, c := range choices {
		c(&options, &parts)
	}
	api := rest.New(options, parts)
	w.api = api
	document, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var polling sync.WaitGroup
	polling.Go(func() { _ = w.hub.Run(ctx, func(error) {}) })
	polling.Go(func() { _ = api.Run(ctx, func(error) {}) })
	t.Cleanup(func() {
		w.inventory.Close()
		cancel()
		polling.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Client = resttest.Serve(t, api, document)
	t.Cleanup(w.hub.Close) // ends the streams before the server waits for them
	return w
}

// event makes the service know an event, as the event service's messages do.
func (w *world) event(t *testing.T, capacity persistence.Capacity, change ...func(*persistence.EventCopy)) string {
	t.Helper()
	e := persistence.EventCopy{
		ID: persistence.NewID(), Name: "Concert", StartDate: time.Now().Unix() + 3600, EndDate: time.Now().Unix() + 7200,
		LocationID: persistence.ID{7}, Capacity: capacity, Version: 1,
	}
	for _, c := range change {
		c(&e)
	}
	w.adopt(t, e)
	err := w.store.SaveLocation(t.Context(), persistence.Location{
		ID: persistence.ID{7}, Name: "Hall", TimeZone: "Europe/Oslo", Version: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID.String()
}

func (w *world) adopt(t *testing.T, e persistence.EventCopy) {
	t.Helper()
	if a := w.inventory.Do(t.Context(), e.ID, inventory.Adopt{Event: e, Date: time.Now().Unix()}); a.Err != nil {
		t.Fatal(a.Err)
	}
}

type booking struct {
	ID, EventID, Ticket string
	Date, Seats         int64
	Event               struct {
		Name      string
		Cancelled bool
		Changed   int64
		Location  struct{ Name, TimeZone string }
	}
}

func book(t *testing.T, c *resttest.Client, event string, seats int, header ...string) booking {
	t.Helper()
	var b booking
	c.Want(t, 201, "POST", "/events/"+event+"/bookings", object{"seats": seats}, header...).JSON(t, &b)
	return b
}

func TestBooking(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 10)
	b := book(t, w.Client, event, 3)
	if b.Seats != 3 || b.EventID != event || b.Event.Name != "Concert" || b.Event.Location.TimeZone != "Europe/Oslo" {
		t.Errorf("it was booked as %+v", b)
	}
	if age := time.Now().Unix() - b.Date; age < 0 || age > 60 {
		t.Errorf("it was booked %d s ago", age)
	}
	var seats struct{ Capacity, Booked, Available, Sequence int64 }
	w.Want(t, 200, "GET", "/events/"+event+"/availability", nil).JSON(t, &seats)
	if seats.Capacity != 10 || seats.Booked != 3 || seats.Available != 7 || seats.Sequence != 2 {
		t.Errorf("the seats are %+v", seats)
	}
	var again booking
	w.Want(t, 200, "GET", "/bookings/"+b.ID, nil).JSON(t, &again)
	if again != b {
		t.Errorf("it is read as %+v, it was answered as %+v", again, b)
	}
	other := w.Visitor(t)
	book(t, other, event, 1)
	other.Want(t, 404, "GET", "/bookings/"+b.ID, nil)
	other.Want(t, 404, "DELETE", "/bookings/"+b.ID, nil)
	other.Want(t, 404, "PATCH", "/bookings/"+b.ID, object{"seats": 1})
	w.Visitor(t).Want(t, 401, "GET", "/bookings/"+b.ID, nil)
	w.Visitor(t).Want(t, 401, "GET", "/bookings", nil)
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 3)
	over := w.event(t, 3, func(e *persistence.EventCopy) { e.EndDate = 1000 })
	cancelled := w.event(t, 3, func(e *persistence.EventCopy) { e.Cancelled = true })
	for _, c := range []struct {
		event  string
		seats  int
		status int
	}{
		{event, 4, 409}, {over, 1, 409}, {cancelled, 1, 409}, {"0123456789abcdef01234567", 1, 404}, {"xyz", 1, 404},
	} {
		w.Want(t, c.status, "POST", "/events/"+c.event+"/bookings", object{"seats": c.seats})
	}
	a := w.Want(t, 409, "POST", "/events/"+event+"/bookings", object{"seats": 4}).Problem(t)
	if a.Available == nil || *a.Available != 3 {
		t.Errorf("the answer says %v are left", a.Available)
	}
	book(t, w.Client, event, 3)
	a = w.Want(t, 409, "POST", "/events/"+event+"/bookings", object{"seats": 1}).Problem(t)
	if *a.Available != 0 || a.Detail != "the event is sold out" {
		t.Errorf("the answer is %+v", a)
	}
	unlimited := w.event(t, persistence.Unlimited)
	book(t, w.Client, unlimited, 20)
	w.Want(t, 200, "GET", "/events/"+unlimited+"/availability", nil)
	w.Want(t, 404, "GET", "/events/0123456789abcdef01234567/availability", nil)
}

func TestGivingBack(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 5)
	b := book(t, w.Client, event, 5)
	path := "/bookings/" + b.ID
	w.Want(t, 200, "PATCH", path, object{"seats": 3}).JSON(t, &b)
	w.Want(t, 200, "PATCH", path, object{"seats": 3}).JSON(t, &b)
	if b.Seats != 3 {
		t.Errorf("it holds %d seats", b.Seats)
	}
	problem := w.Want(t, 422, "PATCH", path, object{"seats": 4}).Problem(t)
	if len(problem.Errors) != 1 || problem.Errors[0].Field != "seats" {
		t.Errorf("keeping more is answered with %+v", problem)
	}
	w.Want(t, 422, "PATCH", path, object{"seats": 0})
	w.Want(t, 200, "DELETE", path, nil).JSON(t, &b)
	w.Want(t, 200, "DELETE", path, nil)
	w.Want(t, 409, "PATCH", path, object{"seats": 1})
	if b.Seats != 0 {
		t.Errorf("it holds %d seats", b.Seats)
	}
	book(t, w.Client, event, 5)
}

func TestTicket(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 5)
	b := book(t, w.Client, event, 2)
	other := book(t, w.Client, event, 1)
	companion := w.Visitor(t)
	var ticket booking
	companion.Want(t, 200, "GET", b.Ticket, nil).JSON(t, &ticket)
	if ticket.ID != b.ID || ticket.Seats != 2 || ticket.Ticket != "" {
		t.Errorf("the ticket is %+v", ticket)
	}
	code := other.Ticket[len("/tickets/")+len(other.ID):]
	companion.Want(t, 404, "GET", "/tickets/"+b.ID+code, nil)
	companion.Want(t, 404, "GET", "/tickets/"+b.ID+"/x", nil)
	companion.Want(t, 405, "DELETE", b.Ticket, nil)
	companion.Want(t, 204, "GET", "/users/me", nil) // reading a ticket makes nobody
}

func TestListOfBookings(t *testing.T) {
	w := newWorld(t)
	event := w.event(t, 100)
	want := make(map[string]bool)
	for range 5 {
		want[book(t, w.Client, event, 1).ID] = true
	}
	book(t, w.Visitor(t), event, 1)
	got := make(map[string]bool)
	for path := "/bookings?limit=2"; path != ""; {
		a := w.Want(t, 200, "GET", path, nil)
		var page []booking
		a.JSON(t, &page)
		for _, b := range page {
			got[b.ID] = true
		}
		path = next("/bookings", a.Header.Get("Link"))
	}
	if len(got) != 5 {
		t.Errorf("the pages have %v", got)
	}
	for id := range got {
		if !want[id] {
			t.Errorf("%s is not the caller's", id)
		}
	}
	for _, query := range []string{"limit=0", "limit=x", "limit=1001", "after=x"} {
		w.Want(t, 400, "GET", "/bookings?"+query, nil)
	}
}

// next gives the next page of a list, "" on the last one.
func next(path, link string) string {
	if link == "" {
		return ""
	}
	query, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	return path + query
}

func TestEventIsShownAsItIsNow(t *testing.T) {
	w := newWorld(t)
	e := persistence.EventCopy{ID: persistence.NewID(), Name: "Old", EndDate: time.Now().Unix() + 100, Capacity: 5, Version: 1}
	w.adopt(t, e)
	b := book(t, w.Client, e.ID.String(), 1)
	if b.Event.Changed != 0 {
		t.Errorf("a new booking says that its event was changed at %d", b.Event.Changed)
	}
	e.Name, e.EndDate, e.Cancelled, e.Version = "New", e.EndDate+1, true, 2
	w.adopt(t, e)
	w.Want(t, 200, "GET", "/bookings/"+b.ID, nil).JSON(t, &b)
	if b.Event.Name != "New" || !b.Event.Cancelled || b.Event.Changed < b.Date {
		t.Errorf("the booking shows %+v", b.Event)
	}
	w.Want(t, 409, "DELETE", "/bookings/"+b.ID, nil)
}

func mustParse(t *testing.T, id string) persistence.ID {
	t.Helper()
	parsed, err := persistence.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestDocumentHasTheRoutes(t *testing.T) {
	document, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	resttest.CheckRoutes(t, newWorld(t).api.Routes(), document)
}
