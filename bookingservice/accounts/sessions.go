package accounts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
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

// Start begins a session for a guest and gives the browser its cookies. The context may outlast the request.
func (a *Accounts) Start(ctx context.Context, w http.ResponseWriter, r *http.Request, guest persistence.ID) error {
	_, err := a.begin(ctx, w, r, persistence.User{ID: guest})
	return err
}

// begin begins a session for a user, who is a guest where there is no account.
func (a *Accounts) begin(
	ctx context.Context, w http.ResponseWriter, r *http.Request, u persistence.User,
) (token string, err error) {
	s, err := a.load(ctx)
	if err != nil {
		return "", err
	}
	now, secret := time.Now(), random()
	session := persistence.Session{
		ID: persistence.NewID(), UserID: u.ID, Epoch: u.Epoch, Secret: hash(secret), Rotated: now.Unix(),
		Expires: now.Add(sessionLife).Unix(), Version: 1,
	}
	token, err = s.token(u, now)
	if err != nil {
		return "", err
	}
	if err := a.store.AddSession(ctx, session); err != nil {
		return "", err
	}
	c := a.cookies(w, r)
	c.access(token)
	c.refresh(session.ID, secret)
	return token, nil
}

// Refresh gives the session of a request's cookie a new access token, and a new secret. A secret that was replaced a
// while ago ends the session: somebody else has it. After ErrSession the browser's cookies are gone. Who is the user,
// with the roles of now; a guest has nothing but an ID.
func (a *Accounts) Refresh(w http.ResponseWriter, r *http.Request) (token string, who persistence.User, err error) {
	c := a.cookies(w, r)
	id, secret, ok := readRefresh(r)
	if !ok {
		c.clear()
		return "", who, ErrSession
	}
	token, next, who, err := a.refresh(r.Context(), id, secret)
	if errors.Is(err, ErrSession) {
		c.clear()
	}
	if err != nil {
		return "", who, err
	}
	c.access(token)
	c.refresh(id, next)
	return token, who, nil
}

func (a *Accounts) refresh(
	ctx context.Context, id persistence.ID, secret []byte,
) (token string, next []byte, who persistence.User, err error) {
	now := time.Now()
	s, err := a.load(ctx)
	if err != nil {
		return "", nil, who, err
	}
	session, err := a.findSession(ctx, id)
	if err != nil {
		return "", nil, who, err
	}
	if who, err = a.userOf(ctx, session); err != nil {
		return "", nil, who, err
	}
	next = Names{s.names}.nextSecret(id, secret)
	if err := a.rotate(ctx, session, secret, next, now); err != nil {
		return "", nil, who, err
	}
	token, err = s.token(who, now)
	return token, next, who, err
}

func (a *Accounts) findSession(ctx context.Context, id persistence.ID) (persistence.Session, error) {
	session, err := a.store.FindSession(ctx, id)
	if errors.Is(err, persistence.ErrNotFound) {
		err = ErrSession
	}
	return session, err
}

// userOf is the user whose session it is. ErrSession where the session is of another epoch than the user.
func (a *Accounts) userOf(ctx context.Context, session persistence.Session) (persistence.User, error) {
	who := persistence.User{ID: session.UserID}
	found, err := a.store.FindUsers(ctx, who.ID)
	if err != nil {
		return who, err
	}
	if len(found) > 0 {
		who = found[0]
	}
	if who.Epoch != session.Epoch {
		return who, ErrSession
	}
	return who, nil
}

// rotate replaces the session's secret by the next one, unless somebody with the same secret just did. Whoever shows
// another secret with a session's ID once had the session: its owner or a thief, and so it ends for both.
func (a *Accounts) rotate(
	ctx context.Context, session persistence.Session, secret, next []byte, now time.Time,
) error {
	switch {
	case now.Unix() >= session.Expires:
		return ErrSession
	case !opens(session, secret, now):
		return cmp.Or(a.store.RemoveSession(ctx, session.ID), ErrSession)
	case !same(hash(secret), session.Secret):
		return nil
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

// opens says whether a secret is the session's present one, or the one before within the grace.
func opens(session persistence.Session, secret []byte, now time.Time) bool {
	given := hash(secret)
	return same(given, session.Secret) ||
		same(given, session.Previous) && now.Sub(time.Unix(session.Rotated, 0)) <= grace
}

// End ends the session of a request's cookie, if it has one.
func (a *Accounts) End(w http.ResponseWriter, r *http.Request) error {
	a.cookies(w, r).clear()
	id, secret, ok := readRefresh(r)
	if !ok {
		return nil
	}
	session, err := a.findSession(r.Context(), id)
	if errors.Is(err, ErrSession) {
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

// current is the session of a request's cookie. ErrSession where it has none that could be refreshed.
func (a *Accounts) current(r *http.Request) (persistence.Session, error) {
	id, secret, ok := readRefresh(r)
	if !ok {
		return persistence.Session{}, ErrSession
	}
	session, err := a.findSession(r.Context(), id)
	if now := time.Now(); err == nil && (now.Unix() >= session.Expires || !opens(session, secret, now)) {
		err = ErrSession
	}
	return session, err
}

// Sessions are a user's, but for those that have ended.
func (a *Accounts) Sessions(ctx context.Context, u persistence.User) ([]persistence.Session, error) {
	found, err := a.store.SessionsOf(ctx, u.ID)
	now := time.Now().Unix()
	return slices.DeleteFunc(found, func(s persistence.Session) bool {
		return s.Epoch != u.Epoch || s.Expires <= now
	}), err
}

// removeSessions removes a user's sessions of all epochs before this one. They have ended anyhow: where it fails, they
// lie about until they expire.
func (a *Accounts) removeSessions(ctx context.Context, u persistence.User) {
	found, _ := a.store.SessionsOf(ctx, u.ID)
	for _, s := range found {
		if s.Epoch < u.Epoch {
			_ = a.store.RemoveSession(ctx, s.ID)
		}
	}
}

// Run looks for new keys and removes ended sessions until the context ends, and reports what goes wrong.
func (a *Accounts) Run(ctx context.Context, report func(error)) error {
	keys, sweep := time.NewTicker(keysEvery), time.NewTicker(sweepEvery)
	defer keys.Stop()
	defer sweep.Stop()
	for {
		var do func(context.Context) error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-keys.C:
			do = a.reload
		case <-sweep.C:
			do = func(ctx context.Context) error {
				_, err := a.store.RemoveExpired(ctx, time.Now().Unix())
				return err
			}
		}
		bounded, cancel := context.WithTimeout(ctx, time.Minute)
		err := do(bounded)
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
