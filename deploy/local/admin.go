package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"

	"myevents/bookingservice/accounts"
	"myevents/lib/configuration"
)

// adminEmail is the first admin's address, unless it is configured.
const adminEmail = "admin@localhost"

// passwordLength is that of passwords that are made here, in characters of 5 random bits each.
const passwordLength = 16

// withAdmin is an environment in which a password alone is enough to configure the admin.
func withAdmin(lookup func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := lookup(name)
		if name == "ADMIN_EMAIL" && value == "" && (isSet(lookup, "ADMIN_PASSWORD") || isSet(lookup, "ADMIN_PASSWORD_FILE")) {
			return adminEmail, true
		}
		return value, ok
	}
}

func isSet(lookup func(string) (string, bool), name string) bool {
	value, _ := lookup(name)
	return value != ""
}

// admin makes the first admin, or sets its password again, and says what there is to be known of it. A password that is
// made here is shown this once.
func (s *system) admin(ctx context.Context, people *accounts.Accounts) (string, error) {
	settings := s.settings[configuration.BookingService]
	email, password, shown := settings.AdminEmail, settings.AdminPassword, "as configured"
	if email == "" {
		email, password = adminEmail, rand.Text()[:passwordLength]
		shown = password
	}
	if s.options.newPassword {
		if err := people.SetAdmin(ctx, email, password); err != nil {
			return "", err
		}
		return fmt.Sprintf("%s, password: %s", email, shown), nil
	}
	made, err := people.EnsureAdmin(ctx, email, password)
	switch {
	case err != nil:
		return "", err
	case made:
		return fmt.Sprintf("%s, password: %s", email, shown), nil
	}
	return fmt.Sprintf("%s, with the password that it has (%s -new-password sets it again)", email, os.Args[0]), nil
}
