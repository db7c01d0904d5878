package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// admin says whether the caller is an admin now, whatever the token says. ErrForbidden, ErrSession.
func (a *Accounts) admin(ctx context.Context, c auth.Caller) error {
	u, err := a.Account(ctx, c)
	if errors.Is(err, ErrGuest) || err == nil && !isAdmin(u) {
		return ErrForbidden
	}
	return err
}

// FindByEmail finds, for an admin, the account with an address. ErrForbidden, ErrNotFound.
func (a *Accounts) FindByEmail(ctx context.Context, c auth.Caller, email string) (persistence.User, error) {
	if err := a.admin(ctx, c); err != nil {
		return persistence.User{}, err
	}
	return a.store.FindUserByEmail(ctx, emailKey(email))
}

// SetRoles gives, for an admin, an account its roles. Access tokens have them from the next refresh on. The errors are
// InputError, ErrForbidden and ErrNotFound.
func (a *Accounts) SetRoles(
	ctx context.Context, c auth.Caller, id persistence.ID, roles []string,
) (persistence.User, error) {
	if err := a.admin(ctx, c); err != nil {
		return persistence.User{}, err
	}
	var in input
	for _, role := range roles {
		if role != auth.RoleOrganiser && role != auth.RoleAdmin {
			in.refuse("roles", fmt.Sprintf("must be of %s and %s", auth.RoleOrganiser, auth.RoleAdmin))
			break
		}
	}
	if id == c.ID && !slices.Contains(roles, auth.RoleAdmin) {
		in.refuse("roles", "only another admin can make you no admin any more, so that there always is one")
	}
	if err := in.err(); err != nil {
		return persistence.User{}, err
	}
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	return a.change(ctx, id, func(u persistence.User) (persistence.User, error) {
		u.Roles = roles
		return u, nil
	})
}

// EnsureAdmin makes the first admin, and says whether it did: who already is an admin stays as it is. Where the address
// is an account's that is none, it is taken over as by SetAdmin.
func (a *Accounts) EnsureAdmin(ctx context.Context, email, password string) (made bool, err error) {
	u, err := a.store.FindUserByEmail(ctx, emailKey(email))
	if err == nil && isAdmin(u) {
		return false, nil
	}
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return false, err
	}
	err = a.setAdmin(ctx, email, password, isAdmin)
	if errors.Is(err, errStays) {
		return false, nil
	}
	return err == nil, err
}

func isAdmin(u persistence.User) bool { return slices.Contains(u.Roles, auth.RoleAdmin) }

// SetAdmin makes the account with an address an admin with this password. Whoever had the account is signed out:
// addresses are not verified, so that it may have been anybody.
func (a *Accounts) SetAdmin(ctx context.Context, email, password string) error {
	return a.setAdmin(ctx, email, password, func(persistence.User) bool { return false })
}

var errStays = errors.New("stays as it is")

func (a *Accounts) setAdmin(ctx context.Context, email, password string, stays func(persistence.User) bool) error {
	var in input
	email = in.email(email)
	in.password("password", password, email)
	if err := in.err(); err != nil {
		return err
	}
	hashed, err := a.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	made := persistence.User{
		ID: persistence.NewID(), Email: email, EmailKey: emailKey(email), Name: "Admin", Password: hashed,
		Roles: []string{auth.RoleAdmin, auth.RoleOrganiser}, Created: time.Now().Unix(), Epoch: 1, Version: 1,
	}
	if err := a.store.AddUser(ctx, made); !errors.Is(err, persistence.ErrExists) {
		return err
	}
	u, err := a.store.FindUserByEmail(ctx, made.EmailKey)
	if err != nil {
		return err
	}
	u, err = a.change(ctx, u.ID, func(next persistence.User) (persistence.User, error) {
		if stays(next) {
			return next, errStays
		}
		next.Password, next.Roles = hashed, made.Roles
		next.Epoch++
		return next, nil
	})
	if err == nil {
		a.removeSessions(ctx, u)
	}
	return err
}
