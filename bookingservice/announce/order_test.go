package announce_test

import (
	"slices"
	"testing"

	"myevents/bookingservice/announce"
	"myevents/lib/persistence"
)

// TestMessagesSortByVersion makes the messages of a booking, and of an event's seats, of ever newer versions: their IDs,
// of which the smallest is sent first, are in that order, and no two are the same.
func TestMessagesSortByVersion(t *testing.T) {
	versions := []int64{1, 2, 9, 10, 11, 15, 16, 17, 99, 100, 255, 256, 1_000_000, 1 << 40, 1<<63 - 1}
	var bookings, seats []string
	for _, v := range versions {
		bookings = append(bookings, announce.Decision(change(100, held(2, v))).ID)
		c := change(persistence.Unlimited, nil)
		c.Inventory.Sequence = v
		seats = append(seats, announce.Decision(c).ID)
	}
	for name, ids := range map[string][]string{"a booking": bookings, "an event": seats} {
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(versions) {
			t.Errorf("the IDs of %s are %q", name, ids)
		}
	}
}

// TestOneOutboxPerDocument keeps what is told of a booking apart from what is told of its event's seats, also where
// they have the same ID, so that neither waits for the other or is taken for it.
func TestOneOutboxPerDocument(t *testing.T) {
	b := held(2, 9)
	b.ID = event
	booked, seats := announce.Decision(change(100, b)), announce.Decision(change(100, nil))
	if booked.Document == seats.Document || booked.ID == seats.ID || booked.Key != seats.Key {
		t.Errorf("the messages are %+v and %+v", booked, seats)
	}
}
