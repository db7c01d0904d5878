package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"myevents/lib/persistence"
)

// Names gives the IDs and codes that follow from the secret.
type Names struct{ secret []byte }

// Names gets the secret, if need be from the store.
func (a *Accounts) Names(ctx context.Context) (Names, error) {
	s, err := a.load(ctx)
	if err != nil {
		return Names{}, err
	}
	return Names{s.names}, nil
}

// Guest is the guest that somebody without a session is by an idempotency key.
func (n Names) Guest(key string) persistence.ID { return n.id("guest", key) }

// Booking is the ID of the booking that is made with an idempotency key.
func (n Names) Booking(event persistence.ID, key string) persistence.ID {
	return n.id("booking", event.String(), key)
}

// Ticket is the secret part of a ticket's link.
func (n Names) Ticket(booking persistence.ID) string {
	return base64.RawURLEncoding.EncodeToString(n.hash("ticket", booking.String())[:18])
}

// IsTicket says whether the code is the secret part of the ticket's link.
func (n Names) IsTicket(booking persistence.ID, code string) bool {
	return subtle.ConstantTimeCompare([]byte(n.Ticket(booking)), []byte(code)) == 1
}

// nextSecret is the one that replaces a session's secret. It follows from the one that it replaces, so that whoever
// refreshes at the same moment, or did not get the answer, is given the same; without the service's own secret nobody
// finds it.
func (n Names) nextSecret(session persistence.ID, secret []byte) []byte {
	return n.hash("refresh", session.String(), string(secret))
}

func (n Names) id(parts ...string) persistence.ID { return persistence.ID(n.hash(parts...)[:12]) }

func (n Names) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, n.secret)
	for _, part := range parts {
		_, _ = h.Write([]byte(part + "\x00")) // a hash takes everything
	}
	return h.Sum(nil)
}
