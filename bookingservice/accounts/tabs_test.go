package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// token starts the user's session, and gives its access token.
func token(t *testing.T, a *accounts.Accounts) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := a.Start(t.Context(), w, request(t), user); err != nil {
		t.Fatal(err)
	}
	return given(w)[auth.Cookie].Value
}

// together is a store that answers with a session only when so many have asked for it: so all see the same state.
type together struct {
	persistence.BookingHandler
	asking sync.WaitGroup
}

func (s *together) FindSession(ctx context.Context, id persistence.ID) (persistence.Session, error) {
	found, err := s.BookingHandler.FindSession(ctx, id)
	s.asking.Done()
	s.asking.Wait()
	return found, err
}

// TestTabsAtTheSameMoment has several tabs read the session before any of them has replaced its secret. One of them
// wins, and all are given the same secret, which goes on.
func TestTabsAtTheSameMoment(t *testing.T) {
	const tabs = 6
	store := openStore(t)
	a := accounts.New(store, false)
	secret := start(t, a)
	gate := &together{BookingHandler: store}
	gate.asking.Add(tabs)
	at := accounts.New(gate, false)
	next := make([]*http.Cookie, tabs)
	var refreshing sync.WaitGroup
	for n := range tabs {
		refreshing.Go(func() {
			w := httptest.NewRecorder()
			if _, who, err := at.Refresh(w, request(t, secret)); err != nil || who.ID != user {
				t.Errorf("tab %d: %v, %v", n, who, err)
			}
			next[n] = given(w)[refreshCookie]
		})
	}
	refreshing.Wait()
	for n := range tabs {
		if next[n] == nil || next[n].Value != next[0].Value || next[n].Value == secret.Value {
			t.Fatalf("tab %d has %v, the first %v", n, next[n], next[0])
		}
	}
	refresh(t, a, refresh(t, a, next[0]))
}

// TestGrace has the secret before the present one come at different times after it was replaced.
func TestGrace(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		goes  bool
	}{{0, true}, {59 * time.Second, true}, {62 * time.Second, false}, {24 * time.Hour, false}} {
		inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
			t.Helper()
			old := start(t, a)
			secret := refresh(t, a, old)
			time.Sleep(c.after)
			_, _, err := a.Refresh(httptest.NewRecorder(), request(t, old))
			if c.goes != (err == nil) || err != nil && !errors.Is(err, accounts.ErrSession) {
				t.Errorf("%v after it was replaced: %v", c.after, err)
			}
			if c.goes {
				refresh(t, a, secret)
			} else {
				refused(t, a, secret)
			}
		})
	}
}

// TestExpiry has a session be refreshed just before and just after its end.
func TestExpiry(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		before, after := start(t, a), start(t, a)
		time.Sleep(30*24*time.Hour - time.Second)
		refresh(t, a, before)
		time.Sleep(time.Second)
		refused(t, a, after)
	})
}

// TestEndByTheSecretBefore signs out with a secret that another tab has replaced: this browser had the session, and it
// ends.
func TestEndByTheSecretBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		old := start(t, a)
		secret := refresh(t, a, old)
		if err := a.End(httptest.NewRecorder(), request(t, old)); err != nil {
			t.Fatal(err)
		}
		refused(t, a, secret)
	})
}

// sessionsAway is a store that cannot be used.
type sessionsAway struct{ persistence.BookingHandler }

func (sessionsAway) FindSession(context.Context, persistence.ID) (persistence.Session, error) {
	return persistence.Session{}, persistence.ErrUnavailable
}

// TestSessionsAway has a session be refreshed while the store is away: the browser keeps its cookies, and goes on later.
func TestSessionsAway(t *testing.T) {
	store := openStore(t)
	a := accounts.New(store, false)
	secret := start(t, a)
	w := httptest.NewRecorder()
	_, _, err := accounts.New(sessionsAway{store}, false).Refresh(w, request(t, secret))
	if !errors.Is(err, persistence.ErrUnavailable) || errors.Is(err, accounts.ErrSession) || len(given(w)) != 0 {
		t.Errorf("got %v, cookies %v", err, given(w))
	}
	refresh(t, a, secret)
}
