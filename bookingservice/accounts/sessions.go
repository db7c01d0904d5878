package accounts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"myevents/lib/persistence"
)

const (
	// sessionLife is how long a session lasts after its last refresh.
	sessionLife = 30 * 24 * time.Hour
	// grace is how long the secret before the present one is still taken: two tabs may refresh at the same moment, and
	// an answer with the new one may be lost.
	grace = time.Minute
	// sweepEvery is how often ended sessions are removed.
	sweepEvery = time.Hour
)

// ErrSession means that a session has ended, or never was.
var ErrSession = errors.New("the session has ended")

// Start begins a session for a user and gives the browser its cookies. The context may outlast the request.
func (a *Accounts) Start(ctx context.Context, w http.ResponseWriter, r *http.Request, user persistence.ID) error {
	s, err := a.load(ctx)
	if err != nil {
		return err
	}
	now, secret := time.Now(), random()
	session := persistence.Session{
		ID: persistence.NewID(), UserID: user, Secret: hash(secret), Rotated: now.Unix(),
		Expires: now.Add(sessionLife).Unix(), Version: 1,
	}
	token, err := s.token(user, now)
	if err != nil {
		return err
	}
	if err := a.store.AddSession(ctx, session); err != nil {
		return err
	}
	c := a.cookies(w, r)
	c.access(token)
	c.refresh(session.ID, secret)
	return nil
}

// Refresh gives the session of a request's cookie a new access token, and a new secret. A secret that was replaced a
// while ago ends the session: somebody else has it. After ErrSession the browser's cookies are gone.
func (a *Accounts) Refresh(w http.ResponseWriter, r *http.Request) (token string, user persistence.ID, err error) {
	c := a.cookies(w, r)
	token, session, next, err := a.refresh(r)
	if errors.Is(err, ErrSession) {
		c.clear()
	}
	if err != nil {
		return "", user, err
	}
	c.access(token)
	c.refresh(session.ID, next)
	return token, session.UserID, nil
}

func (a *Accounts) refresh(r *http.Request) (token string, session persistence.Session, next []byte, err error) {
	id, secret, ok := readRefresh(r)
	if !ok {
		return "", session, nil, ErrSession
	}
	ctx, now := r.Context(), time.Now()
	s, err := a.load(ctx)
	if err != nil {
		return "", session, nil, err
	}
	session, err = a.store.FindSession(ctx, id)
	if errors.Is(err, persistence.ErrNotFound) {
		err = ErrSession
	}
	if err != nil {
		return "", session, nil, err
	}
	next = Names{s.names}.nextSecret(id, secret)
	if err := a.rotate(ctx, session, secret, next, now); err != nil {
		return "", session, nil, err
	}
	token, err = s.token(session.UserID, now)
	return token, session, next, err
}

// rotate replaces the session's secret by the next one, unless somebody with the same secret just did. Whoever shows
// another secret with a session's ID once had the session: its owner or a thief, and so it ends for both.
func (a *Accounts) rotate(
	ctx context.Context, session persistence.Session, secret, next []byte, now time.Time,
) error {
	given := hash(secret)
	switch {
	case now.Unix() >= session.Expires:
		return ErrSession
	case same(given, session.Secret):
	case same(given, session.Previous) && now.Sub(time.Unix(session.Rotated, 0)) <= grace:
		return nil
	default:
		return cmp.Or(a.store.RemoveSession(ctx, session.ID), ErrSession)
	}
	session.Previous, session.Secret = session.Secret, hash(next)
	session.Rotated, session.Expires = now.Unix(), now.Add(sessionLife).Unix()
	session.Version++
	switch err := a.store.ChangeSession(ctx, session); {
	case errors.Is(err, persistence.ErrConflict): // another tab was first, with the same next secret
		return nil
	case errors.Is(err, persistence.ErrNotFound):
		return ErrSession
	default:
		return err
	}
}

// End ends the session of a request's cookie, if it has one.
func (a *Accounts) End(w http.ResponseWriter, r *http.Request) error {
	a.cookies(w, r).clear()
	id, secret, ok := readRefresh(r)
	if !ok {
		return nil
	}
	session, err := a.store.FindSession(r.Context(), id)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if given := hash(secret); !same(given, session.Secret) && !same(given, session.Previous) {
		return nil
	}
	return a.store.RemoveSession(r.Context(), id)
}

// Sweep removes ended sessions until the context ends, and reports what goes wrong.
func (a *Accounts) Sweep(ctx context.Context, report func(error)) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		bounded, cancel := context.WithTimeout(ctx, time.Minute)
		_, err := a.store.RemoveExpired(bounded, time.Now().Unix())
		cancel()
		if ctx.Err() == nil {
			report(err)
		}
	}
}

func hash(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
