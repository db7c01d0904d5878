package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

var user = persistence.ID{1, 2, 3}

// key makes a key pair from one byte.
func key(seed byte) ed25519.PrivateKey {
	b := make([]byte, ed25519.SeedSize)
	b[0] = seed
	return ed25519.NewKeyFromSeed(b)
}

func keys(trusted ed25519.PrivateKey) auth.Keys {
	return func(context.Context) (jose.JSONWebKeySet, error) {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: trusted.Public(), KeyID: "one", Algorithm: string(jose.EdDSA)}}}, nil
	}
}

func claims(now time.Time) auth.Claims {
	return auth.Claims{Guest: true, Claims: jwt.Claims{
		Issuer: auth.Issuer, Audience: jwt.Audience{auth.Issuer}, Subject: user.String(), IssuedAt: jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(15 * time.Minute)),
	}}
}

func sign(t *testing.T, algorithm jose.SignatureAlgorithm, k any, id string, c auth.Claims) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: k, KeyID: id}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// signEmbedded makes a token that has, in its header, the key to verify it with.
func signEmbedded(t *testing.T, k ed25519.PrivateKey, c auth.Claims) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: k}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokens(t *testing.T) {
	now := time.Now()
	changed := func(change func(*auth.Claims)) string {
		c := claims(now)
		change(&c)
		return sign(t, jose.EdDSA, key(1), "one", c)
	}
	raw := base64.RawURLEncoding.EncodeToString
	body := raw([]byte(`{"iss":"myevents","aud":"myevents","sub":"` + user.String() + `","exp":99999999999}`))
	public, _ := key(1).Public().(ed25519.PublicKey)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token string
		ok    bool
	}{
		"right":              {changed(func(*auth.Claims) {}), true},
		"expired":            {changed(func(c *auth.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-time.Minute)) }), false},
		"expired just now":   {changed(func(c *auth.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-5 * time.Second)) }), true},
		"not valid yet":      {changed(func(c *auth.Claims) { c.NotBefore = jwt.NewNumericDate(now.Add(time.Hour)) }), false},
		"issued later":       {changed(func(c *auth.Claims) { c.IssuedAt = jwt.NewNumericDate(now.Add(time.Hour)) }), false},
		"valid for ever":     {changed(func(c *auth.Claims) { c.Expiry = nil }), false},
		"of another issuer":  {changed(func(c *auth.Claims) { c.Issuer = "other" }), false},
		"for somebody else":  {changed(func(c *auth.Claims) { c.Audience = jwt.Audience{"other"} }), false},
		"about nobody":       {changed(func(c *auth.Claims) { c.Subject = "" }), false},
		"another key":        {sign(t, jose.EdDSA, key(2), "one", claims(now)), false},
		"unknown key":        {sign(t, jose.EdDSA, key(1), "two", claims(now)), false},
		"no name of a key":   {sign(t, jose.EdDSA, key(1), "", claims(now)), false},
		"brings its own key": {signEmbedded(t, key(2), claims(now)), false},
		"another algorithm":  {sign(t, jose.ES256, curve, "one", claims(now)), false},
		"public key as HMAC": {sign(t, jose.HS256, []byte(public), "one", claims(now)), false},
		"not signed":         {raw([]byte(`{"alg":"none"}`)) + "." + body + ".", false},
		"signature cut off":  {raw([]byte(`{"alg":"EdDSA","kid":"one"}`)) + "." + body + ".", false},
		"garbage":            {"a.b.c", false},
		"empty":              {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			v := auth.NewVerifier(keys(key(1)))
			caller, err := v.Verify(t.Context(), c.token, now)
			if c.ok && (err != nil || caller != (auth.Caller{ID: user, Guest: true})) {
				t.Errorf("got %+v, %v", caller, err)
			}
			if !c.ok && !errors.Is(err, auth.ErrToken) {
				t.Errorf("got %+v, %v", caller, err)
			}
		})
	}
}

// TestCheckedTokens has a token that was verified once end all the same.
func TestCheckedTokens(t *testing.T) {
	now := time.Now()
	v := auth.NewVerifier(keys(key(1)))
	token := sign(t, jose.EdDSA, key(1), "one", claims(now))
	for range 2 {
		if _, err := v.Verify(t.Context(), token, now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Verify(t.Context(), token, now.Add(time.Hour)); !errors.Is(err, auth.ErrToken) {
		t.Errorf("an hour later it is %v", err)
	}
}

func TestKeysAway(t *testing.T) {
	away := errors.New("away")
	v := auth.NewVerifier(func(context.Context) (jose.JSONWebKeySet, error) { return jose.JSONWebKeySet{}, away })
	_, err := v.Verify(t.Context(), sign(t, jose.EdDSA, key(1), "one", claims(time.Now())), time.Now())
	if !errors.Is(err, away) || errors.Is(err, auth.ErrToken) {
		t.Errorf("got %v", err)
	}
}

func TestCaller(t *testing.T) {
	v := auth.NewVerifier(keys(key(1)))
	token := sign(t, jose.EdDSA, key(1), "one", claims(time.Now()))
	for name, c := range map[string]struct {
		bearer, cookie string
		known, ok      bool
	}{
		"nobody":            {"", "", false, true},
		"bearer":            {"Bearer " + token, "", true, true},
		"bearer, lower":     {"bearer " + token, "", true, true},
		"cookie":            {"", token, true, true},
		"bearer wins":       {"Bearer bad", token, false, false},
		"bad cookie":        {"", "bad", false, false},
		"another scheme":    {"Basic abc", "", false, false},
		"without the token": {"Bearer", "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			if c.bearer != "" {
				r.Header.Set("Authorization", c.bearer)
			}
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: auth.Cookie, Value: c.cookie})
			}
			caller, known, err := v.Caller(r)
			if known != c.known || (err == nil) != c.ok || known && caller.ID != user {
				t.Errorf("got %+v, %t, %v", caller, known, err)
			}
		})
	}
}
