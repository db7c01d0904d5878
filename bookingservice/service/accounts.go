package service

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"myevents/bookingservice/accounts"
	"myevents/lib/configuration"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// storeTimeout bounds the commands that work on the store.
const storeTimeout = 30 * time.Second

func newAccounts(s configuration.Settings, store accounts.Store) (*accounts.Accounts, error) {
	var keys []ed25519.PrivateKey
	if s.SigningKey != "" {
		var err error
		if keys, err = accounts.ParseKeys(s.SigningKey); err != nil {
			return nil, fmt.Errorf("signing_key: %w", err)
		}
	}
	return accounts.New(store, strings.HasPrefix(s.PublicURL, "https:"), keys...), nil
}

// ensureAdmin makes the first admin, for which it waits until the store is there.
func (s *Service) ensureAdmin(ctx context.Context) error {
	report := s.Report("first admin")
	for {
		err := s.tryAdmin(ctx)
		var input accounts.InputError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &input):
			return fmt.Errorf("admin_email, admin_password: %w", input)
		}
		report(err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pingEvery):
		}
	}
}

func (s *Service) tryAdmin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	made, err := s.Accounts.EnsureAdmin(ctx, s.Settings.AdminEmail, s.Settings.AdminPassword)
	if made {
		s.Logger.Info("the first admin was made")
	}
	return err
}

// Admin sets the admin's password again, for one that was lost. All the admin's sessions end.
func Admin(ctx context.Context, s configuration.Settings, out io.Writer) error {
	if s.AdminEmail == "" {
		return errors.New("set admin_email and admin_password (ADMIN_EMAIL, ADMIN_PASSWORD)")
	}
	return onStore(ctx, s, func(ctx context.Context, store persistence.BookingHandler) error {
		if err := accounts.New(store, false).SetAdmin(ctx, s.AdminEmail, s.AdminPassword); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "%s is an admin, with the password that is configured\n", s.AdminEmail)
		return err
	})
}

// Keys does what the arguments say with the keys of access tokens that are kept in the store: "list" them; "rotate",
// which adds a new one, so that nobody notices; or "replace" them all at once, since somebody else may have them.
func Keys(ctx context.Context, s configuration.Settings, out io.Writer, args []string) error {
	actions := map[string]func(context.Context, io.Writer, accounts.KeyStore) error{
		"list": listKeys, "rotate": rotateKeys, "replace": replaceKeys,
	}
	if len(args) != 1 || actions[args[0]] == nil {
		return errors.New("say keys list, keys rotate, or keys replace")
	}
	if s.SigningKey != "" {
		return errors.New("the keys are configured (signing_key), and not those of the store")
	}
	return onStore(ctx, s, func(ctx context.Context, store persistence.BookingHandler) error {
		return actions[args[0]](ctx, out, store)
	})
}

func listKeys(ctx context.Context, out io.Writer, store accounts.KeyStore) error {
	keys, err := accounts.ListKeys(ctx, store)
	if err != nil {
		return err
	}
	for _, k := range keys {
		from := "since its beginning"
		if k.From > 0 {
			from = "from " + time.Unix(k.From, 0).Format(time.RFC3339)
		}
		if _, err := fmt.Fprintf(out, "%s signs %s\n", k.ID(), from); err != nil {
			return err
		}
	}
	return nil
}

func rotateKeys(ctx context.Context, out io.Writer, store accounts.KeyStore) error {
	from, err := accounts.RotateKeys(ctx, store)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "a new key signs from %s; the old ones verify as long as there are tokens of theirs\n",
		from.Format(time.RFC3339))
	return err
}

func replaceKeys(ctx context.Context, out io.Writer, store accounts.KeyStore) error {
	if err := accounts.ReplaceKeys(ctx, store); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "a new key has taken the place of all others, whose tokens end within minutes")
	return err
}

// onStore does something with the store. An embedded one can be reached only while no service runs on it.
func onStore(
	ctx context.Context, s configuration.Settings, do func(context.Context, persistence.BookingHandler) error,
) (err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	store, err := dblayer.OpenBooking(dblayer.FromConfiguration(s, nil))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(ctx, store)
}
