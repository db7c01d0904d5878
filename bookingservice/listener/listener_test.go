package listener_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"myevents/bookingservice/announce"
	"myevents/bookingservice/listener"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deliveries is a listener that delivers what it holds, and keeps the answers.
type deliveries struct {
	envelopes []msgqueue.Envelope
	answers   []error
}

// Listen implements msgqueue.EventListener.
func (d *deliveries) Listen(ctx context.Context, _ string, _ []string, h msgqueue.Handler) error {
	for _, e := range d.envelopes {
		d.answers = append(d.answers, h(ctx, e))
	}
	return nil
}

type silent struct{}

func (silent) Offer(...persistence.Message) {}

// flaky is a store that answers with these errors first.
type flaky struct {
	persistence.BookingHandler
	failures []error
}

func (f *flaky) SaveLocation(ctx context.Context, l persistence.Location) error {
	if len(f.failures) > 0 {
		err := f.failures[0]
		f.failures = f.failures[1:]
		return err
	}
	return f.BookingHandler.SaveLocation(ctx, l)
}

func openStore(t *testing.T) *flaky {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(t.TempDir(), "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &flaky{BookingHandler: store}
}

func apply(t *testing.T, store persistence.BookingHandler, envelopes ...msgqueue.Envelope) []error {
	t.Helper()
	i := inventory.New(store, announce.Decision, silent{}, nil)
	defer i.Close()
	d := &deliveries{envelopes: envelopes}
	if err := listener.New(i, store, prometheus.NewRegistry(), nil).Listen(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d.answers
}

func envelope(t *testing.T, e contracts.Event) msgqueue.Envelope {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return msgqueue.Envelope{ID: "1", Name: e.EventName(), Body: body, Time: time.Now()}
}

var (
	event    = persistence.ID{1}
	location = persistence.ID{2}
)

func stateAt(version int64, name string, cancelled bool) contracts.EventState {
	capacity := 10 * version
	return contracts.EventState{
		ID: event.String(), Name: name, LocationID: location.String(), Start: time.Unix(100, 0), End: time.Unix(200, 0),
		Version: version, Capacity: &capacity, Cancelled: cancelled,
		Location: contracts.Place{ID: location.String(), Name: "Place " + name, TimeZone: "Europe/Rome", Version: version},
	}
}

// TestAnyOrder delivers the same messages in any order, some of them twice: the copies are always the newest.
func TestAnyOrder(t *testing.T) {
	for range 10 {
		store := openStore(t)
		envelopes := []msgqueue.Envelope{
			envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)}),
			envelope(t, &contracts.EventUpdated{EventState: stateAt(2, "two", false)}),
			envelope(t, &contracts.EventCancelled{EventState: stateAt(3, "three", true)}),
			envelope(t, &contracts.EventUpdated{EventState: stateAt(2, "two", false)}),
			envelope(t, &contracts.LocationCreated{LocationState: contracts.LocationState{
				ID: location.String(), Name: "First", Version: 1, Halls: []contracts.Hall{{Name: "A", Capacity: 5}},
			}}),
			envelope(t, &contracts.LocationUpdated{LocationState: contracts.LocationState{
				ID: location.String(), Name: "Fourth", TimeZone: "Asia/Tokyo", Version: 4,
			}}),
		}
		rand.Shuffle(len(envelopes), func(i, j int) { envelopes[i], envelopes[j] = envelopes[j], envelopes[i] })
		if err := errors.Join(apply(t, store, envelopes...)...); err != nil {
			t.Fatal(err)
		}
		copies, err := store.FindEventCopies(t.Context(), event)
		if err != nil || len(copies) != 1 {
			t.Fatal(copies, err)
		}
		want := persistence.EventCopy{
			ID: event, Name: "three", StartDate: 100, EndDate: 200, LocationID: location, Capacity: 30, Cancelled: true, Version: 3,
		}
		if copies[0] != want {
			t.Errorf("the copy is %+v", copies[0])
		}
		places, err := store.FindLocations(t.Context(), location)
		if err != nil || len(places) != 1 || places[0].Name != "Fourth" || places[0].TimeZone != "Asia/Tokyo" {
			t.Errorf("the place is %+v, %v", places, err)
		}
	}
}

func TestDeletedLocation(t *testing.T) {
	store := openStore(t)
	state := contracts.LocationState{ID: location.String(), Name: "Hall", Version: 2}
	answers := apply(t, store, envelope(t, &contracts.LocationDeleted{LocationState: state}))
	places, err := store.FindLocations(t.Context(), location)
	if answers[0] != nil || err != nil || len(places) != 1 || !places[0].Deleted {
		t.Errorf("the tombstone is %+v, %v, %v", places, answers, err)
	}
}

// TestStoreAway has the store away for a while: the message waits, and is not given up.
func TestStoreAway(t *testing.T) {
	store := openStore(t)
	store.failures = []error{persistence.ErrUnavailable, context.DeadlineExceeded, persistence.ErrUnknown}
	answers := apply(t, store, envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)}))
	if answers[0] != nil {
		t.Errorf("the message was given up: %v", answers[0])
	}
	if copies, err := store.FindEventCopies(t.Context(), event); err != nil || len(copies) != 1 {
		t.Errorf("the copies are %+v, %v", copies, err)
	}
}

func TestWrongMessages(t *testing.T) {
	store := openStore(t)
	store.failures = []error{errors.New("disk on fire")}
	answers := apply(t, store,
		msgqueue.Envelope{ID: "1", Name: "event.created", Body: []byte("{")},
		msgqueue.Envelope{ID: "2", Name: "event.created", Body: []byte(`{"id":"x"}`)},
		msgqueue.Envelope{ID: "3", Name: "something.else", Body: []byte("?")},
		envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)}),
		envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)}),
	)
	if answers[0] == nil || answers[1] == nil {
		t.Errorf("messages that make no sense were answered %v", answers[:2])
	}
	if answers[2] != nil || answers[3] == nil || answers[4] != nil {
		t.Errorf("an unknown name, a broken store, and what comes behind them was answered %v", answers[2:])
	}
}

// TestCounts counts every message once, by what became of it.
func TestCounts(t *testing.T) {
	store, registry := openStore(t), prometheus.NewRegistry()
	i := inventory.New(store, announce.Decision, silent{}, nil)
	defer i.Close()
	old := envelope(t, &contracts.EventCreated{EventState: stateAt(1, "one", false)})
	old.Time = old.Time.Add(-time.Hour)
	d := &deliveries{envelopes: []msgqueue.Envelope{
		old, {ID: "2", Name: "something.else", Time: time.Now()}, {ID: "3", Name: "event.created", Body: []byte("{")}, old,
	}}
	if err := listener.New(i, store, registry, nil).Listen(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	gathered, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counts, delay := make(map[string]float64), 0.0
	for _, family := range gathered {
		for _, m := range family.GetMetric() {
			switch family.GetName() {
			case "myevents_listener_messages_total":
				counts[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
			case "myevents_listener_delay_seconds":
				delay = m.GetHistogram().GetSampleSum()
			}
		}
	}
	if diff := cmp.Diff(map[string]float64{"applied": 2, "failed": 1, "unknown": 1}, counts); diff != "" {
		t.Errorf("the counts (-want +got):\n%s", diff)
	}
	if delay < 2*3600 || delay > 2*3600+100 {
		t.Errorf("the delay of two messages of an hour ago is %v s", delay)
	}
}
