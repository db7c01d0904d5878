package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/ledger"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

// audit audits everything once.
func (s *system) audit() ledger.Report { return s.auditOf(s.broker, s.store) }

func (s *system) auditOf(log any, store persistence.BookingHandler) ledger.Report {
	s.Helper()
	a := ledger.NewAuditor(newReader(s.T, log), store)
	if err := a.Round(s.context(), true); err != nil {
		s.Fatal(err)
	}
	r := a.Report()
	if err := a.Round(s.context(), true); err != nil {
		s.Fatal(err)
	}
	again := a.Report()
	if len(again.Faults) > 0 {
		s.Errorf("the next round finds %v", again.Faults)
	}
	r.Pending = again.Pending // what the log had last is compared then
	return r
}

// wantFaults checks that faults of these kinds were found, and no others.
func (s *system) wantFaults(r ledger.Report, want ...ledger.Kind) {
	s.Helper()
	got := []ledger.Kind{}
	for _, f := range r.Faults {
		got = append(got, f.Kind)
	}
	slices.Sort(got)
	got = slices.Compact(got)
	slices.Sort(want)
	if diff := cmp.Diff(append([]ledger.Kind{}, want...), got); diff != "" {
		s.Errorf("the kinds of faults (-want +got):\n%s%v", diff, r.Faults)
	}
	if r.Pending != 0 {
		s.Errorf("%d events are pending", r.Pending)
	}
}

// sold is a system that has sold 5 of 6 seats in 3 bookings of one event, and taken one back.
func sold(t *testing.T, broker builder.Broker) *system {
	t.Helper()
	s := startSystem(t, broker)
	capacity := int64(6)
	event := s.addEvent(&capacity)
	s.settle()
	s.bookAt(event, 2)
	s.bookAt(event, 3)
	b := s.bookAt(event, 1)
	s.seats.Do(s.context(), event, inventory.Keep{ID: b.ID, Date: time.Now().Unix()})
	s.settle()
	return s
}

// forged is a log that says what the system's own says but for what is done to it.
func (s *system) forged(forge func([]msgqueue.Envelope) []msgqueue.Envelope) builder.Broker {
	s.Helper()
	var all []msgqueue.Envelope
	err := newReader(s.T, s.broker).Read(s.context(), func(_ msgqueue.Position, e msgqueue.Envelope) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	broker := inprocBroker(s.T)
	for _, err := range broker.Emit(s.context(), forge(all)) {
		if err != nil {
			s.Fatal(err)
		}
	}
	return broker
}

// at finds the message of the decision with a sequence.
func at(all []msgqueue.Envelope, sequence int) int {
	return slices.IndexFunc(all, func(e msgqueue.Envelope) bool {
		return strings.Contains(string(e.Body), fmt.Sprintf(`"sequence":%d,`, sequence))
	})
}

// edit changes fields of the message of a decision.
func edit(t *testing.T, sequence int, fields map[string]any) func([]msgqueue.Envelope) []msgqueue.Envelope {
	t.Helper()
	return func(all []msgqueue.Envelope) []msgqueue.Envelope {
		n := at(all, sequence)
		body := make(map[string]any)
		if err := json.Unmarshal(all[n].Body, &body); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			body[name] = value
		}
		var err error
		if all[n].Body, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		return all
	}
}

