package accounts_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

func namesOf(t *testing.T, store accounts.Store) accounts.Names {
	t.Helper()
	names, err := accounts.New(store, false).Names(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestNamesDifferByEveryPart makes names of parts that are like one another: all differ, and stay what they are.
func TestNamesDifferByEveryPart(t *testing.T) {
	store := openStore(t)
	all := func(n accounts.Names) map[string]string {
		other := persistence.ID{9}
		return map[string]string{
			"guest":             n.Guest("key").String(),
			"guest, other key":  n.Guest("keys").String(),
			"guest, no key":     n.Guest("").String(),
			"guest, like an ID": n.Guest(user.String()).String(),
			"guest, as booked":  n.Guest(user.String() + "\x00key").String(),
			"booking":           n.Booking(user, "key").String(),
			"booking, key":      n.Booking(user, "keys").String(),
			"booking, event":    n.Booking(other, "key").String(),
			"booking, no key":   n.Booking(user, "").String(),
			"ticket":            n.Ticket(user),
			"ticket, other":     n.Ticket(other),
		}
	}
	names := all(namesOf(t, store))
	seen := make(map[string]string)
	for what, name := range names {
		if have, ok := seen[name]; ok {
			t.Errorf("%s and %s have the same name", what, have)
		}
		seen[name] = what
	}
	if diff := cmp.Diff(names, all(namesOf(t, store))); diff != "" {
		t.Errorf("after a new start (-before +after):\n%s", diff)
	}
	for what, name := range all(namesOf(t, openStore(t))) {
		if names[what] == name {
			t.Errorf("%s has the same name with another secret", what)
		}
	}
}

func TestIsTicket(t *testing.T) {
	names := namesOf(t, openStore(t))
	code := names.Ticket(user)
	last := map[bool]string{true: "B", false: "A"}[code[len(code)-1] == 'A']
	for what, c := range map[string]struct {
		booking persistence.ID
		code    string
		want    bool
	}{
		"right":              {user, code, true},
		"another booking":    {persistence.ID{9}, code, false},
		"empty":              {user, "", false},
		"too short":          {user, code[:len(code)-1], false},
		"too long":           {user, code + "A", false},
		"last one different": {user, code[:len(code)-1] + last, false},
		"the booking's ID":   {user, user.String(), false},
	} {
		if got := names.IsTicket(c.booking, c.code); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

// TestSecretsAreMadeOnce has many replicas start at the same moment on an empty store: all have the same key and names.
func TestSecretsAreMadeOnce(t *testing.T) {
	store := openStore(t)
	const replicas = 8
	keys, guests := make([]string, replicas), make([]persistence.ID, replicas)
	var starting sync.WaitGroup
	for n := range replicas {
		starting.Go(func() {
			a := accounts.New(store, false)
			names, err := a.Names(t.Context())
			set, err2 := a.Keys(t.Context())
			if err != nil || err2 != nil || len(set.Keys) != 1 {
				t.Errorf("%v, %v, %d keys", err, err2, len(set.Keys))
				return
			}
			keys[n], guests[n] = set.Keys[0].KeyID, names.Guest("k")
		})
	}
	starting.Wait()
	for n := range replicas {
		if keys[n] != keys[0] || guests[n] != guests[0] || keys[n] == "" {
			t.Errorf("replica %d has key %q and guest %v, the first %q and %v", n, keys[n], guests[n], keys[0], guests[0])
		}
	}
}

// TestTokensElsewhere has a service that got the public keys as JSON verify a token: ours, and one of other accounts.
func TestTokensElsewhere(t *testing.T) {
	a, stranger := accounts.New(openStore(t), false), accounts.New(openStore(t), false)
	keys, err := a.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var fields struct{ Keys []map[string]any }
	if err := json.Unmarshal(body, &fields); err != nil || len(fields.Keys) != 1 || fields.Keys[0]["d"] != nil {
		t.Fatalf("the public keys are %s, %v", body, err)
	}
	v := auth.NewVerifier(func(context.Context) (set jose.JSONWebKeySet, err error) {
		err = json.Unmarshal(body, &set)
		return set, err
	})
	caller, err := v.Verify(t.Context(), token(t, a), time.Now())
	if err != nil || caller != (auth.Caller{ID: user, Guest: true}) {
		t.Errorf("our token is %+v's, %v", caller, err)
	}
	if _, err := v.Verify(t.Context(), token(t, a), time.Now().Add(time.Hour)); !errors.Is(err, auth.ErrToken) {
		t.Errorf("an hour later our token is %v", err)
	}
	if caller, err := v.Verify(t.Context(), token(t, stranger), time.Now()); !errors.Is(err, auth.ErrToken) {
		t.Errorf("a stranger's token is %+v's, %v", caller, err)
	}
}

// noSecrets is a store that cannot be used until it is back.
type noSecrets struct {
	accounts.Store
	away bool
}

func (s *noSecrets) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	if s.away {
		return nil, persistence.ErrUnavailable
	}
	return s.Store.Keep(ctx, name, value)
}

// TestSecretsAway has the store away at the first use: nobody is taken for a forger, and it goes on when it is back.
func TestSecretsAway(t *testing.T) {
	store := &noSecrets{Store: openStore(t)}
	good := token(t, accounts.New(store, false))
	store.away = true
	a := accounts.New(store, false)
	if _, err := a.Verify(t.Context(), good, time.Now()); !errors.Is(err, persistence.ErrUnavailable) ||
		errors.Is(err, auth.ErrToken) {
		t.Errorf("without the store a token is %v", err)
	}
	store.away = false
	if _, err := a.Verify(t.Context(), good, time.Now()); err != nil {
		t.Errorf("with the store a token is %v", err)
	}
}
