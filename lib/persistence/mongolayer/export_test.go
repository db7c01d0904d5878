package mongolayer

import (
	"context"

	"myevents/lib/persistence"
)

// Settle is what somebody does who once read the ops of these changes, however long ago.
func Settle(
	ctx context.Context, store persistence.BookingHandler, event persistence.ID, changes []persistence.Change,
) error {
	s, _ := store.(*bookingStore)
	ops, _ := split(changes)
	return s.settle(ctx, objectID(event), ops)
}
