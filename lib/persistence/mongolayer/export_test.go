package mongolayer

import (
	"context"

	"myevents/lib/persistence"
	"myevents/lib/persistence/schema"
)

// OfRelease makes a store that was just opened that of another release.
func OfRelease(store persistence.DatabaseHandler, v schema.Versions) {
	s, _ := store.(*eventStore)
	s.client.versions = v
}

// Settle is what somebody does who once read the ops of these changes, however long ago.
func Settle(
	ctx context.Context, store persistence.BookingHandler, event persistence.ID, changes []persistence.Change,
) error {
	s, _ := store.(*bookingStore)
	ops, _ := split(changes)
	return s.settle(ctx, objectID(event), ops)
}
