package persistencetest

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

func newSession(expires int64) persistence.Session {
	return persistence.Session{
		ID: persistence.NewID(), UserID: persistence.NewID(), Secret: []byte{1, 0, 2}, Rotated: 1_800_000_000,
		Expires: expires, Version: 1,
	}
}

func testSessions(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	s := newSession(1_900_000_000)
	_, err := store.FindSession(ctx, s.ID)
	want(t, err, persistence.ErrNotFound)
	next := s
	next.Version = 2
	want(t, store.ChangeSession(ctx, next), persistence.ErrNotFound)
	want(t, store.AddSession(ctx, s), nil)
	want(t, store.AddSession(ctx, s), persistence.ErrExists)
	next.Previous, next.Secret, next.Rotated, next.Expires = s.Secret, []byte{9, 9}, s.Rotated+1, s.Expires+1
	want(t, store.ChangeSession(ctx, next), nil)
	want(t, store.ChangeSession(ctx, next), persistence.ErrConflict)
	found, err := store.FindSession(ctx, s.ID)
	want(t, err, nil)
	if diff := cmp.Diff(next, found); diff != "" {
		t.Errorf("the session differs (-stored +found):\n%s", diff)
	}
	want(t, store.RemoveSession(ctx, s.ID), nil)
	want(t, store.RemoveSession(ctx, s.ID), nil)
	_, err = store.FindSession(ctx, s.ID)
	want(t, err, persistence.ErrNotFound)
}

// testConcurrentSessions has many replace one session's secret: one of them does.
func testConcurrentSessions(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	s := newSession(1_900_000_000)
	want(t, store.AddSession(ctx, s), nil)
	s.Version = 2
	var done atomic.Int64
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			mine := s
			mine.Secret = []byte{byte(n)}
			switch err := store.ChangeSession(ctx, mine); {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, persistence.ErrConflict):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("%d changes were made of one version", done.Load())
	}
}

func testExpired(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	ended, renewed, going := newSession(100), newSession(100), newSession(300)
	for _, s := range []persistence.Session{ended, renewed, going} {
		want(t, store.AddSession(ctx, s), nil)
	}
	renewed.Expires, renewed.Version = 400, 2
	want(t, store.ChangeSession(ctx, renewed), nil)
	removed, err := store.RemoveExpired(ctx, 200)
	want(t, err, nil)
	if removed != 1 {
		t.Errorf("%d sessions were removed, one had ended", removed)
	}
	_, err = store.FindSession(ctx, ended.ID)
	want(t, err, persistence.ErrNotFound)
	for _, s := range []persistence.Session{renewed, going} {
		_, err = store.FindSession(ctx, s.ID)
		want(t, err, nil)
	}
}

func testGuests(t *testing.T, store persistence.BookingHandler) {
	t.Helper()
	ctx := bounded(t)
	user, other, third := persistence.NewID(), persistence.NewID(), persistence.NewID()
	guests := []persistence.ID{persistence.NewID(), persistence.NewID()}
	owners, err := store.OwnersOf(ctx, guests...)
	want(t, err, nil)
	if len(owners) != 0 {
		t.Errorf("somebody new is owned by %v", owners)
	}
	for _, g := range guests {
		want(t, store.AdoptGuest(ctx, user, g), nil)
		want(t, store.AdoptGuest(ctx, user, g), nil)
		want(t, store.AdoptGuest(ctx, other, g), persistence.ErrExists)
	}
	want(t, store.AdoptGuest(ctx, third, other), nil)
	owners, err = store.OwnersOf(ctx, guests[1], user, other)
	want(t, err, nil)
	if diff := cmp.Diff(map[persistence.ID]persistence.ID{guests[1]: user, other: third}, owners); diff != "" {
		t.Errorf("the owners differ (-want +got):\n%s", diff)
	}
	for _, c := range []struct{ users, guests []persistence.ID }{
		{[]persistence.ID{user}, guests},
		{[]persistence.ID{user, third}, append([]persistence.ID{other}, guests...)},
		{[]persistence.ID{other}, nil},
		{nil, nil},
	} {
		got, err := store.GuestsOf(ctx, c.users...)
		want(t, err, nil)
		slices.SortFunc(got, compare)
		slices.SortFunc(c.guests, compare)
		if !slices.Equal(got, c.guests) {
			t.Errorf("the guests of %v are %v, want %v", c.users, got, c.guests)
		}
	}
}

func compare(a, b persistence.ID) int { return slices.Compare(a[:], b[:]) }
