package persistencetest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

func newUser(address string) persistence.User {
	return persistence.User{
		ID: persistence.NewID(), Email: "As.Typed+" + address, EmailKey: address, Name: "Änne Übel", Password: "$hash$1",
		Roles: []string{"admin", "organiser"}, Created: 1_800_000_000, Epoch: 1, Version: 1,
	}
}

func findUser(t *testing.T, store persistence.BookingHandler, id persistence.ID) persistence.User {
	t.Helper()
	found, err := store.FindUsers(bounded(t), id)
	want(t, err, nil)
	if len(found) != 1 {
		t.Fatalf("there are %d users with one ID", len(found))
	}
	return found[0]
}

func testUsers(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	anna, ben := newUser("anna@example.org"), newUser("ben@example.org")
	ben.Roles = nil
	_, err := store.FindUserByEmail(ctx, anna.EmailKey)
	want(t, err, persistence.ErrNotFound)
	want(t, store.ChangeUser(ctx, anna), persistence.ErrNotFound)
	for _, u := range []persistence.User{anna, ben} {
		want(t, store.AddUser(ctx, u), nil)
	}
	found, err := store.FindUsers(ctx, ben.ID, persistence.NewID(), anna.ID)
	want(t, err, nil)
	slices.SortFunc(found, func(a, b persistence.User) int { return len(b.Roles) - len(a.Roles) })
	if diff := cmp.Diff([]persistence.User{anna, ben}, found); diff != "" {
		t.Errorf("the users differ (-stored +found):\n%s", diff)
	}
	anna.Email, anna.EmailKey, anna.Roles, anna.Epoch, anna.Version = "A@x.org", "a@x.org", nil, 2, 2
	want(t, store.ChangeUser(ctx, anna), nil)
	want(t, store.ChangeUser(ctx, anna), persistence.ErrConflict)
	byAddress, err := store.FindUserByEmail(ctx, anna.EmailKey)
	want(t, err, nil)
	if diff := cmp.Diff(anna, byAddress); diff != "" {
		t.Errorf("the changed user differs (-stored +found):\n%s", diff)
	}
	_, err = store.FindUserByEmail(ctx, "anna@example.org")
	want(t, err, persistence.ErrNotFound)
}

// testTakenAddresses has an address be one user's at a time: a refusal changes nothing, and what is given up is free.
func testTakenAddresses(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	anna, ben := newUser("anna@example.org"), newUser("ben@example.org")
	for _, u := range []persistence.User{anna, ben} {
		want(t, store.AddUser(ctx, u), nil)
	}
	want(t, store.AddUser(ctx, newUser(anna.EmailKey)), persistence.ErrExists)
	again := newUser("other@example.org")
	again.ID = anna.ID
	want(t, store.AddUser(ctx, again), persistence.ErrExists)
	wish := ben
	wish.EmailKey, wish.Name, wish.Version = anna.EmailKey, "Benno", 2
	want(t, store.ChangeUser(ctx, wish), persistence.ErrExists)
	if diff := cmp.Diff(ben, findUser(t, store, ben.ID)); diff != "" {
		t.Errorf("what was refused changed the user (-before +after):\n%s", diff)
	}
	renamed := anna
	renamed.Name, renamed.Version = "Anne", 2
	want(t, store.ChangeUser(ctx, renamed), nil)
	moved := renamed
	moved.EmailKey, moved.Version = "new@example.org", 3
	want(t, store.ChangeUser(ctx, moved), nil)
	want(t, store.ChangeUser(ctx, wish), nil)
	found, err := store.FindUserByEmail(ctx, anna.EmailKey)
	want(t, err, nil)
	if found.ID != ben.ID {
		t.Errorf("the address is %v's", found.ID)
	}
}

