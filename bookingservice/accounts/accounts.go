// Package accounts knows who the callers are: it signs their access tokens, keeps their sessions, and has the secrets
// from which guests, bookings and tickets get their unguessable names. So far all callers are guests.
package accounts

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// tokenLife is how long an access token is valid.
const tokenLife = 15 * time.Minute

// Store is what accounts need of the booking service's store.
type Store interface {
	persistence.SessionHandler
	persistence.UserHandler
	FindBookings(ctx context.Context, users []persistence.ID, p persistence.Page) ([]persistence.Booking, error)
	Keep(ctx context.Context, name string, value []byte) ([]byte, error)
	Replace(ctx context.Context, name string, was, value []byte) error
}

// Accounts is safe for concurrent use.
type Accounts struct {
	*auth.Verifier
	store   Store
	secure  bool
	secrets atomic.Pointer[secrets]
}

// secrets are made at the first start, and shared by all replicas through the store.
type secrets struct {
	names  []byte // for the names of guests, bookings and tickets
	signer jose.Signer
	public jose.JSONWebKeySet
}

// New makes accounts on a store. secure says that browsers reach the service by HTTPS only.
func New(store Store, secure bool) *Accounts {
	a := &Accounts{store: store, secure: secure}
	a.Verifier = auth.NewVerifier(a.Keys)
	return a
}

// Keys gives the public keys that verify access tokens.
func (a *Accounts) Keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	s, err := a.load(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return s.public, nil
}

// load gets the secrets from the store, once.
func (a *Accounts) load(ctx context.Context) (*secrets, error) {
	if s := a.secrets.Load(); s != nil {
		return s, nil
	}
	names, err := a.store.Keep(ctx, "names", random())
	if err != nil {
		return nil, err
	}
	seed, err := a.store.Keep(ctx, "signing-key", random())
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the signing key has %d bytes, not %d", len(seed), ed25519.SeedSize)
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, _ := key.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	id := hex.EncodeToString(sum[:8])
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key, KeyID: id}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return nil, err
	}
	s := &secrets{names: names, signer: signer, public: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: public, KeyID: id, Algorithm: string(jose.EdDSA), Use: "sig"},
	}}}
	a.secrets.Store(s)
	return s, nil
}

// random makes a secret of 256 bits, as long as the seed of a signing key.
func random() []byte {
	b := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}

// Names gives the IDs and codes that follow from the secret.
type Names struct{ secret []byte }

// Names gets the secret, if need be from the store.
func (a *Accounts) Names(ctx context.Context) (Names, error) {
	s, err := a.load(ctx)
	if err != nil {
		return Names{}, err
	}
	return Names{s.names}, nil
}

// Guest is the guest that somebody without a session is by an idempotency key.
func (n Names) Guest(key string) persistence.ID { return n.id("guest", key) }

// Booking is the ID of the booking that is made with an idempotency key.
func (n Names) Booking(event persistence.ID, key string) persistence.ID {
	return n.id("booking", event.String(), key)
}

// Ticket is the secret part of a ticket's link.
func (n Names) Ticket(booking persistence.ID) string {
	return base64.RawURLEncoding.EncodeToString(n.hash("ticket", booking.String())[:18])
}

// IsTicket says whether the code is the secret part of the ticket's link.
func (n Names) IsTicket(booking persistence.ID, code string) bool {
	return subtle.ConstantTimeCompare([]byte(n.Ticket(booking)), []byte(code)) == 1
}

// nextSecret is the one that replaces a session's secret. It follows from the one that it replaces, so that whoever
// refreshes at the same moment, or did not get the answer, is given the same; without the service's own secret nobody
// finds it.
func (n Names) nextSecret(session persistence.ID, secret []byte) []byte {
	return n.hash("refresh", session.String(), string(secret))
}

func (n Names) id(parts ...string) persistence.ID { return persistence.ID(n.hash(parts...)[:12]) }

func (n Names) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, n.secret)
	for _, part := range parts {
		_, _ = h.Write([]byte(part + "\x00")) // a hash takes everything
	}
	return h.Sum(nil)
}

// token signs an access token.
func (s *secrets) token(user persistence.ID, now time.Time) (string, error) {
	return jwt.Signed(s.signer).Claims(auth.Claims{
		Claims: jwt.Claims{
			Issuer: auth.Issuer, Audience: jwt.Audience{auth.Issuer}, Subject: user.String(),
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
			Expiry: jwt.NewNumericDate(now.Add(tokenLife)),
		},
		Guest: true,
	}).Serialize()
}
