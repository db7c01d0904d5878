package auth

import (
	"context"
	"errors"

	"myevents/lib/persistence"
)

// Need is what a route asks of its callers. The OpenAPI documents name it as x-needs.
type Need string

const (
	// Public is for everybody. Nobody asks who calls, so that a token that has run out hinders no reading.
	Public Need = "public"
	// Anyone is for everybody, but whoever shows a token must show a valid one, and is known by it.
	Anyone Need = "anyone"
	// Session is for those who are known: by an account, or as a guest.
	Session Need = "session"
	// Account is for those who have an account.
	Account Need = "account"
	// Organiser is for accounts with that role, and for administrators. Whose the document is, is another question; see
	// Caller.MayChange.
	Organiser Need = "organiser"
	// Admin is for administrators.
	Admin Need = "admin"
)

var (
	// ErrNobody means that the request does not say who makes it.
	ErrNobody = errors.New("the caller is not known")
	// ErrGuest means that it takes an account.
	ErrGuest = errors.New("the caller has no account")
	// ErrRole means that the account lacks the role.
	ErrRole = errors.New("the caller's account may not do this")
	// ErrNotYours means that the document is somebody else's.
	ErrNotYours = errors.New("the document belongs to somebody else")
)

// Admit says whether a caller, who is known or is not, has what is needed. ErrNobody, ErrGuest, ErrRole.
func (n Need) Admit(c Caller, known bool) error {
	has := false
	switch n {
	case Public, Anyone:
		return nil
	case Session, Account:
		has = true
	case Organiser:
		has = c.Organiser || c.Admin
	case Admin:
		has = c.Admin
	}
	switch {
	case !known:
		return ErrNobody
	case c.Guest && n != Session:
		return ErrGuest
	case !has:
		return ErrRole
	}
	return nil
}

// MayChange says whether the caller may change a document that belongs to an organiser; one that belongs to nobody, as
// those of the book do, is the administrators'. ErrNotYours.
func (c Caller) MayChange(organiser persistence.ID) error {
	if c.Admin || c.Organiser && !organiser.IsZero() && organiser == c.ID {
		return nil
	}
	return ErrNotYours
}

// Everybody is who everybody is without accounts (auth=open): someone who may change everything, and owns nothing.
func Everybody() Caller { return Caller{Organiser: true, Admin: true} }

type callerKey struct{}

// WithCaller is for requests that a program makes to an API within its own process: they are made by this caller.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// Within gives the caller of a request that was made within the process; see WithCaller.
func Within(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}
