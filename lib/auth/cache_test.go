package auth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/persistence"
)

// signed makes a token about a subject, and a verifier for it that counts how often it asks for the keys: once for each
// token that it does not remember.
func signed(t *testing.T, subject string, expiry time.Time) (v *Verifier, token string, asked *int) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: private, KeyID: "one"}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err = jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: Issuer, Audience: jwt.Audience{Issuer}, Subject: subject, Expiry: jwt.NewNumericDate(expiry),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	asked = new(int)
	return NewVerifier(func(context.Context) (jose.JSONWebKeySet, error) {
		*asked++
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "one"}}}, nil
	}), token, asked
}

// TestRememberedUntilExpiry asks about one token as time goes on.
func TestRememberedUntilExpiry(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	expiry := now.Add(time.Minute)
	v, token, asked := signed(t, persistence.ID{1}.String(), expiry)
	for _, step := range []struct {
		name  string
		at    time.Time
		ok    bool
		asked int
	}{
		{"first", now, true, 1},
		{"again", now, true, 1},
		{"just before its end", expiry.Add(-time.Nanosecond), true, 1},
		{"at its end, verified anew", expiry, true, 2},
		{"within the leeway, verified anew", expiry.Add(leeway), true, 3},
		{"beyond the leeway", expiry.Add(leeway + time.Second), false, 4},
	} {
		_, err := v.Verify(t.Context(), token, step.at)
		if (err == nil) != step.ok || err != nil && !errors.Is(err, ErrToken) {
			t.Errorf("%s: got %v", step.name, err)
		}
		if *asked != step.asked {
			t.Errorf("%s: asked for the keys %d times, want %d", step.name, *asked, step.asked)
		}
	}
}

// TestRefusedIsNotRemembered has tokens with the right signature that say nobody.
func TestRefusedIsNotRemembered(t *testing.T) {
	for _, subject := range []string{"", "alex", "0102", "../../etc/passwd"} {
		now := time.Now()
		v, token, asked := signed(t, subject, now.Add(time.Minute))
		for range 2 {
			if caller, err := v.Verify(t.Context(), token, now); !errors.Is(err, ErrToken) {
				t.Errorf("subject %q: got %+v, %v", subject, caller, err)
			}
		}
		if *asked != 2 || len(v.checked) != 0 {
			t.Errorf("subject %q: asked for the keys %d times, %d remembered", subject, *asked, len(v.checked))
		}
	}
}

func TestRememberedAreBounded(t *testing.T) {
	v := NewVerifier(nil)
	for i := range 3 * maxChecked {
		token := strconv.Itoa(i)
		v.remember(token, checked{until: time.Now()})
		if len(v.checked) > maxChecked {
			t.Fatalf("%d tokens are remembered, more than %d", len(v.checked), maxChecked)
		}
		if _, ok := v.checked[token]; !ok {
			t.Fatalf("token %d is not remembered", i)
		}
	}
}
