// Package auth says who a caller is, by the access token that the booking service signed. It never signs itself.
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/persistence"
)

const (
	// Cookie is the cookie with the access token.
	Cookie = "myevents_access"
	// Issuer is who signs access tokens, and who they are for.
	Issuer = "myevents"

	leeway      = 30 * time.Second // by which clocks may differ
	maxChecked  = 10_000           // tokens that are remembered as checked
	checkedLife = time.Minute      // for which they are, so that a key that was taken back counts no longer
)

var (
	// ErrToken means that a token is not valid, or not any more.
	ErrToken = errors.New("invalid access token")
	// ErrNoKeys means that tokens cannot be verified at the moment.
	ErrNoKeys = errors.New("no keys to verify access tokens with")
)

// Caller is who makes a request.
type Caller struct {
	ID persistence.ID
	// Guest is a caller without an account.
	Guest bool
	// Organiser may create events and locations, and work with those that are its own; Admin with everybody's.
	Organiser, Admin bool
}

// The roles of an account, as tokens and the API name them. Each account is a customer, too.
const (
	RoleOrganiser = "organiser"
	RoleAdmin     = "admin"
)

// Claims are what an access token says.
type Claims struct {
	jwt.Claims
	Guest bool     `json:"guest,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

// Keys gives the public keys that verify tokens. It is called often, and at the same time.
type Keys func(context.Context) (jose.JSONWebKeySet, error)

// Verifier checks access tokens. It is safe for concurrent use.
type Verifier struct {
	keys, renew Keys // renew is nil where keys has all that there are

	mu      sync.Mutex
	checked map[string]checked // by token, so that each is verified once
}

type checked struct {
	caller Caller
	until  time.Time
}

// NewVerifier makes a verifier.
func NewVerifier(keys Keys) *Verifier {
	return &Verifier{keys: keys, checked: make(map[string]checked)}
}

// Renewing makes a verifier that, where a token names a key that is not among the keys, looks among those of renew.
// Whoever likes can send such tokens: renew must bound what that costs.
func Renewing(keys, renew Keys) *Verifier {
	v := NewVerifier(keys)
	v.renew = renew
	return v
}

// Caller says who makes a request: by Authorization: Bearer or, without it, the cookie. Without both there is no
// caller. The errors are ErrToken, and those of the keys.
func (v *Verifier) Caller(r *http.Request) (c Caller, ok bool, err error) {
	token, err := tokenOf(r)
	if token == "" || err != nil {
		return Caller{}, false, err
	}
	c, err = v.Verify(r.Context(), token, time.Now())
	return c, err == nil, err
}

// tokenOf reads the token that a request has, "" without one.
func tokenOf(r *http.Request) (string, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		cookie, err := r.Cookie(Cookie)
		if err != nil {
			return "", nil //nolint:nilerr // no cookie, no token
		}
		return cookie.Value, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", fmt.Errorf("%w: not a Bearer token", ErrToken)
	}
	return token, nil
}

// Verify checks a token at a moment. The errors are those of Caller.
func (v *Verifier) Verify(ctx context.Context, token string, now time.Time) (Caller, error) {
	v.mu.Lock()
	known, ok := v.checked[token]
	v.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.caller, nil
	}
	claims, err := v.claims(ctx, token)
	if err != nil {
		return Caller{}, err
	}
	if claims.Expiry == nil {
		return Caller{}, fmt.Errorf("%w: it never expires", ErrToken)
	}
	expected := jwt.Expected{Issuer: Issuer, AnyAudience: jwt.Audience{Issuer}, Time: now}
	if err := claims.ValidateWithLeeway(expected, leeway); err != nil {
		return Caller{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	id, err := persistence.ParseID(claims.Subject)
	if err != nil {
		return Caller{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	caller := Caller{
		ID: id, Guest: claims.Guest,
		Organiser: slices.Contains(claims.Roles, RoleOrganiser), Admin: slices.Contains(claims.Roles, RoleAdmin),
	}
	until := claims.Expiry.Time()
	if soon := now.Add(checkedLife); soon.Before(until) {
		until = soon
	}
	v.remember(token, checked{caller: caller, until: until})
	return caller, nil
}

func (v *Verifier) claims(ctx context.Context, token string) (Claims, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	keys, err := v.keys(ctx)
	if err == nil && v.renew != nil && len(keys.Key(parsed.Headers[0].KeyID)) == 0 {
		keys, err = v.renew(ctx)
	}
	if err != nil {
		return Claims{}, err
	}
	var claims Claims
	if err := parsed.Claims(keys, &claims); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return claims, nil
}

func (v *Verifier) remember(token string, c checked) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.checked) >= maxChecked {
		clear(v.checked)
	}
	v.checked[token] = c
}
