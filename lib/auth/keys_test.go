package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/persistence"
)

// testKey is the key of a name.
func testKey(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

// signedBy makes a right token, signed with the key of a name.
func signedBy(t *testing.T, name string) string {
	t.Helper()
	key := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: testKey(name), KeyID: name}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: Issuer, Audience: jwt.Audience{Issuer}, Subject: persistence.ID{1}.String(),
		Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func verifierOf(s *Source) *Verifier { return Renewing(s.Keys, s.Renew) }

// keySet has the public keys of some names.
func keySet(t *testing.T, names ...string) []byte {
	t.Helper()
	keys := make([]jose.JSONWebKey, len(names))
	for n, name := range names {
		keys[n] = jose.JSONWebKey{Key: testKey(name).Public(), KeyID: name}
	}
	return encodeSet(t, keys...)
}

// privateSet has a key with its private part, which nobody should publish.
func privateSet(t *testing.T, name string) []byte {
	t.Helper()
	return encodeSet(t, jose.JSONWebKey{Key: testKey(name), KeyID: name})
}

// curveSet has a key of another kind.
func curveSet(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return encodeSet(t, jose.JSONWebKey{Key: key.Public(), KeyID: name})
}

func encodeSet(t *testing.T, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return body
}
