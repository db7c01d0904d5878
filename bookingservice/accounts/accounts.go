// Package accounts knows who the callers are: it keeps accounts and sessions, signs access tokens, and has the secrets
// from which guests, bookings and tickets get their unguessable names.
package accounts

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
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
	KeyStore
}

// Accounts is safe for concurrent use.
type Accounts struct {
	*auth.Verifier
	store     Store
	secure    bool
	keys      []ed25519.PrivateKey
	secrets   atomic.Pointer[secrets]
	passwords *hasher
	attempts  *attempts
}

// secrets are made at the first start, and shared by all replicas through the store.
type secrets struct {
	names []byte // for the names of guests, bookings and tickets
	ring  ring
}

// New makes accounts on a store. secure says that browsers reach the service by HTTPS only. Keys, if there are any,
// take the place of those in the store: the first one signs, all verify.
func New(store Store, secure bool, keys ...ed25519.PrivateKey) *Accounts {
	a := &Accounts{store: store, secure: secure, keys: keys, passwords: newHasher(), attempts: newAttempts()}
	a.Verifier = auth.NewVerifier(a.Keys)
	return a
}

// Keys gives the public keys that verify access tokens.
func (a *Accounts) Keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	s, err := a.load(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return s.ring.public(time.Now()), nil
}

// load gives the secrets, at the first time from the store.
func (a *Accounts) load(ctx context.Context) (*secrets, error) {
	if s := a.secrets.Load(); s != nil {
		return s, nil
	}
	names, err := a.store.Keep(ctx, "names", random())
	if err != nil {
		return nil, err
	}
	return a.loadKeys(ctx, names)
}

// reload gets the keys again, of which another replica may have made a new one.
func (a *Accounts) reload(ctx context.Context) error {
	s, err := a.load(ctx)
	if err == nil {
		_, err = a.loadKeys(ctx, s.names)
	}
	return err
}

func (a *Accounts) loadKeys(ctx context.Context, names []byte) (*secrets, error) {
	s := &secrets{names: names}
	var err error
	if len(a.keys) > 0 {
		s.ring, err = configuredRing(a.keys)
	} else {
		s.ring, err = readRing(ctx, a.store)
	}
	if err != nil {
		return nil, err
	}
	a.secrets.Store(s)
	return s, nil
}

// random makes a secret of 256 bits, as long as the seed of a signing key.
func random() []byte {
	b := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}

// token signs an access token for a user, who is a guest where there is no account.
func (s *secrets) token(u persistence.User, now time.Time) (string, error) {
	return jwt.Signed(s.ring.signer(now)).Claims(auth.Claims{
		Claims: jwt.Claims{
			Issuer: auth.Issuer, Audience: jwt.Audience{auth.Issuer}, Subject: u.ID.String(),
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
			Expiry: jwt.NewNumericDate(now.Add(tokenLife)),
		},
		Guest: u.Epoch == 0, Roles: u.Roles,
	}).Serialize()
}
