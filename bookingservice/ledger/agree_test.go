package ledger_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/bookingservice/announce"
	"myevents/bookingservice/ledger"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

// damaged is a store in which a booking is not what it was.
type damaged struct {
	persistence.BookingHandler
	id     persistence.ID
	damage func(persistence.Booking) (persistence.Booking, error)
}

func (d damaged) FindBooking(ctx context.Context, id persistence.ID) (persistence.Booking, error) {
	b, err := d.BookingHandler.FindBooking(ctx, id)
	if id == d.id && err == nil {
		return d.damage(b)
	}
	return b, err
}

func (d damaged) FindBookingsOfEvent(ctx context.Context, event persistence.ID, p persistence.Page) ([]persistence.Booking, error) {
	found, err := d.BookingHandler.FindBookingsOfEvent(ctx, event, p)
	left := found[:0]
	for _, b := range found {
		if b.ID == d.id {
			var lost error
			if b, lost = d.damage(b); lost != nil {
				continue
			}
		}
		left = append(left, b)
	}
	return left, err
}

// TestAuditFindsDamagedStores plants faults into a store, each of which must be found, and nothing else.
func TestAuditFindsDamagedStores(t *testing.T) {
	// commit changes the store's inventory, and perhaps a booking, without a message.
	commit := func(change func(*system, *persistence.Change)) func(*system) persistence.BookingHandler {
		return func(s *system) persistence.BookingHandler {
			b := s.bookings[0]
			loaded, err := s.store.Load(s.context(), b.EventID, b.ID)
			if err != nil {
				s.Fatal(err)
			}
			c := persistence.Change{Inventory: loaded.Inventory}
			change(s, &c)
			if err := s.store.Commit(s.context(), loaded, []persistence.Change{c}); err != nil {
				s.Fatal(err)
			}
			return s.store
		}
	}
	damage := func(f func(persistence.Booking) (persistence.Booking, error)) func(*system) persistence.BookingHandler {
		return func(s *system) persistence.BookingHandler {
			return damaged{BookingHandler: s.store, id: s.bookings[0].ID, damage: f}
		}
	}
	for name, c := range map[string]struct {
		store func(*system) persistence.BookingHandler
		want  []ledger.Kind
	}{
		"nothing": {commit(func(*system, *persistence.Change) {}), nil},
		"a booking is lost": {damage(func(persistence.Booking) (persistence.Booking, error) {
			return persistence.Booking{}, persistence.ErrNotFound
		}), []ledger.Kind{ledger.Missing}},
		"seats differ": {damage(func(b persistence.Booking) (persistence.Booking, error) {
			b.Seats--
			return b, nil
		}), []ledger.Kind{ledger.Differs}},
		"a booking is as it was before": {func(s *system) persistence.BookingHandler {
			return damaged{BookingHandler: s.store, id: s.bookings[2].ID, damage: func(b persistence.Booking) (persistence.Booking, error) {
				b.Version, b.Seats = 1, 1
				return b, nil
			}}
		}, []ledger.Kind{ledger.Differs}},
		"a booking is one of another event": {damage(func(b persistence.Booking) (persistence.Booking, error) {
			b.EventID = b.ID
			return b, nil
		}), []ledger.Kind{ledger.Differs}},
		"a booking that nobody decided": {commit(func(s *system, c *persistence.Change) {
			b := persistence.Booking{ID: persistence.NewID(), EventID: s.bookings[0].EventID, Seats: 1, Version: 1}
			c.Booking = &b
		}), []ledger.Kind{ledger.Unlogged}},
		"a change that nobody decided": {commit(func(s *system, c *persistence.Change) {
			b := s.bookings[0]
			b.Version, b.Seats = 2, 1
			c.Booking = &b
		}), []ledger.Kind{ledger.Unlogged}},
		"a decision that was never told": {commit(func(_ *system, c *persistence.Change) {
			c.Inventory.Sequence++
		}), []ledger.Kind{ledger.Gap}},
		"decisions are lost": {commit(func(_ *system, c *persistence.Change) {
			c.Inventory.Sequence--
		}), []ledger.Kind{ledger.Inventory}},
		"the sum is wrong": {commit(func(_ *system, c *persistence.Change) {
			c.Inventory.Booked--
		}), []ledger.Kind{ledger.Inventory}},
		"another capacity": {commit(func(_ *system, c *persistence.Change) {
			c.Inventory.Event.Capacity = persistence.Unlimited
		}), []ledger.Kind{ledger.Inventory}},
		"cancelled": {commit(func(_ *system, c *persistence.Change) {
			c.Inventory.Event.Cancelled = true
		}), []ledger.Kind{ledger.Inventory}},
		"all is lost": {func(s *system) persistence.BookingHandler { return openStore(s.T) },
			[]ledger.Kind{ledger.Inventory, ledger.Missing}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sold(t, inprocBroker(t))
			s.wantFaults(s.auditOf(s.broker, c.store(s)), c.want...)
		})
	}
}

// quiet leaves all messages in the store.
type quiet struct{}

func (quiet) Offer(...persistence.Message) {}

