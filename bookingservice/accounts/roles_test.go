package accounts_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

const adminEmail, adminPassword = "admin@example.org", "the first admin's"

func newAdmin(t *testing.T, a *accounts.Accounts) browser {
	t.Helper()
	if made, err := a.EnsureAdmin(t.Context(), adminEmail, adminPassword); !made || err != nil {
		t.Fatalf("the first admin: %t, %v", made, err)
	}
	b, err := trySignIn(t, a, adminEmail, adminPassword)
	if err != nil || !b.caller.Admin || !b.caller.Organiser {
		t.Fatalf("the admin is %+v, %v", b.caller, err)
	}
	return b
}

// TestRoles has an admin make an organiser and take it back: tokens have the roles from the next refresh on.
func TestRoles(t *testing.T) {
	a := accounts.New(openStore(t), false)
	admin, anna := newAdmin(t, a), signUp(t, a, email)
	secret := anna.refresh()
	caller := func() auth.Caller {
		w := httptest.NewRecorder()
		token, _, err := a.Refresh(w, request(t, secret))
		if err != nil {
			t.Fatal(err)
		}
		secret = given(w)[refreshCookie]
		c, err := a.Verify(t.Context(), token, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	set := func(by auth.Caller, roles ...string) error {
		_, err := a.SetRoles(t.Context(), by, anna.user.ID, roles)
		return err
	}
	for _, by := range []auth.Caller{
		anna.caller, {ID: persistence.NewID(), Guest: true}, {ID: anna.user.ID, Admin: true}, {ID: admin.user.ID, Guest: true, Admin: true},
	} {
		if err := set(by, auth.RoleAdmin); !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%+v may: %v", by, err)
		}
		if _, err := a.FindByEmail(t.Context(), by, adminEmail); !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%+v finds: %v", by, err)
		}
	}
	if c := caller(); c.Organiser || c.Admin {
		t.Errorf("before, the caller is %+v", c)
	}
	if err := set(admin.caller, auth.RoleOrganiser, auth.RoleOrganiser); err != nil {
		t.Fatal(err)
	}
	if c := caller(); !c.Organiser || c.Admin {
		t.Errorf("the organiser is %+v", c)
	}
	found, err := a.FindByEmail(t.Context(), admin.caller, "ANNA@example.org")
	if err != nil || !slices.Equal(found.Roles, []string{auth.RoleOrganiser}) {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := set(admin.caller); err != nil {
		t.Fatal(err)
	}
	if c := caller(); c.Organiser {
		t.Errorf("afterwards, the caller is %+v", c)
	}
	var input accounts.InputError
	if err := set(admin.caller, "king"); !errors.As(err, &input) {
		t.Errorf("an unknown role: %v", err)
	}
	if _, err := a.SetRoles(t.Context(), admin.caller, admin.user.ID, nil); !errors.As(err, &input) {
		t.Errorf("the last admin steps down: %v", err)
	}
	if _, err := a.SetRoles(t.Context(), admin.caller, persistence.NewID(), nil); !errors.Is(err, persistence.ErrNotFound) {
		t.Errorf("nobody's roles: %v", err)
	}
}

// TestFirstAdmin is made once, by whichever replica is first, and keeps the password that it gives itself.
func TestFirstAdmin(t *testing.T) {
	store := openStore(t)
	made := make([]bool, 4)
	var starting sync.WaitGroup
	for n := range made {
		starting.Go(func() {
			var err error
			if made[n], err = accounts.New(store, false).EnsureAdmin(t.Context(), adminEmail, adminPassword); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	a := accounts.New(store, false)
	b, err := trySignIn(t, a, adminEmail, adminPassword)
	if err != nil || b.user.Version != 1 || len(slices.DeleteFunc(made, func(m bool) bool { return !m })) != 1 {
		t.Fatalf("the admin is %+v, %v, made by %v", b.user, err, made)
	}
	_, _, err = a.ChangePassword(httptest.NewRecorder(), request(t), b.caller, accounts.PasswordChange{
		Password: adminPassword, NewPassword: "my own password", Host: "home",
	})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.EnsureAdmin(t.Context(), adminEmail, adminPassword); again || err != nil {
		t.Errorf("the next start makes it again: %t, %v", again, err)
	}
	own, err := trySignIn(t, a, adminEmail, "my own password")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetAdmin(t.Context(), adminEmail, adminPassword); err != nil {
		t.Fatal(err)
	}
	refused(t, a, own.refresh())
	if _, err := trySignIn(t, a, adminEmail, adminPassword); err != nil {
		t.Errorf("the password that was set again: %v", err)
	}
}

// TestAdminsAddressTaken has somebody have signed up with the admin's address before there was one: it is the admin's.
func TestAdminsAddressTaken(t *testing.T) {
	a := accounts.New(openStore(t), false)
	squatter := signUp(t, a, adminEmail)
	newAdmin(t, a)
	refused(t, a, squatter.refresh())
	if _, err := trySignIn(t, a, adminEmail, password); !errors.Is(err, accounts.ErrCredentials) {
		t.Errorf("the squatter's password: %v", err)
	}
}