// testErasedUsers erases several users: nothing of them is left, their addresses are free, their IDs are not.
func testErasedUsers(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	for n := range 3 {
		u := newUser("user" + strconv.Itoa(n) + "@example.org")
		want(t, store.AddUser(ctx, u), nil)
		want(t, store.ChangeUser(ctx, u.Erased()), nil)
		_, err := store.FindUserByEmail(ctx, u.EmailKey)
		want(t, err, persistence.ErrNotFound)
		_, err = store.FindUserByEmail(ctx, "")
		want(t, err, persistence.ErrNotFound)
		left := persistence.User{ID: u.ID, Epoch: 2, Version: 2}
		if diff := cmp.Diff(left, findUser(t, store, u.ID)); diff != "" || !left.Deleted() {
			t.Errorf("of an erased user is left (-want +got):\n%s", diff)
		}
		want(t, store.AddUser(ctx, u), persistence.ErrExists)
		want(t, store.AddUser(ctx, newUser(u.EmailKey)), nil)
	}
}

// testConcurrentUsers has many want one address, one ID, or one version of a user at the same moment.
func testConcurrentUsers(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	users := make([]persistence.User, 16)
	for n := range users {
		users[n] = newUser("anna@example.org")
	}
	winner := exactlyOne(t, persistence.ErrExists, func(n int) error { return store.AddUser(ctx, users[n]) })
	found, err := store.FindUserByEmail(ctx, users[0].EmailKey)
	want(t, err, nil)
	if found.ID != users[winner].ID {
		t.Errorf("the address is %v's, and %v's sign-up succeeded", found.ID, users[winner].ID)
	}
	id := persistence.NewID()
	exactlyOne(t, persistence.ErrExists, func(n int) error {
		u := newUser("user" + strconv.Itoa(n) + "@example.org")
		u.ID = id
		return store.AddUser(ctx, u)
	})
	found.Version = 2
	exactlyOne(t, persistence.ErrConflict, func(n int) error {
		u := found
		u.Name = strconv.Itoa(n)
		return store.ChangeUser(ctx, u)
	})
}

// testConcurrentAddresses has many users move to one address: one of them does, and all others stay where they are.
func testConcurrentAddresses(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	const wished = "wished@example.org"
	users := make([]persistence.User, 16)
	for n := range users {
		users[n] = newUser("user" + strconv.Itoa(n) + "@example.org")
		want(t, store.AddUser(ctx, users[n]), nil)
	}
	winner := exactlyOne(t, persistence.ErrExists, func(n int) error {
		u := users[n]
		u.EmailKey, u.Version = wished, 2
		return store.ChangeUser(ctx, u)
	})
	for n, u := range users {
		address := u.EmailKey
		if n == winner {
			_, err := store.FindUserByEmail(ctx, address)
			want(t, err, persistence.ErrNotFound)
			address = wished
		}
		found, err := store.FindUserByEmail(ctx, address)
		want(t, err, nil)
		if found.ID != u.ID {
			t.Errorf("%s is %v's, not %v's", address, found.ID, u.ID)
		}
	}
}

func testSessionsOfUser(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	user := persistence.NewID()
	ids := func() []persistence.ID {
		found, err := store.SessionsOf(ctx, user)
		want(t, err, nil)
		ids := make([]persistence.ID, len(found))
		for n, s := range found {
			ids[n] = s.ID
			if s.UserID != user || s.Epoch != 3 {
				t.Errorf("a session is %+v", s)
			}
		}
		slices.SortFunc(ids, compare)
		return ids
	}
	sessions := []persistence.Session{newSession(100), newSession(300), newSession(500)}
	mine := make([]persistence.ID, len(sessions))
	for n, s := range sessions {
		s.UserID, s.Epoch = user, 3
		want(t, store.AddSession(ctx, s), nil)
		s.Expires, s.Version = s.Expires+1, 2
		want(t, store.ChangeSession(ctx, s), nil)
		mine[n] = s.ID
	}
	want(t, store.AddSession(ctx, newSession(100)), nil)
	slices.SortFunc(mine, compare)
	if got := ids(); !slices.Equal(got, mine) {
		t.Errorf("the sessions are %v, want %v", got, mine)
	}
	want(t, store.RemoveSession(ctx, sessions[1].ID), nil)
	_, err := store.RemoveExpired(ctx, 200)
	want(t, err, nil)
	if got := ids(); !slices.Equal(got, []persistence.ID{sessions[2].ID}) {
		t.Errorf("what is left is %v, not %v", got, sessions[2].ID)
	}
}
