// Package authtest signs access tokens for tests, right ones and wrong ones.
package authtest

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/auth"
)

// Signer signs tokens with a key of its own.
type Signer struct {
	key ed25519.PrivateKey
	id  string
}

// New makes a signer from the seed of its key, whose public part has an ID.
func New(seed []byte, id string) *Signer { return &Signer{key: ed25519.NewKeyFromSeed(seed), id: id} }

// ID is that of the key.
func (s *Signer) ID() string { return s.id }

// Seed makes the seed of a key from one byte.
func Seed(b byte) []byte {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = b
	return seed
}

// Keys implements auth.Keys: those that verify what this signer signs.
func (s *Signer) Keys(context.Context) (jose.JSONWebKeySet, error) {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: s.key.Public(), KeyID: s.id, Algorithm: string(jose.EdDSA), Use: "sig"},
	}}, nil
}

// Claims are those of a right token of a caller.
func Claims(c auth.Caller) auth.Claims {
	var roles []string
	if c.Organiser {
		roles = append(roles, auth.RoleOrganiser)
	}
	if c.Admin {
		roles = append(roles, auth.RoleAdmin)
	}
	now := time.Now()
	return auth.Claims{Guest: c.Guest, Roles: roles, Claims: jwt.Claims{
		Issuer: auth.Issuer, Audience: jwt.Audience{auth.Issuer}, Subject: c.ID.String(),
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
		Expiry: jwt.NewNumericDate(now.Add(15 * time.Minute)),
	}}
}

// Token signs a token of a caller, whose claims may be changed before.
func (s *Signer) Token(tb testing.TB, c auth.Caller, change ...func(*auth.Claims)) string {
	tb.Helper()
	claims := Claims(c)
	for _, f := range change {
		f(&claims)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: s.key, KeyID: s.id}}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// Unsigned makes a token of a caller with `alg: none`.
func Unsigned(tb testing.TB, c auth.Caller) string {
	tb.Helper()
	claims, err := json.Marshal(Claims(c))
	if err != nil {
		tb.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(claims) + "."
}

// Expired makes the claims of a token those of one that ran out a while ago.
func Expired(c *auth.Claims) {
	past := time.Now().Add(-time.Hour)
	c.IssuedAt, c.NotBefore = jwt.NewNumericDate(past), jwt.NewNumericDate(past)
	c.Expiry = jwt.NewNumericDate(past.Add(15 * time.Minute))
}
