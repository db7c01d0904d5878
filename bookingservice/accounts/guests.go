package accounts

import (
	"context"
	"errors"
	"time"

	"myevents/lib/persistence"
)

// keyLife is how long after a booking its idempotency key alone opens the session of the guest who made it.
const keyLife = 24 * time.Hour

// MayOpen says whether the guest that an idempotency key gives may be used by whoever has the key and no session: as
// long as the guest has become nobody else, and has no booking that is older than a day. ErrSession.
func (a *Accounts) MayOpen(ctx context.Context, guest persistence.ID) error {
	page := persistence.Page{Limit: 1, BeforeDate: time.Now().Add(-keyLife).Unix(), BeforeID: guest}
	older, err := a.store.FindBookings(ctx, []persistence.ID{guest}, page)
	if err != nil {
		return err
	}
	owner, err := a.store.OwnerOf(ctx, guest)
	if err != nil {
		return err
	}
	if len(older) > 0 || !owner.IsZero() {
		return ErrSession
	}
	return nil
}

// Adopt makes a guest's bookings the user's. It answers whether they are: a guest has but one owner.
func (a *Accounts) Adopt(ctx context.Context, user, guest persistence.ID) (bool, error) {
	err := a.store.AdoptGuest(ctx, user, guest)
	if errors.Is(err, persistence.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// Identities are all the users that a user is: itself, and the guests that it once was.
func (a *Accounts) Identities(ctx context.Context, user persistence.ID) ([]persistence.ID, error) {
	guests, err := a.store.GuestsOf(ctx, user)
	return append([]persistence.ID{user}, guests...), err
}
