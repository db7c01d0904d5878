package listener_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"myevents/bookingservice/announce"
	"myevents/bookingservice/listener"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// outage is a store of which nothing works while it is away.
type outage struct {
	persistence.BookingHandler
	away     atomic.Bool
	attempts atomic.Int64
	metrics  *prometheus.Registry // of the listener
}

// lag is what the listener shows in seconds.
func (o *outage) lag(t *testing.T) float64 {
	t.Helper()
	families, err := o.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "myevents_listener_lag_seconds" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("there is no lag")
	return 0
}

func (o *outage) fault() error {
	o.attempts.Add(1)
	if o.away.Load() {
		return persistence.ErrUnavailable
	}
	return nil
}

func (o *outage) SaveLocation(ctx context.Context, l persistence.Location) error {
	if err := o.fault(); err != nil {
		return err
	}
	return o.BookingHandler.SaveLocation(ctx, l)
}

func (o *outage) Load(
	ctx context.Context, event persistence.ID, bookings ...persistence.ID,
) (persistence.Snapshot, error) {
	if err := o.fault(); err != nil {
		return persistence.Snapshot{}, err
	}
	return o.BookingHandler.Load(ctx, event, bookings...)
}

func (o *outage) Commit(ctx context.Context, s persistence.Snapshot, changes []persistence.Change) error {
	if err := o.fault(); err != nil {
		return err
	}
	return o.BookingHandler.Commit(ctx, s, changes)
}

// inOutage has messages arrive while the store is away, in a bubble of time of its own.
func inOutage(
	t *testing.T, envelopes []msgqueue.Envelope, test func(t *testing.T, o *outage, end func(), answers func() []error),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &outage{BookingHandler: openStore(t)}
		o.away.Store(true)
		i := inventory.New(o, announce.Decision, silent{}, nil)
		defer i.Close()
		o.metrics = prometheus.NewRegistry()
		l := listener.New(i, o, o.metrics, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		d := &deliveries{envelopes: envelopes}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := l.Listen(ctx, d); err != nil {
				t.Error(err)
			}
		}()
		test(t, o, cancel, func() []error {
			<-done
			return d.answers
		})
	})
}

// TestLongOutage has the store be away for an hour: no message fails, the store is not hammered, and then the copies are
// there.
func TestLongOutage(t *testing.T) {
	place := contracts.LocationState{ID: location.String(), Name: "Hall", Version: 5}
	withoutPlace := stateAt(1, "nowhere", false)
	withoutPlace.ID, withoutPlace.LocationID, withoutPlace.Location = persistence.ID{7}.String(), "", contracts.Place{}
	for name, e := range map[string]contracts.Event{
		"an event":             &contracts.EventCreated{EventState: stateAt(1, "one", false)},
		"an event at no place": &contracts.EventUpdated{EventState: withoutPlace},
		"a place":              &contracts.LocationUpdated{LocationState: place},
	} {
		t.Run(name, func(t *testing.T) {
			m := envelope(t, e)
			m.Time = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when a bubble's time begins
			inOutage(t, []msgqueue.Envelope{m, m}, func(t *testing.T, o *outage, _ func(), answers func() []error) {
				t.Helper()
				time.Sleep(time.Hour)
				if n := o.attempts.Load(); n < 360 || n > 10*3600 {
					t.Errorf("in an hour the store was asked %d times", n)
				}
				if lag := o.lag(t); lag < 3600 || lag > 3700 {
					t.Errorf("after an hour the lag is %v s", lag)
				}
				o.away.Store(false)
				began := time.Now()
				if err := errors.Join(answers()...); err != nil || time.Since(began) > 5*time.Second {
					t.Errorf("%v after the store was back: %v", time.Since(began), err)
				}
				if lag := o.lag(t); lag != 0 {
					t.Errorf("in the end the lag is %v s", lag)
				}
			})
		})
	}
}

// TestEndDuringOutage stops the listener while the store is away: the message is handed back at once.
func TestEndDuringOutage(t *testing.T) {
	m := envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)})
	inOutage(t, []msgqueue.Envelope{m}, func(t *testing.T, _ *outage, end func(), answers func() []error) {
		t.Helper()
		time.Sleep(time.Minute)
		end()
		began := time.Now()
		got := answers()
		if len(got) != 1 || got[0] == nil || time.Since(began) > time.Second {
			t.Errorf("after %v the message was answered with %v", time.Since(began), got)
		}
	})
}

// TestEveryOrder delivers three versions in each of their orders, and each message twice. The copy, the place and the
// decision that tells of it are those of the newest.
func TestEveryOrder(t *testing.T) {
	messages := []msgqueue.Envelope{
		envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)}),
		envelope(t, &contracts.EventUpdated{EventState: stateAt(2, "two", false)}),
		envelope(t, &contracts.EventCancelled{EventState: stateAt(3, "three", true)}),
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		store := openStore(t)
		for _, n := range order {
			if err := errors.Join(apply(t, store, messages[n], messages[n])...); err != nil {
				t.Fatal(order, err)
			}
		}
		found, err := store.Availability(t.Context(), event)
		if err != nil || len(found) != 1 {
			t.Fatal(order, found, err)
		}
		want := persistence.EventCopy{
			ID: event, Name: "three", StartDate: 100, EndDate: 200, LocationID: location, Capacity: 30, Cancelled: true, Version: 3,
		}
		if diff := cmp.Diff(want, found[0].Event); diff != "" {
			t.Errorf("%v (-want +got):\n%s", order, diff)
		}
		places, err := store.FindLocations(t.Context(), location)
		if err != nil || len(places) != 1 || places[0].Name != "Place three" || places[0].Version != 3 {
			t.Errorf("%v: the place is %+v, %v", order, places, err)
		}
	}
}

// TestPlaces has places without halls and times, and an event that is not limited and has no organiser.
func TestPlaces(t *testing.T) {
	store := openStore(t)
	state := stateAt(1, "open air", false)
	state.Capacity, state.OrganiserID = nil, ""
	organised := stateAt(1, "organised", false)
	organised.ID, organised.OrganiserID = persistence.ID{5}.String(), persistence.ID{6}.String()
	err := errors.Join(apply(t, store,
		envelope(t, &contracts.LocationCreated{LocationState: contracts.LocationState{
			ID: location.String(), Name: "Meadow", Address: "Way 1", Country: "Peru", Version: 2,
		}}),
		envelope(t, &contracts.EventCreated{EventState: state}),
		envelope(t, &contracts.EventCreated{EventState: organised}),
	)...)
	if err != nil {
		t.Fatal(err)
	}
	copies, err := store.FindEventCopies(t.Context(), event)
	if err != nil || len(copies) != 1 || copies[0].Capacity != persistence.Unlimited || !copies[0].OrganiserID.IsZero() {
		t.Errorf("the copy is %+v, %v", copies, err)
	}
	copies, err = store.FindEventCopies(t.Context(), persistence.ID{5})
	if err != nil || len(copies) != 1 || copies[0].OrganiserID != (persistence.ID{6}) {
		t.Errorf("the organised copy is %+v, %v", copies, err)
	}
	places, err := store.FindLocations(t.Context(), location)
	if err != nil || len(places) != 1 {
		t.Fatal(places, err)
	}
	want := persistence.Location{ID: location, Name: "Meadow", Address: "Way 1", Country: "Peru", Version: 2}
	if diff := cmp.Diff(want, places[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
