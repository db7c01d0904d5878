package availability

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/persistence"
)

const (
	// stockEvery is how often the stock is taken. Every replica takes it, so that each shows the whole.
	stockEvery = 30 * time.Second
	// stockPage is how many events are read at once, and stockTimeout bounds it.
	stockPage    = 500
	stockTimeout = 10 * time.Second
	// longest is how long events last at most that are looked at, since they are sorted by their start.
	longest = 7 * 24 * time.Hour
)

// Stock counts what is on sale: the events that are neither over nor cancelled, and their seats.
type Stock struct {
	store         Inventories
	events, seats *prometheus.GaugeVec
}

// Inventories is what a Stock needs of the store; see persistence.OrganiserHandler.
type Inventories interface {
	FindInventories(ctx context.Context, organiser persistence.ID, p persistence.Page) ([]persistence.Inventory, error)
}

// NewStock makes a stock, whose figures are metrics.
func NewStock(store Inventories, r prometheus.Registerer) *Stock {
	s := &Stock{
		store: store,
		events: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_sale_events",
			Help: "Events on sale: with seats left (available), sold_out, over their capacity, or unlimited.",
		}, []string{"state"}),
		seats: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "myevents_sale_seats",
			Help: "Seats of the events on sale that have a capacity: booked, free, or over, which are booked beyond it.",
		}, []string{"state"}),
	}
	r.MustRegister(s.events, s.seats)
	return s
}

// Run counts again and again until the context ends. What goes wrong is reported, and the last figures stay.
func (s *Stock) Run(ctx context.Context, report func(error)) error {
	for {
		found, err := s.take(ctx, time.Now())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report(err)
		if err == nil {
			found.show(s)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(stockEvery):
		}
	}
}

// take counts what is on sale at a moment.
func (s *Stock) take(ctx context.Context, now time.Time) (f figures, err error) {
	for p := (persistence.Page{Limit: stockPage}); ; {
		found, err := s.page(ctx, p)
		if err != nil {
			return f, err
		}
		for _, i := range found {
			f.add(i, now.Unix())
			p.BeforeDate, p.BeforeID = i.Event.StartDate, i.Event.ID
		}
		if len(found) < stockPage || p.BeforeDate < now.Add(-longest).Unix() {
			return f, nil
		}
	}
}

func (s *Stock) page(ctx context.Context, p persistence.Page) ([]persistence.Inventory, error) {
	ctx, cancel := context.WithTimeout(ctx, stockTimeout)
	defer cancel()
	return s.store.FindInventories(ctx, persistence.ID{}, p)
}

// figures are those of a stock.
type figures struct {
	available, soldOut, overbooked, unlimited int64 // events
	booked, free, over                        int64 // seats
}

func (f *figures) add(i persistence.Inventory, now int64) {
	left, limited := i.Left()
	over := i.Booked - int64(i.Event.Capacity)
	switch {
	case i.Event.Cancelled || i.Event.EndDate <= now:
		return
	case !limited:
		f.unlimited++
		return
	case over > 0:
		f.overbooked++
		f.over += over
	case over == 0:
		f.soldOut++
	default:
		f.available++
	}
	f.booked += i.Booked
	f.free += left
}

func (f *figures) show(s *Stock) {
	for state, n := range map[string]int64{
		"available": f.available, "sold_out": f.soldOut, "over": f.overbooked, "unlimited": f.unlimited,
	} {
		s.events.WithLabelValues(state).Set(float64(n))
	}
	for state, n := range map[string]int64{"booked": f.booked, "free": f.free, "over": f.over} {
		s.seats.WithLabelValues(state).Set(float64(n))
	}
}
