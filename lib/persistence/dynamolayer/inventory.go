package dynamolayer

import (
	"context"
	"errors"
	"fmt"

	"myevents/lib/persistence"
)

// errTooMany means that more decisions are to be made at once than a transaction takes.
var errTooMany = fmt.Errorf("a transaction has at most %d items", maxTransaction)

func inventoryKey(event persistence.ID) string { return "inventory#" + event.String() }

// Load implements persistence.InventoryHandler.
func (s *bookingStore) Load(
	ctx context.Context, event persistence.ID, bookings ...persistence.ID,
) (persistence.Snapshot, error) {
	snapshot := persistence.Snapshot{
		EventID: event, Bookings: make(map[persistence.ID]persistence.Booking), Waiting: make(map[persistence.ID]bool),
	}
	found, err := s.client.get(ctx, inventoryKey(event), attrDoc, attrTag)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return snapshot, err
	}
	if err == nil {
		if snapshot.Inventory, err = document[persistence.Inventory](found); err != nil {
			return snapshot, err
		}
		if err := decode(found[attrTag], &snapshot.Tag); err != nil {
			return snapshot, err
		}
	}
	return snapshot, s.loadBookings(ctx, snapshot, bookings)
}

// loadBookings reads the bookings, which must be after the inventory.
func (s *bookingStore) loadBookings(ctx context.Context, into persistence.Snapshot, ids []persistence.ID) error {
	found, err := s.client.getAll(ctx, keysOf(bookingKey, ids), attrDoc, attrWaits)
	if err != nil {
		return err
	}
	for _, i := range found {
		b, err := document[persistence.Booking](i)
		if err != nil {
			return err
		}
		into.Bookings[b.ID] = b
		if i[attrWaits] != nil {
			into.Waiting[b.ID] = true
		}
	}
	return nil
}

// Commit implements persistence.InventoryHandler. It takes 99 bookings at most.
func (s *bookingStore) Commit(ctx context.Context, snapshot persistence.Snapshot, changes []persistence.Change) error {
	if len(changes) == 0 {
		return nil
	}
	inventory := change{
		key: inventoryKey(snapshot.EventID), doc: changes[len(changes)-1].Inventory,
		more: item{attrTag: text(persistence.NewID().String())},
	}
	listEvent(inventory.more, changes[len(changes)-1].Inventory.Event)
	if snapshot.Tag != "" {
		inventory.was = &state{attrTag, snapshot.Tag}
	}
	all := []change{inventory}
	for _, c := range changes {
		var messages []persistence.Message
		if c.Message != nil {
			messages = append(messages, *c.Message)
		}
		if c.Booking == nil {
			all[0].messages = append(all[0].messages, messages...)
			continue
		}
		all = append(all, changeOf(*c.Booking, messages))
	}
	if len(all) > maxTransaction {
		return fmt.Errorf("%w, not %d", errTooMany, len(all))
	}
	return s.client.commit(ctx, all...)
}

// changeOf makes a new booking, or one that replaces the version before it.
func changeOf(b persistence.Booking, messages []persistence.Message) change {
	c := change{key: bookingKey(b.ID), doc: b, messages: messages}
	if b.Version > 1 {
		c.was = &state{attrVersion, b.Version - 1}
		c.more = item{attrSeats: number(b.Seats)}
		return c
	}
	c.more = item{
		attrUser: text(inIndex(b.UserID)), attrEvent: text(inIndex(b.EventID)), attrPlace: text(place(b.Date, b.ID)),
		attrAsked: number(b.Asked), attrSeats: number(b.Seats),
	}
	return c
}

// Availability implements persistence.BookingHandler.
func (s *bookingStore) Availability(ctx context.Context, events ...persistence.ID) ([]persistence.Inventory, error) {
	found, err := s.client.getAll(ctx, keysOf(inventoryKey, events), attrDoc)
	if err != nil {
		return nil, err
	}
	return documentsOf[persistence.Inventory](found)
}

// FindEventCopies implements persistence.BookingHandler.
func (s *bookingStore) FindEventCopies(ctx context.Context, ids ...persistence.ID) ([]persistence.EventCopy, error) {
	inventories, err := s.Availability(ctx, ids...)
	copies := make([]persistence.EventCopy, len(inventories))
	for n, i := range inventories {
		copies[n] = i.Event
	}
	return copies, err
}
