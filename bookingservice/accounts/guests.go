package accounts

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"myevents/lib/persistence"
)

// keyLife is how long after a booking its idempotency key alone opens the session of the guest who made it.
const keyLife = 24 * time.Hour

// MayOpen says whether the guest that an idempotency key gives may be used by whoever has the key and no session: as
// long as the guest has become nobody else, has no account, and has no booking that is older than a day. ErrSession.
func (a *Accounts) MayOpen(ctx context.Context, guest persistence.ID) error {
	page := persistence.Page{Limit: 1, BeforeDate: time.Now().Add(-keyLife).Unix(), BeforeID: guest}
	older, err := a.store.FindBookings(ctx, []persistence.ID{guest}, page)
	if err != nil {
		return err
	}
	free, err := a.isFree(ctx, guest)
	if err != nil {
		return err
	}
	if len(older) > 0 || !free {
		return ErrSession
	}
	return nil
}

// isFree says whether a guest is nothing but that: nobody else's, and without an account.
func (a *Accounts) isFree(ctx context.Context, guest persistence.ID) (bool, error) {
	owners, err := a.store.OwnersOf(ctx, guest)
	if err != nil || len(owners) > 0 {
		return false, err
	}
	users, err := a.store.FindUsers(ctx, guest)
	return len(users) == 0, err
}

// Adopt makes a guest's bookings the user's. It answers whether they are: a guest has but one owner, and one who has
// an account is nobody's. A guest who signs up at the same moment remains its own, see guestsOf.
func (a *Accounts) Adopt(ctx context.Context, user, guest persistence.ID) (bool, error) {
	if user == guest {
		return true, nil
	}
	users, err := a.store.FindUsers(ctx, guest)
	if err != nil || len(users) > 0 {
		return false, err
	}
	holders, err := a.Holders(ctx, user)
	if err != nil || holders[user] == guest { // the user is the guest's, and not the other way round
		return false, err
	}
	err = a.store.AdoptGuest(ctx, user, guest)
	if errors.Is(err, persistence.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// Identities are all the users that a user is: itself, the guests that it once was, and those that they once were.
func (a *Accounts) Identities(ctx context.Context, user persistence.ID) ([]persistence.ID, error) {
	all := []persistence.ID{user}
	for level := all; len(level) > 0; {
		guests, err := a.guestsOf(ctx, level)
		if err != nil {
			return nil, err
		}
		level = slices.DeleteFunc(guests, func(id persistence.ID) bool { return slices.Contains(all, id) })
		all = append(all, level...)
	}
	return all, nil
}

// guestsOf leaves out those who have an account: they are their own, also where they signed up at the moment of their
// adoption.
func (a *Accounts) guestsOf(ctx context.Context, users []persistence.ID) ([]persistence.ID, error) {
	guests, err := a.store.GuestsOf(ctx, users...)
	if err != nil || len(guests) == 0 {
		return nil, err
	}
	accounts, err := a.store.FindUsers(ctx, guests...)
	return slices.DeleteFunc(guests, func(id persistence.ID) bool {
		return slices.ContainsFunc(accounts, func(u persistence.User) bool { return u.ID == id })
	}), err
}

// maxAdoptions bounds how far adoptions are followed, which people make a few of.
const maxAdoptions = 16

// Holders answers for each of the users with who it is today: itself, or whoever has adopted it, be it through others.
func (a *Accounts) Holders(ctx context.Context, users ...persistence.ID) (map[persistence.ID]persistence.ID, error) {
	holders := make(map[persistence.ID]persistence.ID, len(users))
	for _, id := range users {
		holders[id] = id
	}
	for range maxAdoptions {
		now := slices.Collect(maps.Values(holders))
		owners, err := a.store.OwnersOf(ctx, now...)
		if err != nil || len(owners) == 0 {
			return holders, err
		}
		accounts, err := a.store.FindUsers(ctx, slices.Collect(maps.Keys(owners))...)
		if err != nil {
			return nil, err
		}
		for _, u := range accounts {
			delete(owners, u.ID)
		}
		for id, holder := range holders {
			if owner, ok := owners[holder]; ok {
				holders[id] = owner
			}
		}
	}
	return holders, nil
}

// People answers for each of the users with the account that it is today. Guests, and those who deleted their accounts,
// are left out.
func (a *Accounts) People(ctx context.Context, users ...persistence.ID) (map[persistence.ID]persistence.User, error) {
	holders, err := a.Holders(ctx, users...)
	if err != nil {
		return nil, err
	}
	found, err := a.store.FindUsers(ctx, slices.Collect(maps.Values(holders))...)
	if err != nil {
		return nil, err
	}
	accounts := make(map[persistence.ID]persistence.User, len(found))
	for _, u := range found {
		accounts[u.ID] = u
	}
	people := make(map[persistence.ID]persistence.User)
	for id, holder := range holders {
		if u, ok := accounts[holder]; ok && !u.Deleted() {
			people[id] = u
		}
	}
	return people, nil
}
