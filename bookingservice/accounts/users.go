package accounts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

var (
	// ErrCredentials means that an address or a password is not right. It does not say which.
	ErrCredentials = errors.New("the address or the password is not right")
	// ErrEmailTaken means that an address is another account's.
	ErrEmailTaken = errors.New("there is an account with this address")
	// ErrGuest means that a guest asks for what only accounts have.
	ErrGuest = auth.ErrGuest
	// ErrForbidden means that it takes an admin.
	ErrForbidden = errors.New("not an admin")
)

// Registration is what somebody signs up with. Host is the network address that it comes from.
type Registration struct{ Email, Password, Name, Host string }

// SignUp makes an account and begins its session. A guest who signs up becomes the account, with the same ID. The
// errors are InputError, TooManyError, ErrEmailTaken and ErrBusy.
func (a *Accounts) SignUp(
	w http.ResponseWriter, r *http.Request, reg Registration,
) (token string, u persistence.User, err error) {
	ctx := r.Context()
	var in input
	email, name := in.email(reg.Email), in.name(reg.Name)
	in.password("password", reg.Password, email)
	if err := in.err(); err != nil {
		return "", u, err
	}
	if err := a.attempts.enter(reg.Host); err != nil {
		return "", u, err
	}
	u = persistence.User{
		Email: email, EmailKey: emailKey(email), Name: name, Created: time.Now().Unix(), Epoch: 1, Version: 1,
	}
	if err := a.refuseTaken(ctx, u.EmailKey); err != nil {
		return "", u, err
	}
	if u.Password, err = a.passwords.hash(ctx, reg.Password); err != nil {
		return "", u, err
	}
	if u.ID, err = a.guest(r); err != nil {
		return "", u, err
	}
	if u, err = a.add(ctx, u); err != nil {
		return "", u, err
	}
	a.removeSessions(ctx, u)
	token, err = a.begin(ctx, w, r, u)
	return token, u, err
}

func (a *Accounts) refuseTaken(ctx context.Context, key string) error {
	_, err := a.store.FindUserByEmail(ctx, key)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil
	case err == nil:
		return ErrEmailTaken
	}
	return err
}

// add stores a new account: under the ID of the guest who signs up, if there is one who is nobody else's, or else under
// a new one.
func (a *Accounts) add(ctx context.Context, u persistence.User) (persistence.User, error) {
	free := false
	var err error
	if !u.ID.IsZero() {
		if free, err = a.isFree(ctx, u.ID); err != nil {
			return u, err
		}
	}
	if free {
		if err := a.store.AddUser(ctx, u); !errors.Is(err, persistence.ErrExists) {
			return u, err
		}
		if err := a.refuseTaken(ctx, u.EmailKey); err != nil {
			return u, err
		}
	}
	u.ID = persistence.NewID()
	err = a.store.AddUser(ctx, u)
	if errors.Is(err, persistence.ErrExists) {
		err = ErrEmailTaken
	}
	return u, err
}

// guest is the guest who makes a request, zero where it is nobody or has an account. It goes by the session too, since
// a guest who has not been here for a while has an access token that is over.
func (a *Accounts) guest(r *http.Request) (persistence.ID, error) {
	caller, ok, err := a.Caller(r)
	switch {
	case ok && caller.Guest:
		return caller.ID, nil
	case ok:
		return persistence.ID{}, nil
	case err != nil && !errors.Is(err, auth.ErrToken):
		return persistence.ID{}, err
	}
	session, err := a.current(r)
	switch {
	case errors.Is(err, ErrSession):
		return persistence.ID{}, nil
	case err != nil || session.Epoch != 0:
		return persistence.ID{}, err
	}
	return session.UserID, nil
}

// Credentials are what somebody signs in with. Host is the network address that it comes from.
type Credentials struct{ Email, Password, Host string }

// SignIn begins a session of an account, which gets the bookings of the guest who signs in. The errors are
// ErrCredentials, TooManyError and ErrBusy.
func (a *Accounts) SignIn(
	w http.ResponseWriter, r *http.Request, c Credentials,
) (token string, u persistence.User, err error) {
	ctx := r.Context()
	key := emailKey(c.Email)
	u, err = a.store.FindUserByEmail(ctx, key)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return "", u, err
	}
	if err := a.verify(ctx, c.Host, key, c.Password, u.Password); err != nil {
		return "", u, err
	}
	guest, err := a.guest(r)
	if err != nil {
		return "", u, err
	}
	if !guest.IsZero() {
		if _, err := a.Adopt(ctx, u.ID, guest); err != nil {
			return "", u, err
		}
	}
	if session, err := a.current(r); err == nil {
		_ = a.store.RemoveSession(ctx, session.ID) // nobody has its secret any more: the new cookies take its place
	}
	token, err = a.begin(ctx, w, r, u)
	return token, u, err
}

// verify checks a password against a hash, or refuses to. An empty hash is that of nobody.
func (a *Accounts) verify(ctx context.Context, host, key, password, hashed string) error {
	if err := a.attempts.try(host, key); err != nil {
		return err
	}
	if err := a.attempts.enter(host); err != nil {
		return err
	}
	ok, err := a.passwords.check(ctx, password, hashed)
	switch {
	case err != nil:
		return err
	case !ok:
		a.attempts.failed(host, key)
		return ErrCredentials
	}
	a.attempts.succeeded(host, key)
	return nil
}

// Account is the caller's account, as it is now. ErrGuest; ErrSession where it was deleted.
func (a *Accounts) Account(ctx context.Context, c auth.Caller) (persistence.User, error) {
	if c.Guest {
		return persistence.User{ID: c.ID}, ErrGuest
	}
	u, err := a.find(ctx, c.ID)
	if errors.Is(err, persistence.ErrNotFound) {
		err = ErrSession
	}
	return u, err
}

// find finds an account that was not deleted. ErrNotFound.
func (a *Accounts) find(ctx context.Context, id persistence.ID) (persistence.User, error) {
	found, err := a.store.FindUsers(ctx, id)
	if err != nil {
		return persistence.User{}, err
	}
	if len(found) == 0 || found[0].Deleted() {
		return persistence.User{}, persistence.ErrNotFound
	}
	return found[0], nil
}

// change makes of an account its next version. It runs f again where somebody else was first.
func (a *Accounts) change(
	ctx context.Context, id persistence.ID, f func(persistence.User) (persistence.User, error),
) (persistence.User, error) {
	for {
		was, err := a.find(ctx, id)
		if err != nil {
			return was, err
		}
		next, err := f(was)
		if err != nil {
			return was, err
		}
		next.Version = was.Version + 1
		err = a.store.ChangeUser(ctx, next)
		switch {
		case errors.Is(err, persistence.ErrExists):
			return was, ErrEmailTaken
		case !errors.Is(err, persistence.ErrConflict):
			return next, err
		}
	}
}
