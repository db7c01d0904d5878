package rest_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"myevents/bookingservice/rest"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	librest "myevents/lib/rest"
	"myevents/lib/rest/resttest"
)

const (
	annasEmail    = "Anna.Holm@Example.org"
	annasPassword = "correct horse"
	adminEmail    = "admin@example.org"
)

type account struct {
	ID          string
	Guest       bool
	Email, Name string
	Roles       []string
}

type session struct {
	Token string
	User  account
}

func signUp(t *testing.T, c *resttest.Client) session {
	t.Helper()
	var s session
	c.Want(t, 201, "POST", "/users", object{"email": annasEmail, "password": annasPassword, "name": "Anna Holm"}).JSON(t, &s)
	return s
}

func signIn(t *testing.T, c *resttest.Client, email, password string) session {
	t.Helper()
	var s session
	c.Want(t, 201, "POST", "/sessions", object{"email": email, "password": password}).JSON(t, &s)
	return s
}

func me(t *testing.T, c *resttest.Client) account {
	t.Helper()
	var who account
	c.Want(t, 200, "GET", "/users/me", nil).JSON(t, &who)
	return who
}

func bookings(t *testing.T, c *resttest.Client) (list []booking) {
	t.Helper()
	c.Want(t, 200, "GET", "/bookings", nil).JSON(t, &list)
	return list
}

// TestAccount is the life of an account: a guest books and signs up, books on another device and signs in there, sees
// and exports everything, changes the password, and deletes the account.
func TestAccount(t *testing.T) {
	t.Run("bolt", func(t *testing.T) { testAccount(t, newWorld(t)) })
	t.Run("MongoDB", func(t *testing.T) {
		w, _ := countedWorld(t)
		testAccount(t, w)
	})
}

func testAccount(t *testing.T, w *world) {
	t.Helper()
	event := w.event(t, 10)
	home, phone := w.Client, w.Visitor(t)
	first := book(t, home, event, 1, "Idempotency-Key", key)
	guest := me(t, home)
	s := signUp(t, home)
	who := me(t, home)
	if !guest.Guest || guest.ID != s.User.ID || who.Guest || who.ID != guest.ID || who.Email != annasEmail ||
		who.Name != "Anna Holm" || who.Roles == nil || len(who.Roles) != 0 {
		t.Errorf("%+v signed up as %+v and is %+v", guest, s.User, who)
	}
	if again := book(t, home, event, 1, "Idempotency-Key", key); again.ID != first.ID {
		t.Error("the guest's request, repeated by the account, books again")
	}
	w.Visitor(t).Want(t, 401, "POST", "/events/"+event+"/bookings", object{"seats": 1}, "Idempotency-Key", key)
	w.Visitor(t).Want(t, 200, "GET", "/users/me", nil, "Authorization", "Bearer "+s.Token)

	second := book(t, phone, event, 2)
	phone.Want(t, 401, "POST", "/sessions", object{"email": annasEmail, "password": "wrong horse"})
	signIn(t, phone, strings.ToUpper(annasEmail), annasPassword)
	for _, c := range []*resttest.Client{home, phone} {
		if list := bookings(t, c); len(list) != 2 || list[0].ID != second.ID && list[1].ID != second.ID {
			t.Errorf("the bookings are %+v", list)
		}
	}
	home.Want(t, 200, "DELETE", "/bookings/"+second.ID, nil)
	checkExport(t, phone, guest.ID)

	phone.Want(t, 200, "PATCH", "/users/me", object{"name": "Anne Holm"})
	home.Want(t, 422, "PUT", "/users/me/password", object{"password": "wrong horse", "newPassword": "a better one"})
	home.Want(t, 200, "PUT", "/users/me/password", object{"password": annasPassword, "newPassword": "a better one"})
	phone.Want(t, 401, "POST", "/sessions/refresh", nil)
	home.Want(t, 200, "POST", "/sessions/refresh", nil)
	if who := signIn(t, phone, annasEmail, "a better one").User; who.Name != "Anne Holm" || who.ID != guest.ID {
		t.Errorf("signed in as %+v", who)
	}

	home.Want(t, 422, "DELETE", "/users/me", object{"password": annasPassword})
	home.Want(t, 204, "DELETE", "/users/me", object{"password": "a better one"})
	home.Want(t, 204, "GET", "/users/me", nil)
	phone.Want(t, 401, "GET", "/users/me", nil)
	phone.Want(t, 401, "GET", "/users/me/export", nil)
	phone.Want(t, 401, "POST", "/sessions/refresh", nil)
	phone.Want(t, 401, "POST", "/sessions", object{"email": annasEmail, "password": "a better one"})
	w.Want(t, 200, "GET", first.Ticket, nil)
	if again := signUp(t, phone); again.User.ID == guest.ID || len(bookings(t, phone)) != 0 {
		t.Errorf("the address, used again, is %+v", again.User)
	}
}