// TestAuditFindsForgedLogs plants faults into a log, each of which must be found, and nothing else.
func TestAuditFindsForgedLogs(t *testing.T) {
	s := sold(t, inprocBroker(t))
	// The decisions: 1 the event, 2 two seats, 3 three seats, 4 one seat, 5 this one back.
	without := func(sequence int) func([]msgqueue.Envelope) []msgqueue.Envelope {
		return func(all []msgqueue.Envelope) []msgqueue.Envelope {
			n := at(all, sequence)
			return slices.Delete(all, n, n+1)
		}
	}
	for name, c := range map[string]struct {
		forge func([]msgqueue.Envelope) []msgqueue.Envelope
		want  []ledger.Kind
	}{
		"nothing": {func(all []msgqueue.Envelope) []msgqueue.Envelope { return all }, nil},
		"all twice, and in another order": {func(all []msgqueue.Envelope) []msgqueue.Envelope {
			again := slices.Clone(all)
			slices.Reverse(again)
			return slices.Concat(again, all)
		}, nil},
		"a booking is missing":       {without(3), []ledger.Kind{ledger.Gap, ledger.Unlogged}},
		"the last one is missing":    {without(5), []ledger.Kind{ledger.Gap, ledger.Unlogged}},
		"the first one is missing":   {without(1), []ledger.Kind{ledger.Gap}},
		"all of them are missing":    {func([]msgqueue.Envelope) []msgqueue.Envelope { return nil }, []ledger.Kind{ledger.Gap, ledger.Unlogged}},
		"a wrong sum":                {edit(t, 3, map[string]any{"booked": 6}), []ledger.Kind{ledger.Step}},
		"a wrong sum at the end":     {edit(t, 5, map[string]any{"booked": 4}), []ledger.Kind{ledger.Step, ledger.Inventory}},
		"another capacity":           {edit(t, 3, map[string]any{"capacity": 60}), []ledger.Kind{ledger.Step}},
		"no limit any more":          {edit(t, 3, map[string]any{"capacity": nil}), []ledger.Kind{ledger.Step}},
		"a change without the first": {edit(t, 2, map[string]any{"version": 2}), []ledger.Kind{ledger.Step, ledger.Differs}},
		"other seats":                {edit(t, 3, map[string]any{"seats": 4}), []ledger.Kind{ledger.Step, ledger.Differs}},
		"more seats given back":      {edit(t, 5, map[string]any{"seats": 2}), []ledger.Kind{ledger.Step, ledger.Differs}},
		"a booking of nothing":       {edit(t, 2, map[string]any{"seats": 0}), []ledger.Kind{ledger.Step, ledger.Differs}},
		"more seats than before": {edit(t, 5, map[string]any{"seats": 2, "booked": 7}),
			[]ledger.Kind{ledger.Step, ledger.Oversold, ledger.Differs, ledger.Inventory}},
		"a booking of nothing, summed up": {func(all []msgqueue.Envelope) []msgqueue.Envelope {
			for n, booked := range []int{0, 3, 4, 3} {
				all = edit(t, n+2, map[string]any{"booked": booked})(all)
			}
			return edit(t, 2, map[string]any{"seats": 0})(all)
		}, []ledger.Kind{ledger.Step, ledger.Differs, ledger.Inventory}},
		"oversold": {func(all []msgqueue.Envelope) []msgqueue.Envelope {
			for n := range 5 { // all were made under a capacity of 4
				all = edit(t, n+1, map[string]any{"capacity": 4})(all)
			}
			return all
		}, []ledger.Kind{ledger.Oversold, ledger.Inventory}},
		"two of the same sequence": {edit(t, 4, map[string]any{"sequence": 3}), []ledger.Kind{ledger.Twice, ledger.Gap}},
		"two of them, ahead": {edit(t, 4, map[string]any{"sequence": 5}),
			[]ledger.Kind{ledger.Twice, ledger.Gap, ledger.Inventory, ledger.Unlogged}},
		"sold after a cancellation": {edit(t, 1, map[string]any{"cancelled": true}), []ledger.Kind{ledger.Step, ledger.Inventory}},
		"one that makes no sense":   {edit(t, 3, map[string]any{"sequence": 0}), []ledger.Kind{ledger.Unreadable, ledger.Gap, ledger.Unlogged}},
		"another booking": {edit(t, 3, map[string]any{"bookingId": persistence.NewID()}),
			[]ledger.Kind{ledger.Missing, ledger.Unlogged}},
		"one more than there are": {func(all []msgqueue.Envelope) []msgqueue.Envelope {
			more := edit(t, 5, map[string]any{"sequence": 6, "booked": 6, "bookingId": persistence.NewID(), "version": 1, "seats": 1})
			return append(all, more(slices.Clone(all))[at(all, 5)])
		}, []ledger.Kind{ledger.Inventory, ledger.Missing}},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.T = t
			s.wantFaults(s.auditOf(s.forged(c.forge), s.store), c.want...)
		})
	}
}

// TestAuditOfTheFirstDecisions has a booking before the event was known, and an event that is cancelled no more.
func TestAuditOfTheFirstDecisions(t *testing.T) {
	event, booking := persistence.NewID().String(), persistence.NewID().String()
	first := contracts.Decision{Sequence: 1, Booked: 1}
	for want, all := range map[string][]contracts.Event{
		"before the event was known": {&contracts.EventBooked{BookingState: contracts.BookingState{
			EventID: event, UserID: event, BookingID: booking, Seats: 1, Version: 1, Decision: first, Date: time.Unix(1, 0),
		}}},
		"not cancelled any more": {
			&contracts.AvailabilityChanged{EventID: event, Decision: contracts.Decision{Sequence: 1}, Cancelled: true},
			&contracts.AvailabilityChanged{EventID: event, Decision: contracts.Decision{Sequence: 2}},
		},
	} {
		s := &system{T: t, broker: inprocBroker(t), store: openStore(t)}
		for n, e := range all {
			s.emit("x", int64(n), e)
		}
		found := ""
		for _, f := range s.audit().Faults {
			found += f.String() + "\n"
		}
		if !strings.Contains(found, want) {
			t.Errorf("it finds\n%swant %s", found, want)
		}
	}
}

// growing is a log to which most is added after it was read for the first time.
type growing struct {
	builder.Broker
	first int
	reads *int
}

var errNoMore = errors.New("no more")

func (g growing) ReadLog(ctx context.Context, after msgqueue.Position, f ledger.Entry) error {
	*g.reads++
	n := 0
	err := g.Broker.(msgqueue.Log).ReadLog(ctx, after, func(p msgqueue.Position, e msgqueue.Envelope) error {
		n++
		if *g.reads == 1 && n > g.first {
			return errNoMore
		}
		return f(p, e)
	})
	if errors.Is(err, errNoMore) {
		return nil
	}
	return err
}

// TestAuditOfAGrowingLog has the store ahead of what the log had when it was read first: what the log has in the end is
// what counts.
func TestAuditOfAGrowingLog(t *testing.T) {
	s := sold(t, inprocBroker(t))
	for name, c := range map[string]struct {
		forge func([]msgqueue.Envelope) []msgqueue.Envelope
		want  []ledger.Kind
	}{
		"nothing":     {func(all []msgqueue.Envelope) []msgqueue.Envelope { return all }, nil},
		"other seats": {edit(t, 3, map[string]any{"seats": 4}), []ledger.Kind{ledger.Step, ledger.Differs}},
		"a wrong sum": {edit(t, 5, map[string]any{"booked": 4}), []ledger.Kind{ledger.Step, ledger.Inventory}},
	} {
		for first := range 4 {
			t.Run(fmt.Sprint(name, first), func(t *testing.T) {
				s := *s
				s.T = t
				s.wantFaults(s.auditOf(growing{s.forged(c.forge), first, new(int)}, s.store), c.want...)
			})
		}
	}
}
