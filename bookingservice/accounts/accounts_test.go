package accounts_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const refreshCookie = "myevents_refresh"

var user = persistence.ID{1, 2, 3}

func openStore(t *testing.T) persistence.BookingHandler {
	t.Helper()
	store, err := boltlayer.OpenBookings(filepath.Join(t.TempDir(), "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// inBubble has a test run in a bubble of time of its own, on accounts with an embedded store.
func inBubble(t *testing.T, test func(*testing.T, *accounts.Accounts, persistence.BookingHandler)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		test(t, accounts.New(store, false), store)
	})
}

func request(t *testing.T, cookies ...*http.Cookie) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sessions/refresh", http.NoBody)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func given(w *httptest.ResponseRecorder) map[string]*http.Cookie {
	cookies := make(map[string]*http.Cookie)
	for _, c := range w.Result().Cookies() {
		cookies[c.Name] = c
	}
	return cookies
}

// start begins the user's session and gives the cookie with its secret.
func start(t *testing.T, a *accounts.Accounts) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	if err := a.Start(t.Context(), w, request(t), user); err != nil {
		t.Fatal(err)
	}
	return given(w)[refreshCookie]
}

// refresh gives the next secret. It fails the test if the session has ended.
func refresh(t *testing.T, a *accounts.Accounts, secret *http.Cookie) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	token, who, err := a.Refresh(w, request(t, secret))
	if err != nil || who.ID != user {
		t.Fatalf("the session is %v's, %v", who, err)
	}
	caller, err := a.Verify(t.Context(), token, time.Now())
	if err != nil || caller != (auth.Caller{ID: user, Guest: true}) {
		t.Fatalf("the token is %+v's, %v", caller, err)
	}
	if cookies := given(w); cookies[auth.Cookie].Value != token {
		t.Error("the cookie has another token")
	}
	return given(w)[refreshCookie]
}

// refused fails the test if the session goes on, or if the browser's cookies stay.
func refused(t *testing.T, a *accounts.Accounts, cookies ...*http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	if _, _, err := a.Refresh(w, request(t, cookies...)); !errors.Is(err, accounts.ErrSession) {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{auth.Cookie, refreshCookie} {
		if c := given(w)[name]; c == nil || c.MaxAge >= 0 {
			t.Errorf("the cookie %s stays: %+v", name, c)
		}
	}
}

func TestEveryUseReplacesTheSecret(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		secret := start(t, a)
		seen := make(map[string]bool)
		for range 100 { // by far longer than a session lasts without being refreshed
			if seen[secret.Value] {
				t.Fatal("a secret came again")
			}
			seen[secret.Value] = true
			time.Sleep(29 * 24 * time.Hour)
			secret = refresh(t, a, secret)
		}
		time.Sleep(31 * 24 * time.Hour)
		refused(t, a, secret)
		if n, err := store.RemoveExpired(t.Context(), time.Now().Unix()); n != 1 || err != nil {
			t.Errorf("%d sessions are left over, %v", n, err)
		}
	})
}

// TestTwoTabs has two refresh with the same secret, as tabs of a browser do: both go on with the same one.
func TestTwoTabs(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		secret := start(t, a)
		one := refresh(t, a, secret)
		time.Sleep(30 * time.Second)
		two := refresh(t, a, secret)
		if one.Value != two.Value || one.Value == secret.Value {
			t.Error("the tabs have different secrets")
		}
		time.Sleep(time.Hour)
		refresh(t, a, two)
	})
}

// TestOldSecretEndsTheSession has somebody come with a secret that was replaced: a while ago, or more than once.
func TestOldSecretEndsTheSession(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		for name, wait := range map[string]time.Duration{"a while ago": 2 * time.Minute, "twice": 0} {
			old := start(t, a)
			secret := refresh(t, a, old)
			if wait == 0 {
				secret = refresh(t, a, secret)
			}
			time.Sleep(wait)
			refused(t, a, old)
			if _, _, err := a.Refresh(httptest.NewRecorder(), request(t, secret)); !errors.Is(err, accounts.ErrSession) {
				t.Errorf("replaced %s: the session goes on for whoever has the newest secret, %v", name, err)
			}
		}
	})
}

func TestNoSession(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		refused(t, a)
		id := persistence.NewID().String()
		for _, value := range []string{"", "x", "x.y", id, id + ".", id + ".!", id + ".c2VjcmV0"} {
			refused(t, a, &http.Cookie{Name: refreshCookie, Value: value})
		}
	})
}

func TestEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		secret, other := start(t, a), start(t, a)
		forged := *other
		forged.Value = forged.Value[:25] + "c2VjcmV0"
		for _, c := range []*http.Cookie{secret, &forged} {
			w := httptest.NewRecorder()
			if err := a.End(w, request(t, c)); err != nil || given(w)[refreshCookie].MaxAge >= 0 {
				t.Errorf("ending: %v, %v", err, given(w))
			}
		}
		refused(t, a, secret)
		refresh(t, a, other)
	})
}

