package rest_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/bookingservice/accounts"
	"myevents/bookingservice/rest"
	"myevents/lib/auth"
	"myevents/lib/persistence"
	librest "myevents/lib/rest"
	"myevents/lib/rest/resttest"
)

// open is the mode in which everyone may do everything.
func open(o *librest.Options, _ *rest.Parts) { o.Open = true }

// token signs an access token with the service's own key.
func (w *world) token(t *testing.T, id persistence.ID, roles ...string) string {
	t.Helper()
	keys, err := accounts.ListKeys(t.Context(), w.store)
	if err != nil {
		t.Fatal(err)
	}
	key := jose.JSONWebKey{Key: ed25519.NewKeyFromSeed(keys[0].Seed), KeyID: keys[0].ID()}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := jwt.Signed(signer).Claims(auth.Claims{
		Claims: jwt.Claims{
			Issuer: auth.Issuer, Audience: jwt.Audience{auth.Issuer}, Subject: id.String(),
			Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)),
		},
		Roles: roles,
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + signed
}

// TestWhoMayManage has every kind of caller use every route of organisers.
func TestWhoMayManage(t *testing.T) {
	w := newWorld(t)
	organiser := persistence.NewID()
	event := w.event(t, 100, func(e *persistence.EventCopy) { e.OrganiserID = organiser })
	nobodys := w.event(t, 100)
	customer := w.Visitor(t)
	mine, theirs := book(t, customer, event, 1), book(t, customer, nobodys, 1)
	customers := w.token(t, persistence.NewID())
	none := w.Visitor(t)
	for name, c := range map[string]struct {
		client *resttest.Client
		token  string
		// own is the status for the organiser's event, other for one that only administrators manage, all for the
		// statistics, which then have so many events.
		own, other, all, events int
	}{
		"nobody":           {none, "", 401, 401, 401, 0},
		"guest":            {customer, "", 403, 403, 403, 0},
		"customer":         {none, customers, 403, 403, 403, 0},
		"another":          {none, w.token(t, persistence.NewID(), auth.RoleOrganiser), 403, 403, 200, 0},
		"organiser":        {none, w.token(t, organiser, auth.RoleOrganiser), 200, 403, 200, 1},
		"administrator":    {none, w.token(t, persistence.NewID(), auth.RoleAdmin), 200, 200, 200, 2},
		"forged":           {none, w.token(t, organiser, auth.RoleOrganiser) + "x", 401, 401, 401, 0},
		"no role any more": {none, w.token(t, organiser), 403, 403, 403, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var header []string
			if c.token != "" {
				header = []string{"Authorization", c.token}
			}
			for _, e := range []struct {
				event, booking string
				status         int
			}{{event, mine.ID, c.own}, {nobodys, theirs.ID, c.other}} {
				c.client.Want(t, e.status, "GET", "/events/"+e.event+"/bookings", nil, header...)
				c.client.Want(t, e.status, "GET", "/events/"+e.event+"/bookings?format=csv", nil, header...)
				c.client.Want(t, e.status, "GET", "/statistics?event="+e.event, nil, header...)
				c.client.Want(t, e.status, "POST", "/bookings/"+e.booking+"/cancellation", object{"reason": "ill"}, header...)
			}
			a := c.client.Want(t, c.all, "GET", "/statistics", nil, header...)
			if c.all == 200 && len(statistics(t, a)) != c.events {
				t.Errorf("the statistics do not have %d events: %s", c.events, a.Body)
			}
		})
	}
}

// TestOpenMode has everyone manage everything.
func TestOpenMode(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100, func(e *persistence.EventCopy) { e.OrganiserID = persistence.NewID() })
	b := book(t, w.Visitor(t), event, 1)
	w.Want(t, 200, "GET", "/events/"+event+"/bookings", nil)
	w.Want(t, 200, "POST", "/bookings/"+b.ID+"/cancellation", object{"reason": "ill"})
	if got := statistics(t, w.Want(t, 200, "GET", "/statistics", nil)); len(got) != 1 {
		t.Errorf("the statistics have %+v", got)
	}
}
