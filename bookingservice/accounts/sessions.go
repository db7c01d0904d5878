package accounts

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

const (
	// refreshCookie has the session's ID and its secret.
	refreshCookie = "myevents_refresh"
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

// Start begins a session for a user and gives the browser its cookies.
func (a *Accounts) Start(ctx context.Context, w http.ResponseWriter, user persistence.ID) error {
	now := time.Now()
	secret := random()
	session := persistence.Session{
		ID: persistence.NewID(), UserID: user, Secret: hash(secret), Rotated: now.Unix(),
		Expires: now.Add(sessionLife).Unix(), Version: 1,
	}
	token, err := a.sign(ctx, user, now)
	if err != nil {
		return err
	}
	if err := a.store.AddSession(ctx, session); err != nil {
		return err
	}
	a.setCookie(w, auth.Cookie, token)
	a.setCookie(w, refreshCookie, session.ID.String()+"."+base64.RawURLEncoding.EncodeToString(secret))
	return nil
}

// Refresh gives the session of a request's cookie a new access token, and a new secret. A secret that was replaced a
// while ago ends the session: somebody else has it. ErrSession.
func (a *Accounts) Refresh(w http.ResponseWriter, r *http.Request) (token string, user persistence.ID, err error) {
	id, secret, ok := readRefresh(r)
	if !ok {
		return "", user, ErrSession
	}
	ctx, now := r.Context(), time.Now()
	session, err := a.store.FindSession(ctx, id)
	if errors.Is(err, persistence.ErrNotFound) {
		a.clearCookies(w)
		return "", user, ErrSession
	}
	if err != nil {
		return "", user, err
	}
	if err := a.rotate(ctx, w, session, secret, now); err != nil {
		if errors.Is(err, ErrSession) {
			a.clearCookies(w)
		}
		return "", user, err
	}
	token, err = a.sign(ctx, session.UserID, now)
	if err == nil {
		a.setCookie(w, auth.Cookie, token)
	}
	return token, session.UserID, err
}

// rotate replaces the session's secret, unless somebody with the same secret just did.
func (a *Accounts) rotate(
	ctx context.Context, w http.ResponseWriter, session persistence.Session, secret []byte, now time.Time,
) error {
	given := hash(secret)
	switch {
	case now.Unix() >= session.Expires:
		return ErrSession
	case same(given, session.Secret):
	case !same(given, session.Previous):
		return ErrSession
	case now.Sub(time.Unix(session.Rotated, 0)) <= grace:
		return nil
	default:
		return errors.Join(ErrSession, a.store.RemoveSession(ctx, session.ID))
	}
	fresh := random()
	session.Previous, session.Secret = session.Secret, hash(fresh)
	session.Rotated, session.Expires = now.Unix(), now.Add(sessionLife).Unix()
	session.Version++
	switch err := a.store.ChangeSession(ctx, session); {
	case errors.Is(err, persistence.ErrConflict): // another tab was first; its answer has the new secret
		return nil
	case errors.Is(err, persistence.ErrNotFound):
		return ErrSession
	case err != nil:
		return err
	}
	a.setCookie(w, refreshCookie, session.ID.String()+"."+base64.RawURLEncoding.EncodeToString(fresh))
	return nil
}

// End ends the session of a request's cookie, if it has one.
func (a *Accounts) End(w http.ResponseWriter, r *http.Request) error {
	a.clearCookies(w)
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
		report(err)
	}
}

// Adopt makes a guest's bookings the user's. It answers whether they are: a guest has but one owner.
func (a *Accounts) Adopt(ctx context.Context, user, guest persistence.ID) (bool, error) {
	err := a.store.AdoptGuest(ctx, user, guest)
	if errors.Is(err, persistence.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// Identities are all the users that a user is: itself, and the guests that it once was.
func (a *Accounts) Identities(ctx context.Context, user persistence.ID) ([]persistence.ID, error) {
	guests, err := a.store.GuestsOf(ctx, user)
	return append([]persistence.ID{user}, guests...), err
}

// Adopted says whether a guest has become somebody's.
func (a *Accounts) Adopted(ctx context.Context, guest persistence.ID) (bool, error) {
	owner, err := a.store.OwnerOf(ctx, guest)
	return !owner.IsZero(), err
}

func (a *Accounts) sign(ctx context.Context, user persistence.ID, now time.Time) (string, error) {
	s, err := a.load(ctx)
	if err != nil {
		return "", err
	}
	return s.token(user, now)
}

func readRefresh(r *http.Request) (id persistence.ID, secret []byte, ok bool) {
	cookie, err := r.Cookie(refreshCookie)
	if err != nil {
		return id, nil, false
	}
	name, code, _ := strings.Cut(cookie.Value, ".")
	id, err = persistence.ParseID(name)
	if err != nil {
		return id, nil, false
	}
	secret, err = base64.RawURLEncoding.DecodeString(code)
	return id, secret, err == nil
}

// setCookie gives the browser a cookie for as long as the session lasts: an access token that has run out must be seen,
// so that its owner is not taken for somebody new.
func (a *Accounts) setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, a.cookie(name, value, int(sessionLife.Seconds())))
}

func (a *Accounts) clearCookies(w http.ResponseWriter) {
	for _, name := range []string{auth.Cookie, refreshCookie} {
		http.SetCookie(w, a.cookie(name, "", -1))
	}
}

func (a *Accounts) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.secure,
	}
}

func hash(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
