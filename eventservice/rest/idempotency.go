package rest

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"

	"myevents/lib/persistence"
	"myevents/lib/rest"
)

var errKeyReused = errors.New("idempotency key used for another request")

// intent is what makes a request the same when it is made again: the IDs that it gives to new documents, and its mark;
// and whose the new documents are.
type intent struct {
	organiser persistence.ID
	secret    []byte // nil where the request has no key
	key       string // each organiser has keys of its own
	mark      string
}

// intent reads the Idempotency-Key of a request to create what the input describes.
func (s *Server) intent(r *http.Request, input any) (intent, error) {
	caller, _ := rest.Caller(r)
	i := intent{organiser: caller.ID}
	key, err := rest.IdempotencyKey(r)
	if key == "" || err != nil {
		return i, err
	}
	i.key = caller.ID.String() + key
	if i.secret, err = s.keptSecret(r.Context()); err != nil {
		return i, err
	}
	body, err := json.Marshal(input)
	if err != nil {
		return i, err
	}
	i.mark = hex.EncodeToString(i.hash("request", string(body)))
	return i, nil
}

// keptSecret gives the secret that all replicas share. The store is asked once.
func (s *Server) keptSecret(ctx context.Context) ([]byte, error) {
	if have := s.secret.Load(); have != nil {
		return *have, nil
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // never fails: crypto/rand ends the process instead
	secret, err := s.store.Keep(ctx, "idempotency", fresh)
	if err == nil {
		s.secret.Store(&secret)
	}
	return secret, err
}

func (i intent) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, i.secret)
	for _, part := range append(parts, i.key) {
		_, _ = h.Write([]byte(part + "\x00")) // a hash takes everything
	}
	return h.Sum(nil)
}

// id gives the ID of a new document of a kind: the one that the client wants, the one that the key gives, or a new one.
func (i intent) id(kind string, wanted persistence.ID) persistence.ID {
	switch {
	case !wanted.IsZero():
		return wanted
	case i.secret == nil:
		return persistence.NewID()
	}
	return persistence.ID(i.hash(kind)[:len(persistence.ID{})])
}

// namesID says whether the same request made again would give the same ID.
func (i intent) namesID(wanted persistence.ID) bool { return i.secret != nil || !wanted.IsZero() }

// repeated looks at a document that is there already: nil if the very same request made it.
func (i intent) repeated(mark string, wanted persistence.ID) error {
	switch {
	case i.mark != "" && i.mark == mark:
		return nil
	case i.secret != nil && wanted.IsZero():
		return errKeyReused
	}
	return persistence.ErrExists
}