// checkExport looks at what is exported of an account with one adopted guest and two sessions.
func checkExport(t *testing.T, c *resttest.Client, id string) {
	t.Helper()
	a := c.Want(t, 200, "GET", "/users/me/export", nil)
	var export struct {
		User     account
		Created  int64
		Guests   []string
		Bookings []booking
		Sessions []struct {
			ID                 string
			Refreshed, Expires int64
		}
	}
	a.JSON(t, &export)
	if age := time.Now().Unix() - export.Created; export.User.ID != id || export.User.Email != annasEmail || age < 0 || age > 60 ||
		len(export.Guests) != 1 || len(export.Bookings) != 2 || len(export.Sessions) != 2 || export.Sessions[0].Expires == 0 {
		t.Errorf("the export is %s", a.Body)
	}
	if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("the export comes as %q", a.Header.Get("Content-Disposition"))
	}
	for _, secret := range []string{"argon2", "$", "ecret", "assword"} {
		if strings.Contains(string(a.Body), secret) {
			t.Errorf("the export has %q: %s", secret, a.Body)
		}
	}
}

func TestAccountInput(t *testing.T) {
	w := newWorld(t)
	signUp(t, w.Client)
	good := object{"email": "ben@example.org", "password": "correct horse", "name": "Ben"}
	with := func(field string, value any) object {
		changed := object{}
		for k, v := range good {
			changed[k] = v
		}
		changed[field] = value
		return changed
	}
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		field        string
	}{
		{"POST", "/users", with("email", "ben"), 422, "email"},
		{"POST", "/users", with("email", 7), 422, "email"},
		{"POST", "/users", with("password", "short"), 422, "password"},
		{"POST", "/users", with("name", " "), 422, "name"},
		{"POST", "/users", with("roles", []string{"admin"}), 422, "roles"},
		{"POST", "/users", with("email", "anna.holm@example.org"), 409, ""},
		{"POST", "/users", "", 400, "body"},
		{"POST", "/sessions", object{}, 401, ""},
		{"POST", "/sessions", object{"email": annasEmail, "password": annasPassword, "role": "admin"}, 422, "role"},
		{"PATCH", "/users/me", object{"email": "anna"}, 422, "email"},
		{"PATCH", "/users/me", object{"email": "anne@example.org"}, 422, "password"},
		{"PATCH", "/users/me", object{"roles": []string{"admin"}}, 422, "roles"},
		{"PUT", "/users/me/password", object{"password": annasPassword, "newPassword": "12345678"}, 422, "newPassword"},
		{"DELETE", "/users/me", object{}, 422, "password"},
		{"GET", "/users?email=x", nil, 403, ""},
	} {
		p := w.Want(t, c.status, c.method, c.path, c.body).Problem(t)
		if (c.field == "") != (len(p.Errors) == 0) || c.field != "" && p.Errors[0].Field != c.field {
			t.Errorf("%s %s %v: the answer names %v, not %q", c.method, c.path, c.body, p.Errors, c.field)
		}
	}
	p := w.Want(t, 422, "POST", "/users", object{}).Problem(t)
	if len(p.Errors) != 3 {
		t.Errorf("of three faults the answer names %v", p.Errors)
	}
	nobody, guest := w.Visitor(t), w.Visitor(t)
	book(t, guest, w.event(t, 10), 1)
	for _, c := range [][2]string{
		{"PATCH", "/users/me"}, {"DELETE", "/users/me"}, {"PUT", "/users/me/password"},
		{"PUT", "/users/" + persistence.NewID().String() + "/roles"},
	} {
		nobody.Want(t, 401, c[0], c[1], object{})
		body := object{"password": annasPassword, "newPassword": "a better one"}
		switch c[0] + c[1] {
		case "PATCH/users/me":
			body = object{"name": "x"}
		case "DELETE/users/me":
			body = object{"password": "x"}
		case "PUT/users/me/password":
		default:
			body = object{"roles": []string{}}
		}
		guest.Want(t, 403, c[0], c[1], body)
	}
	nobody.Want(t, 401, "GET", "/users/me/export", nil)
	if export := guest.Want(t, 200, "GET", "/users/me/export", nil); !strings.Contains(string(export.Body), `"Seats":1`) {
		t.Errorf("a guest's export is %s", export.Body)
	}
}