// TestPendingIsNoFault has messages wait in the outbox, some of which the broker gets in another order.
func TestPendingIsNoFault(t *testing.T) {
	broker, store := inprocBroker(t), openStore(t)
	seats := inventory.New(store, announce.Decision, quiet{}, nil)
	s := &system{T: t, broker: broker, store: store, seats: seats}
	event := persistence.NewID()
	must := func(a inventory.Answer) {
		t.Helper()
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	must(seats.Do(s.context(), event, inventory.Adopt{Event: persistence.EventCopy{
		ID: event, Name: "Event", EndDate: 2_000_000_000, Capacity: 10, Version: 1,
	}}))
	for n := range int64(3) {
		must(seats.Do(s.context(), event, inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: n + 1, Date: 1}))
	}
	// send brings the message of a decision to the broker, or only out of the store.
	send := func(sequence int, really bool) {
		t.Helper()
		pending, err := store.Pending(s.context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		all := make([]msgqueue.Envelope, len(pending))
		for n, m := range pending {
			all[n] = msgqueue.Envelope{ID: m.ID, Name: m.Name, Key: m.Key, Body: m.Body, Time: m.Time}
		}
		e := all[at(all, sequence)]
		if really {
			s.emitAll(e)
		}
		if err := store.Done(s.context(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	a := ledger.NewAuditor(newReader(t, broker), store)
	round := func() ledger.Report {
		t.Helper()
		if err := a.Round(s.context(), true); err != nil {
			t.Fatal(err)
		}
		return a.Report()
	}
	for _, sequence := range []int{0, 4, 1, 3} { // first none
		if sequence > 0 {
			send(sequence, true)
		}
		if r := round(); len(r.Faults) != 0 || r.Pending != 1 {
			t.Fatalf("with a message in the outbox it finds %+v", r)
		}
	}
	send(2, false)
	r := round()
	s.wantFaults(r, ledger.Gap, ledger.Unlogged)
	s.wantFaults(round()) // each fault is reported once
}

// TestSettle waits for what is under way.
func TestSettle(t *testing.T) {
	s := startSystem(t, inprocBroker(t))
	s.mix(100)
	a := ledger.NewAuditor(newReader(t, s.broker), s.store)
	if err := a.Round(s.context(), true); err != nil {
		t.Fatal(err)
	}
	if err := a.Settle(s.context(), patience); err != nil {
		t.Fatal(err)
	}
	s.wantFaults(a.Report())
}

// TestAuditWhileSelling audits again and again while seats are sold: there is never a fault.
func TestAuditWhileSelling(t *testing.T) {
	onBrokers(t, func(t *testing.T, open func() builder.Broker) {
		t.Helper()
		s := startSystem(t, open())
		s.mix(1)
		hot := s.addEvent(nil)
		ctx, stop := context.WithCancel(s.context())
		var selling sync.WaitGroup
		for range 4 {
			selling.Go(func() {
				for ctx.Err() == nil {
					b := s.seats.Do(ctx, hot, inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 2, Date: 1}).Booking
					s.seats.Do(ctx, hot, inventory.Keep{ID: b.ID, Seats: 1, Date: 2})
				}
			})
		}
		selling.Go(func() {
			for ctx.Err() == nil {
				s.mix(1)
			}
		})
		a := ledger.NewAuditor(newReader(t, s.broker), s.store)
		for n, bookings := 0, 0; n < 2 || bookings < 50; n++ {
			if err := a.Round(s.context(), n%2 == 0); err != nil {
				t.Fatal(err)
			}
			r := a.Report()
			if len(r.Faults) > 0 {
				t.Fatalf("while seats are sold it finds %v", r.Faults)
			}
			bookings = r.Bookings
		}
		stop()
		selling.Wait()
		s.settle()
		if err := a.Round(s.context(), true); err != nil {
			t.Fatal(err)
		}
		r := a.Report()
		s.wantFaults(r)
		if r.Decisions <= r.Bookings {
			t.Errorf("it has audited %+v", r)
		}
	})
}

// TestWatch makes metrics of what the auditor finds.
func TestWatch(t *testing.T) {
	s := sold(t, inprocBroker(t))
	log := s.forged(edit(t, 3, map[string]any{"booked": 6}))
	registry := prometheus.NewRegistry()
	w := ledger.NewWatch(ledger.NewAuditor(newReader(t, log), s.store), registry, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	reported := make(chan error, 100)
	go func() { done <- w.Run(ctx, func(err error) { reported <- err }) }()
	if err := <-reported; err != nil {
		t.Error(err)
	}
	stop()
	if err := <-done; err == nil {
		t.Error("it ended by itself")
	}
	values := make(map[string]float64)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			values[name] = m.GetGauge().GetValue()
		}
	}
	if values["myevents_audit_faults step"] == 0 || values["myevents_audit_faults gap"] != 0 ||
		values["myevents_audit_position"] < 6 || values["myevents_audit_pending_events"] != 0 {
		t.Errorf("the metrics are %v", values)
	}
	if age, ok := values["myevents_audit_age_seconds"]; !ok || age > time.Minute.Seconds() {
		t.Errorf("the age is %v", age)
	}
}
