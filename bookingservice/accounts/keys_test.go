package accounts_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"myevents/bookingservice/accounts"
	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// replicas are two of accounts on one store, running.
func replicas(t *testing.T, store persistence.BookingHandler) [2]*accounts.Accounts {
	t.Helper()
	both := [2]*accounts.Accounts{accounts.New(store, false), accounts.New(store, false)}
	for n, a := range both {
		done := make(chan error, 1)
		go func() { done <- a.Run(t.Context(), func(error) {}) }()
		t.Cleanup(func() {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
		})
		time.Sleep(time.Duration(n) * 7 * time.Second) // they look for keys at different moments
	}
	return both
}

// elsewhere has the public keys as the event service has them: up to five minutes old.
func elsewhere(a *accounts.Accounts) auth.Keys {
	var have jose.JSONWebKeySet
	var since time.Time
	return func(ctx context.Context) (_ jose.JSONWebKeySet, err error) {
		if time.Since(since) >= 5*time.Minute {
			have, err = a.Keys(ctx)
			since = time.Now()
		}
		return have, err
	}
}

// issue has a replica refresh a session: the token, and the next cookie.
func issue(t *testing.T, a *accounts.Accounts, secret *http.Cookie) (token string, next *http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	token, _, err := a.Refresh(w, request(t, secret))
	if err != nil {
		t.Fatalf("somebody is signed out: %v", err)
	}
	return token, given(w)[refreshCookie]
}

func keyID(t *testing.T, token string) string {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Signatures[0].Header.KeyID
}

// TestRotation changes keys while two replicas sign by turns: for an hour, every token is valid on both and elsewhere
// for as long as it lasts, and nobody is signed out. In the end the old key is gone.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		both := replicas(t, store)
		third := elsewhere(both[0])
		secret := start(t, both[0])
		token, secret := issue(t, both[0], secret)
		old := keyID(t, token)
		var tokens []string
		issued := make(map[string]time.Time)
		for minute := range 60 {
			if minute == 5 {
				if from, err := accounts.RotateKeys(t.Context(), store); err != nil {
					t.Fatalf("a new key from %v, %v", from, err)
				}
			}
			token, secret = issue(t, both[minute%2], secret)
			tokens, issued[token] = append(tokens, token), time.Now()
			for _, token := range tokens {
				if time.Since(issued[token]) >= 15*time.Minute {
					continue
				}
				for who, keys := range map[string]auth.Keys{"one": both[0].Keys, "two": both[1].Keys, "elsewhere": third} {
					v := auth.NewVerifier(keys) // one that does not remember what it has verified
					if _, err := v.Verify(t.Context(), token, time.Now()); err != nil {
						t.Fatalf("in minute %d, a token from %v is refused by %s: %v", minute, issued[token], who, err)
					}
				}
			}
			time.Sleep(time.Minute)
		}
		keys, err := both[1].Keys(t.Context())
		if err != nil || len(keys.Keys) != 1 || keys.Keys[0].KeyID == old || keyID(t, token) != keys.Keys[0].KeyID {
			t.Errorf("in the end the keys are %+v, %v, and the old one was %s", keys, err, old)
		}
		listed, err := accounts.ListKeys(t.Context(), store)
		if err != nil || len(listed) != 2 || listed[0].ID() != old {
			t.Errorf("the keys are listed as %v, %v", listed, err)
		}
	})
}

// TestReplacedKeys has keys be taken out of use at once: within a minute their tokens count no more, and the sessions go
// on.
func TestReplacedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		both := replicas(t, store)
		token, secret := issue(t, both[0], start(t, both[0]))
		if err := accounts.ReplaceKeys(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + time.Second)
		for _, a := range both {
			if _, err := a.Verify(t.Context(), token, time.Now()); !errors.Is(err, auth.ErrToken) {
				t.Errorf("the old token: %v", err)
			}
			var fresh string
			fresh, secret = issue(t, a, secret)
			for _, other := range both {
				if _, err := other.Verify(t.Context(), fresh, time.Now()); err != nil {
					t.Errorf("the new token: %v", err)
				}
			}
		}
	})
}

// TestConcurrentRotations has keys be added from several places at once: each is there.
func TestConcurrentRotations(t *testing.T) {
	store := openStore(t)
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			_, err := accounts.RotateKeys(t.Context(), store)
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if keys, err := accounts.ListKeys(t.Context(), store); err != nil || len(keys) != cap(errs)+1 {
		t.Errorf("there are %d keys, %v", len(keys), err)
	}
}

func pemOf(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestConfiguredKeys has the first of the keys that are configured sign, and all verify, for ever.
func TestConfiguredKeys(t *testing.T) {
	inBubble(t, func(t *testing.T, kept *accounts.Accounts, store persistence.BookingHandler) {
		t.Helper()
		_, one, _ := ed25519.GenerateKey(nil)
		_, two, _ := ed25519.GenerateKey(nil)
		var at [3]*accounts.Accounts
		for n, text := range []string{pemOf(t, one), pemOf(t, one) + pemOf(t, two), pemOf(t, two) + "\n" + pemOf(t, one)} {
			keys, err := accounts.ParseKeys(text)
			if err != nil {
				t.Fatal(err)
			}
			at[n] = accounts.New(store, false, keys...)
		}
		for range 2 {
			before, during, after := token(t, at[0]), token(t, at[1]), token(t, at[2])
			for name, c := range map[string]struct {
				verifier *accounts.Accounts
				token    string
				want     error
			}{
				"the old key's, before":              {at[0], before, nil},
				"the old key's, with the new second": {at[1], before, nil},
				"with the new second, the old signs": {at[0], during, nil},
				"the new key's, with the new second": {at[1], after, nil},
				"the old key's, with the new first":  {at[2], before, nil},
				"the new key's, before":              {at[0], after, auth.ErrToken},
				"a configured one, of the store's":   {kept, before, auth.ErrToken},
				"the store's, of configured ones":    {at[2], token(t, kept), auth.ErrToken},
			} {
				if _, err := c.verifier.Verify(t.Context(), c.token, time.Now()); !errors.Is(err, c.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
			time.Sleep(1000 * time.Hour)
		}
	})
}

func TestParseKeys(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "no PEM": "secret", "another kind": pemOf(t, other),
		"no key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})),
	} {
		if keys, err := accounts.ParseKeys(text); err == nil {
			t.Errorf("%s: %v", name, keys)
		}
	}
}
