package accounts_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/persistence"
)

// newGuest begins the session of a new guest.
func newGuest(t *testing.T, a *accounts.Accounts) (persistence.ID, *http.Cookie) {
	t.Helper()
	w, guest := httptest.NewRecorder(), persistence.NewID()
	if err := a.Start(t.Context(), w, request(t), guest); err != nil {
		t.Fatal(err)
	}
	return guest, given(w)[refreshCookie]
}

func identities(t *testing.T, a *accounts.Accounts, user persistence.ID, want ...persistence.ID) {
	t.Helper()
	got, err := a.Identities(t.Context(), user)
	if err != nil || !slices.Equal(got, append([]persistence.ID{user}, want...)) {
		t.Errorf("the identities of %v are %v, %v, want also %v", user, got, err, want)
	}
}

// TestGuestBecomesTheAccount has a guest sign up: the account has the guest's ID. A session that somebody else had of the
// guest, such as one that the key has opened, has no part in the account, on any replica.
func TestGuestBecomesTheAccount(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		guest, secret := newGuest(t, a)
		w := httptest.NewRecorder()
		if err := a.Start(t.Context(), w, request(t), guest); err != nil {
			t.Fatal(err)
		}
		another := given(w)[refreshCookie]
		time.Sleep(time.Hour) // the access token is over: the guest is known by the session
		b := signUp(t, a, email, secret)
		if b.user.ID != guest || b.user.Email != email || b.user.Name != "Anna" {
			t.Errorf("the account of %v is %+v", guest, b.user)
		}
		refused(t, accounts.New(store, false), another)
		refused(t, a, secret)
		if err := a.Start(t.Context(), w, request(t), guest); err != nil { // by the key, at the very moment of signing up
			t.Fatal(err)
		}
		refused(t, a, w.Result().Cookies()[len(w.Result().Cookies())-1])
		if err := a.MayOpen(t.Context(), guest); !errors.Is(err, accounts.ErrSession) {
			t.Errorf("the key alone opens the account: %v", err)
		}
		goesOn(t, a, guest, b.refresh())
	})
}

// TestSignInAddsTheGuest has a guest, who has taken over another guest, sign in: the account has what both booked.
func TestSignInAddsTheGuest(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		b := signUp(t, a, email)
		identities(t, a, b.user.ID)
		guest, secret := newGuest(t, a)
		w := httptest.NewRecorder()
		if err := a.Start(t.Context(), w, request(t), guest); err != nil { // on another device
			t.Fatal(err)
		}
		device := given(w)[refreshCookie]
		before := persistence.NewID()
		if ok, err := a.Adopt(t.Context(), guest, before); !ok || err != nil {
			t.Fatal(ok, err)
		}
		time.Sleep(time.Hour)
		signIn(t, a, "anna@EXAMPLE.org", secret)
		identities(t, a, b.user.ID, guest, before)
		refused(t, a, secret)
		people, err := a.People(t.Context(), before, guest, b.user.ID, persistence.NewID())
		if err != nil || len(people) != 3 || people[before].ID != b.user.ID || people[guest].Email != email {
			t.Errorf("the people are %+v, %v", people, err)
		}
		if ok, err := a.Adopt(t.Context(), persistence.NewID(), guest); ok || err != nil {
			t.Errorf("the guest becomes another's: %t, %v", ok, err)
		}
		other := signUp(t, a, "ben@example.org", device)
		if other.user.ID == guest {
			t.Error("the guest, who is an account's, becomes another account")
		}
		identities(t, a, other.user.ID)
	})
}

// TestReplacedSecretAddsNothing signs in with a secret that a guest's session had long ago: whoever found it does not
// get the guest's bookings.
func TestReplacedSecretAddsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		guest, old := newGuest(t, a)
		now := goesOn(t, a, guest, old)
		time.Sleep(time.Hour)
		thief := signUp(t, a, email, old)
		if thief.user.ID == guest {
			t.Error("whoever has an old secret becomes the guest")
		}
		identities(t, a, signIn(t, a, email, old).user.ID)
		goesOn(t, a, guest, now)
	})
}

// TestAccountIsNobodysGuest has others take over who has an account, and guests take over one another.
func TestAccountIsNobodysGuest(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, _ persistence.BookingHandler) {
		t.Helper()
		guest, secret := newGuest(t, a)
		account := signUp(t, a, email, secret).user.ID
		one, two := persistence.NewID(), persistence.NewID()
		for _, c := range []struct {
			user, guest persistence.ID
			want        bool
		}{{one, account, false}, {account, account, true}, {one, two, true}, {two, one, false}, {account, one, true}} {
			if ok, err := a.Adopt(t.Context(), c.user, c.guest); ok != c.want || err != nil {
				t.Errorf("%v adopts %v: %t, %v", c.user, c.guest, ok, err)
			}
		}
		identities(t, a, guest, one, two)
	})
}

// TestSignUpDuringAdoption has a guest sign up after somebody has begun to take it over: the account is its own.
func TestSignUpDuringAdoption(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		guest, secret := newGuest(t, a)
		other := persistence.NewID()
		late := accounts.New(before{BookingHandler: store, adopting: func() { signUp(t, a, email, secret) }}, false)
		if _, err := late.Adopt(t.Context(), other, guest); err != nil {
			t.Fatal(err)
		}
		identities(t, a, other)
		identities(t, a, guest)
		if holders, err := a.Holders(t.Context(), guest); err != nil || holders[guest] != guest {
			t.Errorf("the account is %v's, %v", holders[guest], err)
		}
	})
}
