package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

const (
	email    = "Anna@Example.org"
	password = "correct horse"
)

// browser is what a browser, or an API client, has of a session.
type browser struct {
	user    persistence.User
	caller  auth.Caller
	token   string
	cookies map[string]*http.Cookie
}

func (b browser) refresh() *http.Cookie { return b.cookies[refreshCookie] }

// opened reads what an answer began.
func opened(t *testing.T, a *accounts.Accounts, w *httptest.ResponseRecorder, token string, u persistence.User) browser {
	t.Helper()
	caller, err := a.Verify(t.Context(), token, time.Now())
	if err != nil || caller.ID != u.ID || caller.Guest {
		t.Fatalf("the token of %v is %+v's, %v", u.ID, caller, err)
	}
	b := browser{user: u, caller: caller, token: token, cookies: given(w)}
	if b.cookies[auth.Cookie] == nil || b.cookies[auth.Cookie].Value != token || b.refresh() == nil {
		t.Fatalf("the cookies are %v", b.cookies)
	}
	return b
}

func signUp(t *testing.T, a *accounts.Accounts, email string, cookies ...*http.Cookie) browser {
	t.Helper()
	w := httptest.NewRecorder()
	token, u, err := a.SignUp(w, request(t, cookies...), accounts.Registration{
		Email: email, Password: password, Name: "Anna", Host: email,
	})
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, a, w, token, u)
}

func trySignIn(t *testing.T, a *accounts.Accounts, email, password string, cookies ...*http.Cookie) (browser, error) {
	t.Helper()
	w := httptest.NewRecorder()
	token, u, err := a.SignIn(w, request(t, cookies...), accounts.Credentials{
		Email: email, Password: password, Host: email,
	})
	if err != nil {
		return browser{}, err
	}
	return opened(t, a, w, token, u), nil
}

func signIn(t *testing.T, a *accounts.Accounts, email string, cookies ...*http.Cookie) browser {
	t.Helper()
	b, err := trySignIn(t, a, email, password, cookies...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newGuest begins the session of a new guest.
func newGuest(t *testing.T, a *accounts.Accounts) (persistence.ID, *http.Cookie) {
	t.Helper()
	w, guest := httptest.NewRecorder(), persistence.NewID()
	if err := a.Start(t.Context(), w, request(t), guest); err != nil {
		t.Fatal(err)
	}
	return guest, given(w)[refreshCookie]
}

// goesOn refreshes a session, which must be the user's, and gives the next cookie.
func goesOn(t *testing.T, a *accounts.Accounts, user persistence.ID, secret *http.Cookie) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	_, who, err := a.Refresh(w, request(t, secret))
	if err != nil || who.ID != user {
		t.Fatalf("the session is %v's, %v", who.ID, err)
	}
	return given(w)[refreshCookie]
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

// before is a store in which something happens just before a guest is adopted, a session added, or a user changed.
type before struct {
	persistence.BookingHandler
	adopting, adding, changing func()
}

func (s before) ChangeUser(ctx context.Context, u persistence.User) error {
	s.changing()
	return s.BookingHandler.ChangeUser(ctx, u)
}

func (s before) AdoptGuest(ctx context.Context, user, guest persistence.ID) error {
	s.adopting()
	return s.BookingHandler.AdoptGuest(ctx, user, guest)
}

func (s before) AddSession(ctx context.Context, session persistence.Session) error {
	s.adding()
	return s.BookingHandler.AddSession(ctx, session)
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

// TestSameAddress has two sign up with one address, with different letters and at different replicas, one after the
// other and at the same moment.
func TestSameAddress(t *testing.T) {
	store := openStore(t)
	signUp(t, accounts.New(store, false), email)
	for _, again := range []string{email, "ANNA@EXAMPLE.ORG", " anna@example.org"} {
		_, _, err := accounts.New(store, false).SignUp(httptest.NewRecorder(), request(t), accounts.Registration{
			Email: again, Password: password, Name: "Anna",
		})
		if !errors.Is(err, accounts.ErrEmailTaken) {
			t.Errorf("%q: %v", again, err)
		}
	}
	results := make(chan error, 4)
	for range cap(results) {
		go func() {
			_, _, err := accounts.New(store, false).SignUp(httptest.NewRecorder(), request(t), accounts.Registration{
				Email: "ben@example.org", Password: password, Name: "Ben",
			})
			results <- err
		}()
	}
	done := 0
	for range cap(results) {
		switch err := <-results; {
		case err == nil:
			done++
		case !errors.Is(err, accounts.ErrEmailTaken):
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d signed up with one address", done)
	}
}

func TestWrongCredentials(t *testing.T) {
	a := accounts.New(openStore(t), false)
	signUp(t, a, email)
	for _, c := range [][2]string{{email, "Correct horse"}, {email, ""}, {"ben@example.org", password}, {"", password}} {
		if b, err := trySignIn(t, a, c[0], c[1]); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("%q with %q is %+v, %v", c[0], c[1], b.user, err)
		}
	}
	for range 6 {
		_, _ = trySignIn(t, a, email, "wrong")
	}
	var tooMany *accounts.TooManyError
	for range 3 {
		_, err := trySignIn(t, a, email, "wrong")
		if errors.As(err, &tooMany) {
			break
		}
	}
	if tooMany == nil {
		t.Error("one can try for ever")
	}
}

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
