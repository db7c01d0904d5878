package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
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
