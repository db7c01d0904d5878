package accounts

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"myevents/lib/persistence"
)

const (
	// keysEvery is how often a replica looks for new keys.
	keysEvery = time.Minute
	// keysShown is how long whoever verifies tokens may go on with the public keys that it has.
	keysShown = 5 * time.Minute
	// announced is how long before it signs a new key is shown: longer than all of these take to hear of it.
	announced = 2 * keysShown
	// outlast is how long a key verifies after the next one has begun to sign: longer than the last token signed by it.
	outlast = tokenLife + 5*time.Minute
	// ringName is the ring's in the store.
	ringName = "signing-keys"
)

// KeyStore is where the keys are kept that all replicas share; see persistence.Common.
type KeyStore interface {
	Keep(ctx context.Context, name string, value []byte) ([]byte, error)
	Replace(ctx context.Context, name string, was, value []byte) error
}

// SigningKey is a key of the ring.
type SigningKey struct {
	// Seed is what the key is made of; it is secret.
	Seed []byte `json:"seed"`
	// From is when it begins to sign, in Unix seconds.
	From int64 `json:"from"`

	id     string
	public ed25519.PublicKey
	signer jose.Signer
}

// ID is the key's name in tokens.
func (k SigningKey) ID() string { return k.id }

// prepare makes of the seed what signs and what verifies.
func (k *SigningKey) prepare() error {
	if len(k.Seed) != ed25519.SeedSize {
		return fmt.Errorf("a signing key has %d bytes, not %d", len(k.Seed), ed25519.SeedSize)
	}
	private := ed25519.NewKeyFromSeed(k.Seed)
	k.public, _ = private.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(k.public)
	k.id = hex.EncodeToString(sum[:8])
	var err error
	k.signer, err = jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: private, KeyID: k.id}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	return err
}

// ring is the keys in the order in which they begin to sign. It has at least one, which has begun.
type ring []SigningKey

// signer is the key that signs at a moment.
func (r ring) signer(now time.Time) jose.Signer { return r[r.current(now)].signer }

func (r ring) current(now time.Time) int {
	n := len(r) - 1
	for n > 0 && r[n].From > now.Unix() {
		n--
	}
	return n
}

// living are the keys that sign, will sign, or have signed tokens that may still be valid.
func (r ring) living(now time.Time) ring {
	n := 0
	for n < len(r)-1 && now.Sub(time.Unix(r[n+1].From, 0)) > outlast {
		n++
	}
	return r[n:]
}

func (r ring) public(now time.Time) (set jose.JSONWebKeySet) {
	for _, k := range r.living(now) {
		set.Keys = append(set.Keys, jose.JSONWebKey{
			Key: k.public, KeyID: k.id, Algorithm: string(jose.EdDSA), Use: "sig",
		})
	}
	return set
}

// readRing reads the ring, or makes it at the first time.
func readRing(ctx context.Context, store KeyStore) (ring, error) {
	r, _, err := keptRing(ctx, store)
	return r, err
}

// keptRing also gives the ring as it is kept, for Replace.
func keptRing(ctx context.Context, store KeyStore) (r ring, kept []byte, err error) {
	first, err := json.Marshal(ring{{Seed: random()}})
	if err != nil {
		return nil, nil, err
	}
	kept, err = store.Keep(ctx, ringName, first)
	if err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(kept, &r); err != nil {
		return nil, nil, fmt.Errorf("the signing keys cannot be read: %w", err)
	}
	if len(r) == 0 {
		return nil, nil, errors.New("there are no signing keys")
	}
	return r, kept, r.prepare()
}

func (r ring) prepare() error {
	for n := range r {
		if err := r[n].prepare(); err != nil {
			return err
		}
	}
	return nil
}

// never is when a key begins to sign that only verifies: at the end of the year 9999.
const never = 253402300799

// configuredRing has the first key sign.
func configuredRing(keys []ed25519.PrivateKey) (ring, error) {
	r := make(ring, len(keys))
	for n, key := range keys {
		r[n] = SigningKey{Seed: key.Seed(), From: never}
	}
	r[0].From = 0
	return r, r.prepare()
}

// ListKeys answers with the keys that are kept in a store, in the order in which they begin to sign.
func ListKeys(ctx context.Context, store KeyStore) ([]SigningKey, error) {
	return readRing(ctx, store)
}

// RotateKeys adds a new key to those that are kept in a store, and answers when it begins to sign: once everybody who
// verifies has heard of it. The old ones verify for as long as there are tokens of theirs.
func RotateKeys(ctx context.Context, store KeyStore) (time.Time, error) {
	now := time.Now()
	from := now.Add(announced)
	return from, changeRing(ctx, store, func(r ring) ring {
		return append(slices.Clone(r.living(now)), SigningKey{Seed: random(), From: from.Unix()})
	})
}

// ReplaceKeys puts a new key in the place of all that are kept in a store, at once, since somebody else may have them.
// Tokens end with their keys; sessions go on, since their secrets are not signed.
func ReplaceKeys(ctx context.Context, store KeyStore) error {
	return changeRing(ctx, store, func(ring) ring { return ring{{Seed: random()}} })
}

func changeRing(ctx context.Context, store KeyStore, change func(ring) ring) error {
	for {
		r, kept, err := keptRing(ctx, store)
		if err != nil {
			return err
		}
		next, err := json.Marshal(change(r))
		if err != nil {
			return err
		}
		if err := store.Replace(ctx, ringName, kept, next); !errors.Is(err, persistence.ErrConflict) {
			return err
		}
	}
}

// ParseKeys reads signing keys, one PEM block of PKCS #8 each, as `openssl genpkey -algorithm ed25519` makes them.
func ParseKeys(text string) ([]ed25519.PrivateKey, error) {
	var keys []ed25519.PrivateKey
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		key, ok := parsed.(ed25519.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("a key is %T, not Ed25519", parsed)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no PEM block with a key")
	}
	return keys, nil
}
