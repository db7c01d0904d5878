package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
	"myevents/lib/persistence"
	"myevents/lib/rest/resttest"
)

// as is the same world for somebody else.
func (w *world) as(t *testing.T, c auth.Caller) *world {
	t.Helper()
	other := *w
	other.Client = w.As(t, signer.Token(t, c))
	return &other
}

func TestDocumentHasTheRoutes(t *testing.T) {
	document, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	resttest.CheckRoutes(t, newWorld(t, false).api.Routes(), document)
}

// TestOrganisersHaveTheirOwn has events and locations changed by the organiser who made them, and by administrators.
func TestOrganisersHaveTheirOwn(t *testing.T) {
	w := newWorld(t, false)
	document := newEvent("Hers")
	document["Location"] = object{"Name": "Barn"}
	e := w.addEvent(t, document)
	l := w.addLocation(t, object{"Name": "Tent"})
	for what, owner := range map[string]string{
		"event": e.OrganiserID, "its new location": e.Location.OrganiserID, "location": l.OrganiserID,
	} {
		if owner != anna.ID.String() {
			t.Errorf("the %s belongs to %q", what, owner)
		}
	}
	pending, err := w.store.Pending(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range pending {
		var told struct {
			OrganiserID string `json:"organiser_id"`
		}
		if err := json.Unmarshal(m.Body, &told); err != nil {
			t.Fatal(err)
		}
		if m.Name == "event.created" && told.OrganiserID != anna.ID.String() {
			t.Errorf("the message says that the event belongs to %q", told.OrganiserID)
		}
	}
	for _, who := range []auth.Caller{ben, customer} {
		other := w.as(t, who)
		other.Want(t, 403, "PUT", "/events/"+e.ID, newEvent("His"))
		other.Want(t, 403, "DELETE", "/events/"+e.ID, nil)
		other.Want(t, 403, "PUT", "/locations/"+l.ID, object{"Name": "His"})
		other.Want(t, 403, "DELETE", "/locations/"+l.ID, nil)
	}
	for _, who := range []auth.Caller{anna, admin} {
		other := w.as(t, who)
		other.Want(t, 200, "PUT", "/events/"+e.ID, newEvent("Changed")).JSON(t, &e)
		other.Want(t, 200, "PUT", "/locations/"+l.ID, object{"Name": "Changed"}).JSON(t, &l)
		if e.OrganiserID != anna.ID.String() || l.OrganiserID != anna.ID.String() {
			t.Errorf("a change made the event %q's, and the location %q's", e.OrganiserID, l.OrganiserID)
		}
	}
	w.as(t, admin).Want(t, 204, "DELETE", "/locations/"+l.ID, nil)
	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
}

// TestNobodysEvents has what belongs to no organiser, as all that the book's services stored, changed by administrators
// only, and by everybody where there are no accounts.
func TestNobodysEvents(t *testing.T) {
	open := newWorld(t, true)
	e := open.addEvent(t, newEvent("Nobody's"))
	l := open.addLocation(t, object{"Name": "Nobody's"})
	if e.OrganiserID != "" || l.OrganiserID != "" {
		t.Errorf("they belong to %q and %q", e.OrganiserID, l.OrganiserID)
	}
	closed := serve(t, open.store, false)
	for _, who := range []struct {
		*world
		status int
	}{{closed, 403}, {closed.as(t, admin), 200}, {open, 200}} {
		who.Want(t, who.status, "PUT", "/events/"+e.ID, newEvent("Changed"))
		who.Want(t, who.status, "PUT", "/locations/"+l.ID, object{"Name": "Changed"})
	}
	hers := closed.addEvent(t, newEvent("Hers"))
	open.Want(t, 200, "PUT", "/events/"+hers.ID, newEvent("Anybody's"))
}

// TestKeysAreTheOrganisers has the same key of two organisers be two keys.
func TestKeysAreTheOrganisers(t *testing.T) {
	w := newWorld(t, false)
	hers := w.addEvent(t, newEvent("A"), "Idempotency-Key", key)
	his := w.as(t, ben).addEvent(t, newEvent("A"), "Idempotency-Key", key)
	again := w.addEvent(t, newEvent("A"), "Idempotency-Key", key)
	if his.ID == hers.ID || his.OrganiserID != ben.ID.String() || again.ID != hers.ID {
		t.Errorf("her event is %s, his is %s, hers again is %s", hers.ID, his.ID, again.ID)
	}
}

// TestWithoutKeys has what is read stay there while nobody's token can be verified.
func TestWithoutKeys(t *testing.T) {
	w := newWorld(t, false)
	e := w.addEvent(t, newEvent("A"))
	away := auth.NewVerifier(func(context.Context) (jose.JSONWebKeySet, error) {
		return jose.JSONWebKeySet{}, errors.Join(auth.ErrNoKeys, errors.New("a secret place"))
	})
	w = serveTo(t, w.store, false, away)
	a := w.As(t, signer.Token(t, anna)).Want(t, 503, "POST", "/events", newEvent("B"))
	if a.Header.Get("Retry-After") == "" || strings.Contains(string(a.Body), "secret") {
		t.Errorf("the answer is %v %s", a.Header, a.Body)
	}
	w.Visitor(t).Want(t, 401, "POST", "/events", newEvent("B")) // who shows none needs none verified
	w.As(t, "expired, but reading needs none").Want(t, 200, "GET", "/events/"+e.ID, nil)
}

// TestRefusals has the answers say what is missing, as clients of OAuth expect it.
func TestRefusals(t *testing.T) {
	w := newWorld(t, false)
	other := authtest.New(authtest.Seed(2), "one")
	for name, c := range map[string]struct {
		client    *resttest.Client
		status    int
		challenge string
	}{
		"nobody":      {w.Visitor(t), 401, `Bearer realm="myevents"`},
		"expired":     {w.As(t, signer.Token(t, anna, authtest.Expired)), 401, `Bearer realm="myevents", error="invalid_token"`},
		"another key": {w.As(t, other.Token(t, anna)), 401, `Bearer realm="myevents", error="invalid_token"`},
		"no role":     {w.as(t, customer).Client, 403, ""},
		"a guest":     {w.as(t, auth.Caller{ID: persistence.ID{5}, Guest: true, Organiser: true}).Client, 403, ""},
	} {
		a := c.client.Want(t, c.status, "POST", "/events", newEvent("A"))
		if got := a.Header.Get("WWW-Authenticate"); got != c.challenge || a.Problem(t).Detail == "" {
			t.Errorf("%s: the challenge is %q, the answer %s", name, got, a.Body)
		}
	}
}