func TestTooManySignIns(t *testing.T) {
	w := newWorld(t)
	signUp(t, w.Client)
	for range 10 {
		w.Want(t, 401, "POST", "/sessions", object{"email": annasEmail, "password": "wrong horse"})
	}
	a := w.Want(t, 429, "POST", "/sessions", object{"email": annasEmail, "password": annasPassword})
	if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 6 {
		t.Errorf("one may try again after %q s", a.Header.Get("Retry-After"))
	}
	w.Want(t, 401, "POST", "/sessions", object{"email": "ben@example.org", "password": "wrong horse"})
	w.Want(t, 429, "DELETE", "/users/me", object{"password": annasPassword}) // which asks for the same password
}

// TestAdmin has the first admin find somebody and make an organiser of her, who is one after the next refresh.
func TestAdmin(t *testing.T) {
	w := newWorld(t)
	if _, err := w.accounts.EnsureAdmin(t.Context(), adminEmail, annasPassword); err != nil {
		t.Fatal(err)
	}
	anna, admin := signUp(t, w.Client), w.Visitor(t)
	signIn(t, admin, adminEmail, annasPassword)
	var found []account
	admin.Want(t, 200, "GET", "/users?email=anna.holm%40example.org", nil).JSON(t, &found)
	if len(found) != 1 || found[0].ID != anna.User.ID {
		t.Fatalf("found %+v", found)
	}
	admin.Want(t, 200, "GET", "/users?email=nobody", nil).JSON(t, &found)
	if len(found) != 0 {
		t.Errorf("nobody is %+v", found)
	}
	admin.Want(t, 400, "GET", "/users", nil)
	roles := "/users/" + anna.User.ID + "/roles"
	w.Want(t, 403, "PUT", roles, object{"roles": []string{"admin"}})
	admin.Want(t, 422, "PUT", roles, object{})
	admin.Want(t, 422, "PUT", roles, object{"roles": []string{"king"}})
	admin.Want(t, 404, "PUT", "/users/"+persistence.NewID().String()+"/roles", object{"roles": []string{}})
	admin.Want(t, 200, "PUT", roles, object{"roles": []string{"organiser"}})
	var s session
	w.Want(t, 200, "POST", "/sessions/refresh", nil).JSON(t, &s)
	caller, err := w.accounts.Verify(t.Context(), s.Token, time.Now())
	if err != nil || !caller.Organiser || len(s.User.Roles) != 1 || len(me(t, w.Client).Roles) != 1 {
		t.Errorf("after the refresh the session is %+v, the caller %+v, %v", s, caller, err)
	}
	admin.Want(t, 422, "PUT", "/users/"+me(t, admin).ID+"/roles", object{"roles": []string{}})
}

// TestNoGuests has booking take an account, where that is set.
func TestNoGuests(t *testing.T) {
	store, err := boltlayer.OpenBookings(filepath.Join(t.TempDir(), "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := worldOn(t, store, func(_ *librest.Options, p *rest.Parts) { p.NoGuests = true })
	event := w.event(t, 10)
	refuse := func(c *resttest.Client, header ...string) {
		t.Helper()
		p := c.Want(t, 401, "POST", "/events/"+event+"/bookings", object{"seats": 1}, header...).Problem(t)
		if !strings.Contains(p.Detail, "account") {
			t.Errorf("the refusal is %q", p.Detail)
		}
	}
	refuse(w.Client)
	refuse(w.Client, "Idempotency-Key", key)
	w.Want(t, 204, "GET", "/users/me", nil)
	signUp(t, w.Client)
	book(t, w.Client, event, 1)
}

// TestExportOfMany has more bookings than a page be exported.
func TestExportOfMany(t *testing.T) {
	w := newWorld(t)
	event := mustParse(t, w.event(t, persistence.Unlimited))
	user := mustParse(t, signUp(t, w.Client).User.ID)
	s, err := w.store.Load(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	changes := make([]persistence.Change, 2100)
	for n := range changes {
		s.Inventory.Booked++
		s.Inventory.Sequence++
		changes[n] = persistence.Change{Inventory: s.Inventory, Booking: &persistence.Booking{
			ID: persistence.NewID(), EventID: event, UserID: user, Seats: 1, Asked: 1, Date: int64(1_800_000_000 + n/7), Version: 1,
		}}
	}
	if err := w.store.Commit(t.Context(), s, changes); err != nil {
		t.Fatal(err)
	}
	var export struct{ Bookings []booking }
	w.Want(t, 200, "GET", "/users/me/export", nil).JSON(t, &export)
	seen := make(map[string]bool)
	for _, b := range export.Bookings {
		seen[b.ID] = true
	}
	if len(seen) != len(changes) || len(export.Bookings) != len(changes) {
		t.Errorf("%d bookings are exported, %d of them different, not %d", len(export.Bookings), len(seen), len(changes))
	}
}