func TestSweep(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		gone := start(t, a)
		done := make(chan error, 1)
		go func() {
			done <- a.Run(t.Context(), func(err error) {
				if err != nil {
					t.Error(err)
				}
			})
		}()
		t.Cleanup(func() {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
		})
		time.Sleep(29 * 24 * time.Hour)
		stays := start(t, a)
		time.Sleep(2 * 24 * time.Hour)
		for c, want := range map[*http.Cookie]error{gone: persistence.ErrNotFound, stays: nil} {
			id, err := persistence.ParseID(c.Value[:24])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.FindSession(t.Context(), id); !errors.Is(err, want) {
				t.Errorf("a session is %v, want %v", err, want)
			}
		}
	})
}

// TestReplicas has a second process on the same store know the first one's tokens, sessions and names.
func TestReplicas(t *testing.T) {
	store := openStore(t)
	one, two := accounts.New(store, false), accounts.New(store, false)
	secret := refresh(t, two, start(t, one))
	refresh(t, one, secret)
	a, err := one.Names(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := two.Names(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a.Guest("k") != b.Guest("k") || a.Guest("k") == a.Guest("l") || a.Booking(user, "k") != b.Booking(user, "k") ||
		a.Booking(user, "k") == a.Guest("k") || !b.IsTicket(user, a.Ticket(user)) || b.IsTicket(persistence.ID{9}, a.Ticket(user)) {
		t.Error("the names are not as they should be")
	}
	keys, err := one.Keys(t.Context())
	if err != nil || len(keys.Keys) != 1 || !keys.Keys[0].IsPublic() {
		t.Errorf("the keys are %+v, %v", keys, err)
	}
}

// TestSecretIsNotStored looks for a session's secret in what the store has.
func TestSecretIsNotStored(t *testing.T) {
	store := openStore(t)
	cookie := start(t, accounts.New(store, false))
	id, err := persistence.ParseID(cookie.Value[:24])
	if err != nil {
		t.Fatal(err)
	}
	session, err := store.FindSession(t.Context(), id)
	if err != nil || len(session.Secret) != 32 || bytes.Contains([]byte(cookie.Value), session.Secret) {
		t.Errorf("the session is %+v, %v", session, err)
	}
}

func TestCookies(t *testing.T) {
	store := openStore(t)
	for name, c := range map[string]struct {
		public, https, secure bool
	}{
		"HTTP":                 {false, false, false},
		"HTTPS":                {false, true, true},
		"behind a TLS proxy":   {true, false, true},
		"HTTPS behind a proxy": {true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, w := request(t), httptest.NewRecorder()
			if c.https {
				r.TLS = &tls.ConnectionState{}
			}
			if err := accounts.New(store, c.public).Start(t.Context(), w, r, user); err != nil {
				t.Fatal(err)
			}
			if len(given(w)) != 2 {
				t.Errorf("the cookies are %v", given(w))
			}
			for _, cookie := range given(w) {
				if cookie.Secure != c.secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" ||
					cookie.MaxAge != 30*24*3600 {
					t.Errorf("the cookie is %v", cookie)
				}
			}
		})
	}
}

// TestMayOpen follows the guest that a key gives: within a day of the booking it may be opened, and not once it is
// somebody.
func TestMayOpen(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		may := func(guest persistence.ID, want error) {
			t.Helper()
			if err := a.MayOpen(t.Context(), guest); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		guest, adopted := persistence.NewID(), persistence.NewID()
		may(guest, nil)
		sell(t, store, guest)
		may(guest, nil)
		time.Sleep(23 * time.Hour)
		may(guest, nil)
		sell(t, store, guest)
		time.Sleep(2 * time.Hour)
		may(guest, accounts.ErrSession)

		sell(t, store, adopted)
		for range 2 {
			if ok, err := a.Adopt(t.Context(), user, adopted); !ok || err != nil {
				t.Errorf("adopting: %t, %v", ok, err)
			}
		}
		may(adopted, accounts.ErrSession)
		if ok, err := a.Adopt(t.Context(), persistence.ID{9}, adopted); ok || err != nil {
			t.Errorf("adopting somebody else's: %t, %v", ok, err)
		}
		ids, err := a.Identities(t.Context(), user)
		if err != nil || len(ids) != 2 || ids[0] != user || ids[1] != adopted {
			t.Errorf("the user is %v, %v", ids, err)
		}
	})
}

// sell stores a booking of a user, made now.
func sell(t *testing.T, store persistence.BookingHandler, user persistence.ID) {
	t.Helper()
	s, err := store.Load(t.Context(), persistence.NewID())
	if err != nil {
		t.Fatal(err)
	}
	s.Inventory.Event = persistence.EventCopy{ID: s.EventID, EndDate: time.Now().Unix() + 1, Capacity: 1, Version: 1}
	changes, answers := inventory.Decide(s, []inventory.Request{
		inventory.Book{ID: persistence.NewID(), UserID: user, Seats: 1, Date: time.Now().Unix()},
	})
	if err := errors.Join(answers[0].Err, store.Commit(t.Context(), s, changes)); err != nil {
		t.Fatal(err)
	}
}
