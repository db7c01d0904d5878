package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"myevents/bookingservice/statistics"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// statisticsJSON is what was sold of an event.
type statisticsJSON struct {
	EventID   persistence.ID
	Name      string
	StartDate int64
	EndDate   int64
	Cancelled bool
	TimeZone  string
	Capacity  *int64
	// Booked is how many seats are sold, Bookings how many bookings were made, and GivenBack how many seats they held
	// besides at first. They are the sums of all days.
	Booked, Bookings, GivenBack int64
	// Days are those, of the days that were asked for, on which something was booked.
	Days []statistics.Day
}

func newStatisticsJSON(e statistics.Event, days []statistics.Day, period period) statisticsJSON {
	view := statisticsJSON{
		EventID: e.Event.ID, Name: e.Event.Name, StartDate: e.Event.StartDate, EndDate: e.Event.EndDate,
		Cancelled: e.Event.Cancelled, TimeZone: e.Zone.String(), Capacity: e.Event.Capacity.Seats(), Days: []statistics.Day{},
	}
	for _, d := range days {
		view.Booked += d.Booked
		view.Bookings += d.Bookings
		view.GivenBack += d.GivenBack
		if period.has(d.Day) {
			view.Days = append(view.Days, d)
		}
	}
	return view
}

// getStatistics answers with what was sold of the events that the caller may manage.
func (s *Server) getStatistics(w http.ResponseWriter, r *http.Request) error {
	period, err := readPeriod(r)
	if err != nil {
		return err
	}
	inventories, err := s.managedInventories(w, r)
	if err != nil {
		return err
	}
	events, err := s.withZones(r.Context(), inventories)
	if err != nil {
		return err
	}
	days, err := s.statistics.Days(r.Context(), events...)
	if err != nil {
		return err
	}
	views := make([]statisticsJSON, len(events))
	for n, e := range events {
		views[n] = newStatisticsJSON(e, days[e.Event.ID], period)
	}
	return rest.WriteJSON(w, http.StatusOK, views)
}

// managedInventories finds the events that a request names or, where it names none, a page of all, the latest first.
func (s *Server) managedInventories(w http.ResponseWriter, r *http.Request) ([]persistence.Inventory, error) {
	if r.URL.Query().Has("event") {
		return s.namedInventories(r)
	}
	page, err := readPage(r)
	if err != nil {
		return nil, err
	}
	wanted := page.Limit
	page.Limit++ // one more shows whether there is another page
	caller, _ := rest.Caller(r)
	organiser := caller.ID
	if caller.Admin {
		organiser = persistence.ID{} // all of them
	}
	found, err := s.Store.FindInventories(r.Context(), organiser, page)
	if len(found) > wanted {
		found = found[:wanted]
		last := found[wanted-1].Event
		linkNext(w, r, last.StartDate, last.ID)
	}
	return found, err
}

func (s *Server) namedInventories(r *http.Request) ([]persistence.Inventory, error) {
	ids, err := readWatched(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Availability(r.Context(), ids...)
	if err != nil {
		return nil, err
	}
	if len(found) < len(ids) {
		return nil, inventory.ErrUnknownEvent
	}
	caller, _ := rest.Caller(r)
	for _, i := range found {
		if err := caller.MayChange(i.Event.OrganiserID); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b persistence.Inventory) int {
		return cmp.Or(cmp.Compare(b.Event.StartDate, a.Event.StartDate), slices.Compare(b.Event.ID[:], a.Event.ID[:]))
	})
	return found, nil
}

// withZones finds the zones of the events' venues.
func (s *Server) withZones(ctx context.Context, inventories []persistence.Inventory) ([]statistics.Event, error) {
	ids := make([]persistence.ID, len(inventories))
	for n, i := range inventories {
		ids[n] = i.Event.LocationID
	}
	places, err := s.Store.FindLocations(ctx, distinct(ids)...)
	if err != nil {
		return nil, err
	}
	zones := make(map[persistence.ID]*time.Location, len(places))
	for _, p := range places {
		zones[p.ID] = zoneOf(p)
	}
	events := make([]statistics.Event, len(inventories))
	for n, i := range inventories {
		zone, ok := zones[i.Event.LocationID]
		if !ok {
			zone = time.UTC
		}
		events[n] = statistics.Event{Inventory: i, Zone: zone}
	}
	return events, nil
}

// period is from one day to another, both written as 2027-06-30 and part of it; empty without an end.
type period struct{ from, to string }

func (p period) has(day string) bool { return day >= p.from && (p.to == "" || day <= p.to) }

func readPeriod(r *http.Request) (period, error) {
	query := r.URL.Query()
	p := period{from: query.Get("from"), to: query.Get("to")}
	for name, day := range map[string]string{"from": p.from, "to": p.to} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return p, rest.Malformed(name, "must be a day like 2027-06-30")
		}
	}
	if p.to != "" && p.to < p.from {
		return p, rest.Malformed("to", "must not be before from")
	}
	return p, nil
}
