package accounts

import (
	"context"
	"errors"
	"net/http"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// Profile is what an account's owner changes; nil stays as it is. Another address takes the password. Host is the
// network address that it comes from.
type Profile struct {
	Name, Email    *string
	Password, Host string
}

// ChangeProfile changes the caller's account. The errors are those of SignUp, ErrCredentials, and those of Account.
func (a *Accounts) ChangeProfile(ctx context.Context, c auth.Caller, p Profile) (persistence.User, error) {
	u, err := a.Account(ctx, c)
	if err != nil {
		return u, err
	}
	var in input
	var name, email string
	if p.Name != nil {
		name = in.name(*p.Name)
	}
	if p.Email != nil {
		email = in.email(*p.Email)
	}
	if err := in.err(); err != nil {
		return u, err
	}
	if p.Email != nil {
		if err := a.verify(ctx, p.Host, u.EmailKey, p.Password, u.Password); err != nil {
			return u, err
		}
	}
	return a.changeOwn(ctx, u, func(next persistence.User) persistence.User {
		if p.Name != nil {
			next.Name = name
		}
		if p.Email != nil {
			next.Email, next.EmailKey = email, emailKey(email)
		}
		return next
	})
}

// changeOwn changes an account whose password was checked, unless the password is another one by now.
func (a *Accounts) changeOwn(
	ctx context.Context, checked persistence.User, f func(persistence.User) persistence.User,
) (persistence.User, error) {
	u, err := a.change(ctx, checked.ID, func(now persistence.User) (persistence.User, error) {
		if now.Epoch != checked.Epoch {
			return now, ErrSession
		}
		return f(now), nil
	})
	if errors.Is(err, persistence.ErrNotFound) {
		err = ErrSession
	}
	return u, err
}

// PasswordChange is a new password, and the one before.
type PasswordChange struct{ Password, NewPassword, Host string }

// ChangePassword gives the caller's account another password. All its sessions end, on all replicas, and a new one
// begins. The errors are those of ChangeProfile.
func (a *Accounts) ChangePassword(
	w http.ResponseWriter, r *http.Request, c auth.Caller, p PasswordChange,
) (token string, u persistence.User, err error) {
	ctx := r.Context()
	u, err = a.Account(ctx, c)
	if err != nil {
		return "", u, err
	}
	var in input
	in.password("newPassword", p.NewPassword, u.Email)
	if err := in.err(); err != nil {
		return "", u, err
	}
	if err := a.verify(ctx, p.Host, u.EmailKey, p.Password, u.Password); err != nil {
		return "", u, err
	}
	hashed, err := a.passwords.hash(ctx, p.NewPassword)
	if err != nil {
		return "", u, err
	}
	u, err = a.changeOwn(ctx, u, func(next persistence.User) persistence.User {
		next.Password = hashed
		next.Epoch++
		return next
	})
	if err != nil {
		return "", u, err
	}
	a.removeSessions(ctx, u)
	token, err = a.begin(ctx, w, r, u)
	return token, u, err
}

// Delete deletes the caller's account, whose password is asked for. Nothing is left of the person; the bookings stay,
// and the address can be used again. The errors are those of ChangeProfile.
func (a *Accounts) Delete(w http.ResponseWriter, r *http.Request, c auth.Caller, password, host string) error {
	ctx := r.Context()
	u, err := a.Account(ctx, c)
	if err != nil {
		return err
	}
	if err := a.verify(ctx, host, u.EmailKey, password, u.Password); err != nil {
		return err
	}
	if u, err = a.changeOwn(ctx, u, persistence.User.Erased); err != nil {
		return err
	}
	a.removeSessions(ctx, u)
	a.cookies(w, r).clear()
	return nil
}
