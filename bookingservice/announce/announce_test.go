package announce_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/announce"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

var (
	event   = persistence.ID{1}
	booking = persistence.ID{2}
	user    = persistence.ID{3}
)

func change(capacity persistence.Capacity, b *persistence.Booking) persistence.Change {
	return persistence.Change{
		Inventory: persistence.Inventory{
			Event: persistence.EventCopy{ID: event, Capacity: capacity, Cancelled: b == nil, Version: 4}, Booked: 12, Sequence: 9,
		},
		Booking: b,
	}
}

func held(seats, version int64) *persistence.Booking {
	return &persistence.Booking{
		ID: booking, EventID: event, UserID: user, Seats: seats, Asked: 3, Date: 1_800_000_000, Version: version,
	}
}

func TestDecision(t *testing.T) {
	limit := int64(100)
	told := contracts.Decision{Sequence: 9, Booked: 12, Capacity: &limit}
	state := func(seats, version int64) contracts.BookingState {
		return contracts.BookingState{
			EventID: event.String(), UserID: user.String(), BookingID: booking.String(), Seats: seats, Version: version,
			Decision: told, Date: time.Unix(1_800_000_000, 0).UTC(),
		}
	}
	for name, c := range map[string]struct {
		change   persistence.Change
		document string
		version  int64
		want     contracts.Event
	}{
		"new": {
			change(100, held(3, 1)), booking.String(), 1, &contracts.EventBooked{BookingState: state(3, 1)},
		},
		"some given back": {
			change(100, held(2, 2)), booking.String(), 2, &contracts.BookingChanged{BookingState: state(2, 2)},
		},
		"all given back": {
			change(100, held(0, 3)), booking.String(), 3, &contracts.BookingCancelled{BookingState: state(0, 3)},
		},
		"the event": {
			change(100, nil), "availability:" + event.String(), 9,
			&contracts.AvailabilityChanged{EventID: event.String(), Decision: told, Cancelled: true},
		},
		"the event, not limited": {
			change(persistence.Unlimited, nil), "availability:" + event.String(), 9,
			&contracts.AvailabilityChanged{
				EventID: event.String(), Decision: contracts.Decision{Sequence: 9, Booked: 12}, Cancelled: true,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := announce.Decision(c.change)
			got, err := msgqueue.NewMapper(contracts.New()).MapEvent(m.Name, m.Body) // which validates it
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(msgqueue.Event(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := persistence.Message{
				ID: persistence.MessageID(c.document, c.version), Document: c.document, Name: c.want.EventName(),
				Key: event.String(), Body: m.Body, Time: m.Time,
			}
			if diff := cmp.Diff(want, m); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !json.Valid(m.Body) || time.Since(m.Time) > time.Minute {
				t.Errorf("the message is of %v: %s", m.Time, m.Body)
			}
		})
	}
}
