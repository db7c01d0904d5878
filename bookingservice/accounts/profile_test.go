package accounts_test

import (
	"errors"
	"net/http/httptest"
	"sync"
	"testing"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// TestNewPassword ends all sessions, on all replicas, but for the one that begins with it.
func TestNewPassword(t *testing.T) {
	const better = "a better one"
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		replica := accounts.New(store, false)
		b, elsewhere := signUp(t, a, email), signIn(t, replica, email)
		change := func(password, next string) (browser, error) {
			w := httptest.NewRecorder()
			token, u, err := a.ChangePassword(w, request(t, b.refresh()), b.caller, accounts.PasswordChange{
				Password: password, NewPassword: next, Host: "home",
			})
			if err != nil {
				return browser{}, err
			}
			return opened(t, a, w, token, u), nil
		}
		var input accounts.InputError
		if _, err := change(password, "short"); !errors.As(err, &input) || input[0].Field != "newPassword" {
			t.Errorf("a short one: %v", err)
		}
		if _, err := change("wrong horse", better); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("with a wrong one: %v", err)
		}
		elsewhereNow := goesOn(t, replica, b.user.ID, elsewhere.refresh())
		now, err := change(password, better)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, replica, elsewhereNow)
		refused(t, replica, b.refresh())
		goesOn(t, replica, b.user.ID, now.refresh())
		if _, err := trySignIn(t, replica, email, password); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("the old password: %v", err)
		}
		if _, err := trySignIn(t, replica, email, better); err != nil {
			t.Errorf("the new password: %v", err)
		}
		sessions, err := store.SessionsOf(t.Context(), b.user.ID)
		if err != nil || len(sessions) != 2 {
			t.Errorf("%d sessions are left, %v", len(sessions), err)
		}
	})
}

// TestNewPasswordDuringSignIn has the password be changed after somebody has shown the old one, and before the session
// has begun: it ends.
func TestNewPasswordDuringSignIn(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		b := signUp(t, a, email)
		late := accounts.New(before{BookingHandler: store, adding: func() {
			_, _, err := a.ChangePassword(httptest.NewRecorder(), request(t), b.caller, accounts.PasswordChange{
				Password: password, NewPassword: "a better one", Host: "home",
			})
			if err != nil {
				t.Error(err)
			}
		}}, false)
		refused(t, a, signIn(t, late, email).refresh())
	})
}

// TestNewPasswordDuringDelete has the password be changed after somebody has shown the old one, and before the account is
// deleted: it stays.
func TestNewPasswordDuringDelete(t *testing.T) {
	store := openStore(t)
	a := accounts.New(store, false)
	b := signUp(t, a, email)
	late := accounts.New(before{BookingHandler: store, changing: sync.OnceFunc(func() {
		_, _, err := a.ChangePassword(httptest.NewRecorder(), request(t), b.caller, accounts.PasswordChange{
			Password: password, NewPassword: "a better one", Host: "home",
		})
		if err != nil {
			t.Error(err)
		}
	})}, false)
	if err := late.Delete(httptest.NewRecorder(), request(t), b.caller, password, "thief"); !errors.Is(err, accounts.ErrSession) {
		t.Errorf("deleting: %v", err)
	}
	if _, err := trySignIn(t, a, email, "a better one"); err != nil {
		t.Errorf("the account: %v", err)
	}
}

// TestDelete deletes an account: nothing of the person is left, and the address can be used again.
func TestDelete(t *testing.T) {
	inBubble(t, func(t *testing.T, a *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		guest, secret := newGuest(t, a)
		b, elsewhere := signUp(t, a, email, secret), signIn(t, a, email)
		remove := func(password string) error {
			return a.Delete(httptest.NewRecorder(), request(t), b.caller, password, "home")
		}
		if err := remove("wrong horse"); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("with a wrong password: %v", err)
		}
		if err := remove(password); err != nil {
			t.Fatal(err)
		}
		refused(t, accounts.New(store, false), b.refresh())
		refused(t, accounts.New(store, false), elsewhere.refresh())
		left, err := store.FindUsers(t.Context(), guest)
		if err != nil || len(left) != 1 || !left[0].Deleted() || left[0].Email+left[0].Name+left[0].Password != "" {
			t.Errorf("what is left is %+v, %v", left, err)
		}
		if sessions, err := store.SessionsOf(t.Context(), guest); len(sessions) != 0 || err != nil {
			t.Errorf("sessions are left: %v, %v", sessions, err)
		}
		if people, err := a.People(t.Context(), guest); len(people) != 0 || err != nil {
			t.Errorf("the bookings are of %v, %v", people, err)
		}
		if _, err := a.Account(t.Context(), b.caller); !errors.Is(err, accounts.ErrSession) {
			t.Errorf("the account is still there for its access token: %v", err)
		}
		if err := remove(password); !errors.Is(err, accounts.ErrSession) {
			t.Errorf("once more: %v", err)
		}
		if _, err := trySignIn(t, a, email, password); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("signing in: %v", err)
		}
		if again := signUp(t, a, email); again.user.ID == guest {
			t.Error("the new account has the old one's ID")
		}
		if err := a.MayOpen(t.Context(), guest); !errors.Is(err, accounts.ErrSession) {
			t.Errorf("the key opens the deleted account: %v", err)
		}
	})
}

func TestProfile(t *testing.T) {
	a := accounts.New(openStore(t), false)
	signUp(t, a, "ben@example.org")
	b := signUp(t, a, email)
	text := func(s string) *string { return &s }
	for _, c := range []struct {
		profile accounts.Profile
		want    error
	}{
		{accounts.Profile{Name: text("Anne")}, nil},
		{accounts.Profile{Email: text("anne@example.org")}, accounts.ErrCredentials},
		{accounts.Profile{Email: text("BEN@example.org"), Password: password}, accounts.ErrEmailTaken},
		{accounts.Profile{Email: text("anne@example.org"), Password: password}, nil},
	} {
		c.profile.Host = "home"
		if _, err := a.ChangeProfile(t.Context(), b.caller, c.profile); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.profile, err, c.want)
		}
	}
	var input accounts.InputError
	_, err := a.ChangeProfile(t.Context(), b.caller, accounts.Profile{Name: text(""), Email: text("x")})
	if !errors.As(err, &input) || len(input) != 2 {
		t.Errorf("two faults are %v", err)
	}
	if now := signIn(t, a, "anne@example.org"); now.user.ID != b.user.ID || now.user.Name != "Anne" {
		t.Errorf("the account is %+v", now.user)
	}
	goesOn(t, a, b.user.ID, b.refresh())
	if _, err := a.ChangeProfile(t.Context(), auth.Caller{ID: user, Guest: true}, accounts.Profile{}); !errors.Is(err, accounts.ErrGuest) {
		t.Errorf("a guest: %v", err)
	}
}
