package dynamolayer

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"myevents/lib/persistence"
)

// bookingStore is the booking service's store.
type bookingStore struct{ *store }

func newBookingStore(c *client) *bookingStore {
	return &bookingStore{newStore(c, func(document string) ([]string, error) {
		kind, name, ofEvent := strings.Cut(document, ":")
		if !ofEvent {
			name = kind
		}
		id, err := persistence.ParseID(name)
		if ofEvent {
			return []string{inventoryKey(id)}, err
		}
		return []string{bookingKey(id)}, err
	})}
}

func bookingKey(id persistence.ID) string  { return "booking#" + id.String() }
func locationKey(id persistence.ID) string { return "location#" + id.String() }

// keysOf gives the keys of many.
func keysOf(keyOf func(persistence.ID) string, ids []persistence.ID) []string {
	keys := make([]string, len(ids))
	for n, id := range ids {
		keys[n] = keyOf(id)
	}
	return keys
}

// FindBooking implements persistence.BookingHandler.
func (s *bookingStore) FindBooking(ctx context.Context, id persistence.ID) (b persistence.Booking, err error) {
	found, err := s.client.get(ctx, bookingKey(id), attrDoc)
	if err != nil {
		return b, err
	}
	return document[persistence.Booking](found)
}

// FindBookings implements persistence.BookingHandler. The index may lag behind; the bookings are as they are now.
func (s *bookingStore) FindBookings(
	ctx context.Context, users []persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	names := make([]string, len(users))
	for n, user := range users {
		names[n] = inIndex(user)
	}
	return listed[persistence.Booking](ctx, s.client, list{userIndex, attrUser, attrPlace}, names, p)
}

// SaveLocation implements persistence.BookingHandler.
func (s *bookingStore) SaveLocation(ctx context.Context, l persistence.Location) error {
	version := expression.Name(attrVersion)
	older := version.AttributeNotExists().Or(version.LessThan(expression.Value(l.Version)))
	save := expression.Set(expression.Name(attrDoc), expression.Value(encode(l)))
	err := s.client.update(ctx, locationKey(l.ID), save, older)
	if errors.Is(err, persistence.ErrConflict) { // what is there is not older
		return nil
	}
	return err
}

// FindLocations implements persistence.BookingHandler.
func (s *bookingStore) FindLocations(ctx context.Context, ids ...persistence.ID) ([]persistence.Location, error) {
	found, err := s.client.getAll(ctx, keysOf(locationKey, ids), attrDoc)
	if err != nil {
		return nil, err
	}
	return documentsOf[persistence.Location](found)
}
