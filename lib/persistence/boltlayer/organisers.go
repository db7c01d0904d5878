package boltlayer

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// FindBookingsOfEvent implements persistence.OrganiserHandler.
func (s *bookingStore) FindBookingsOfEvent(
	ctx context.Context, event persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	return listed[persistence.Booking](ctx, s.store, bookingBucket, byEventBucket, []persistence.ID{event}, p)
}

// FindInventories implements persistence.OrganiserHandler.
func (s *bookingStore) FindInventories(
	ctx context.Context, organiser persistence.ID, p persistence.Page,
) ([]persistence.Inventory, error) {
	return listed[persistence.Inventory](ctx, s.store, inventoryBucket, byStartBucket, []persistence.ID{organiser}, p)
}

// Sales implements persistence.OrganiserHandler. It reads but the list of an event, which has all that is summed up.
func (s *bookingStore) Sales(ctx context.Context, events ...persistence.ID) (sales []persistence.Sale, err error) {
	for _, event := range events { // in transactions of their own, so that none lasts long
		err := s.view(ctx, func(tx *bolt.Tx) error {
			sales, err = addSales(tx, event, sales)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return sales, nil
}

// addSales sums up an event's bookings, which come by date.
func addSales(tx *bolt.Tx, event persistence.ID, sales []persistence.Sale) ([]persistence.Sale, error) {
	c := tx.Bucket([]byte(byEventBucket)).Cursor()
	now := persistence.Sale{EventID: event}
	for key, value := c.Seek(event[:]); bytes.HasPrefix(key, event[:]); key, value = c.Next() {
		if len(value) != 16 {
			return nil, fmt.Errorf("%w: the seats of a booking have %d bytes", boltfile.ErrDamaged, len(value))
		}
		date := number(key[len(event):])
		if start := date - date%persistence.SalePeriod; start != now.Start {
			sales = addSale(sales, now)
			now = persistence.Sale{EventID: event, Start: start}
		}
		now.Bookings++
		now.Asked += number(value)
		now.Seats += number(value[8:])
	}
	return addSale(sales, now), nil
}

func addSale(sales []persistence.Sale, s persistence.Sale) []persistence.Sale {
	if s.Bookings == 0 {
		return sales
	}
	return append(sales, s)
}

func seatsValue(b persistence.Booking) []byte { return append(dateKey(b.Asked), dateKey(b.Seats)...) }

// number is the inverse of dateKey.
func number(key []byte) int64 {
	return int64(binary.BigEndian.Uint64(key)) //nolint:gosec // written by dateKey
}

// placeEvent puts an event that is new, or has another start or organiser, where the lists have it.
func placeEvent(tx *boltfile.Tx, was, e persistence.EventCopy) {
	if was.ID == e.ID && was.StartDate == e.StartDate && was.OrganiserID == e.OrganiserID {
		return
	}
	for _, organiser := range []persistence.ID{{}, was.OrganiserID} {
		tx.Delete(byStartBucket, placeKey(organiser, was.StartDate, was.ID))
	}
	for _, organiser := range []persistence.ID{{}, e.OrganiserID} {
		tx.Put(byStartBucket, placeKey(organiser, e.StartDate, e.ID), nil)
	}
}

// indexEvents makes the lists of organisers for what was stored before there were any.
func indexEvents(tx *boltfile.Tx) error {
	err := tx.Bucket([]byte(bookingBucket)).ForEach(func(_, value []byte) error {
		var b persistence.Booking
		if err := decode(value, &b); err != nil {
			return err
		}
		tx.Put(byEventBucket, placeKey(b.EventID, b.Date, b.ID), seatsValue(b))
		return nil
	})
	if err != nil {
		return err
	}
	return tx.Bucket([]byte(inventoryBucket)).ForEach(func(_, value []byte) error {
		var i inventory
		if err := decode(value, &i); err != nil {
			return err
		}
		placeEvent(tx, persistence.EventCopy{}, i.Event)
		return nil
	})
}
