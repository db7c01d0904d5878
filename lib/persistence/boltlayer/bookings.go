package boltlayer

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// The buckets of the booking service's store.
const (
	inventoryBucket = "inventories"
	bookingBucket   = "bookings"
	byUserBucket    = "bookings_by_user"  // user, date, booking
	byEventBucket   = "bookings_by_event" // event, date, booking -> seats asked for and held
	byStartBucket   = "events_by_start"   // organiser (zero: all), start, event
	locationBucket  = "locations"
	sessionBucket   = "sessions"
	expiryBucket    = "sessions_by_expiry" // expiry, session
	heldBucket      = "sessions_by_user"   // user, session
	ownerBucket     = "owners"             // guest -> user
	guestBucket     = "guests"             // user, guest
	userBucket      = "users"
	emailBucket     = "users_by_email" // EmailKey -> user
)

// bookingStore is the booking service's store.
type bookingStore struct{ *store }

// OpenBookings opens the booking service's store in a file, or makes it. observe may be nil. The errors are those of
// boltfile.Open.
func OpenBookings(path string, observe persistence.Observer) (persistence.BookingHandler, error) {
	s, err := open(path, boltfile.Layout{
		Kind: "bookings", Schema: 3, Upgrade: upgradeBookings, Buckets: []string{
			inventoryBucket, bookingBucket, byUserBucket, byEventBucket, byStartBucket, locationBucket, sessionBucket,
			expiryBucket, heldBucket, ownerBucket, guestBucket, userBucket, emailBucket,
		},
	}, observe)
	if err != nil {
		return nil, err
	}
	return &bookingStore{store: s}, nil
}

// upgradeBookings brings a file of any earlier schema to this one.
func upgradeBookings(tx *boltfile.Tx) error {
	if err := indexEvents(tx); err != nil {
		return err
	}
	return packOutbox(tx)
}

// inventory is the stored form of an inventory: Revision, counted up by every commit, is its tag.
type inventory struct {
	Revision uint64 `json:"revision"`
	persistence.Inventory
}

func (i inventory) tag() string { return strconv.FormatUint(i.Revision, 10) }

func readInventory(tx *bolt.Tx, event persistence.ID) (i inventory, err error) {
	if err = get(tx, inventoryBucket, event[:], &i); errors.Is(err, persistence.ErrNotFound) {
		err = nil
	}
	return i, err
}

// Load implements persistence.InventoryHandler.
func (s *bookingStore) Load(
	ctx context.Context, event persistence.ID, bookings ...persistence.ID,
) (persistence.Snapshot, error) {
	snapshot := persistence.Snapshot{
		EventID: event, Bookings: make(map[persistence.ID]persistence.Booking), Waiting: make(map[persistence.ID]bool),
	}
	err := s.view(ctx, func(tx *bolt.Tx) error {
		i, err := readInventory(tx, event)
		if err != nil {
			return err
		}
		snapshot.Inventory, snapshot.Tag = i.Inventory, i.tag()
		found, err := getAll[persistence.Booking](tx, bookingBucket, bookings)
		for _, b := range found {
			snapshot.Bookings[b.ID] = b
			if waits(tx, b.ID.String()) {
				snapshot.Waiting[b.ID] = true
			}
		}
		return err
	})
	return snapshot, err
}

// Commit implements persistence.InventoryHandler.
func (s *bookingStore) Commit(ctx context.Context, snapshot persistence.Snapshot, changes []persistence.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return s.update(ctx, func(tx *boltfile.Tx) error {
		i, err := readInventory(tx.Tx, snapshot.EventID)
		if err != nil {
			return err
		}
		if i.tag() != snapshot.Tag {
			return persistence.ErrConflict
		}
		for _, c := range changes {
			if err := checkVersion(tx, c.Booking); err != nil {
				return err
			}
		}
		was := i.Event
		i.Revision++
		i.Inventory = changes[len(changes)-1].Inventory
		placeEvent(tx, was, i.Event)
		if err := put(tx, inventoryBucket, snapshot.EventID[:], i); err != nil {
			return err
		}
		return apply(tx, changes)
	})
}

// checkVersion makes sure that a change follows on the booking that is there.
func checkVersion(tx *boltfile.Tx, b *persistence.Booking) error {
	if b == nil {
		return nil
	}
	var have persistence.Booking
	err := get(tx.Tx, bookingBucket, b.ID[:], &have)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return err
	}
	if have.Version != b.Version-1 {
		return persistence.ErrConflict
	}
	return nil
}

func apply(tx *boltfile.Tx, changes []persistence.Change) error {
	for _, c := range changes {
		if b := c.Booking; b != nil {
			if err := put(tx, bookingBucket, b.ID[:], b); err != nil {
				return err
			}
			if b.Version == 1 {
				tx.Put(byUserBucket, placeKey(b.UserID, b.Date, b.ID), nil)
			}
			tx.Put(byEventBucket, placeKey(b.EventID, b.Date, b.ID), seatsValue(*b))
		}
		if c.Message != nil {
			send(tx, *c.Message)
		}
	}
	return nil
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

// Availability implements persistence.BookingHandler.
func (s *bookingStore) Availability(
	ctx context.Context, events ...persistence.ID,
) (found []persistence.Inventory, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		found, err = getAll[persistence.Inventory](tx, inventoryBucket, events)
		return err
	})
	return found, err
}

// FindBooking implements persistence.BookingHandler.
func (s *bookingStore) FindBooking(ctx context.Context, id persistence.ID) (b persistence.Booking, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error { return get(tx, bookingBucket, id[:], &b) })
	return b, err
}

// FindBookings implements persistence.BookingHandler.
func (s *bookingStore) FindBookings(
	ctx context.Context, users []persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	return listed[persistence.Booking](ctx, s.store, bookingBucket, byUserBucket, users, p)
}

// listed reads a page of the documents that a list has under several owners together.
func listed[T any](
	ctx context.Context, s *store, bucket, list string, owners []persistence.ID, p persistence.Page,
) (found []T, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		var places [][]byte // date and document, which sort as the page does
		for _, owner := range owners {
			places = append(places, placesOf(tx, list, owner, p)...)
		}
		slices.SortFunc(places, func(a, b []byte) int { return slices.Compare(b, a) })
		places = places[:min(len(places), p.Limit)]
		ids := make([]persistence.ID, len(places))
		for n, place := range places {
			ids[n] = persistence.ID(place[8:])
		}
		found, err = getAll[T](tx, bucket, ids)
		return err
	})
	return found, err
}

// placesOf reads up to a page of the places that a list has under one owner, the newest first.
func placesOf(tx *bolt.Tx, list string, owner persistence.ID, p persistence.Page) [][]byte {
	c := tx.Bucket([]byte(list)).Cursor()
	end := append(slices.Clone(owner[:]), slices.Repeat([]byte{0xff}, 21)...)
	if !p.BeforeID.IsZero() {
		end = placeKey(owner, p.BeforeDate, p.BeforeID)
	}
	key, _ := c.Seek(end)
	if key == nil {
		key, _ = c.Last()
	} else {
		key, _ = c.Prev()
	}
	var places [][]byte
	for ; key != nil && len(places) < p.Limit && persistence.ID(key[:12]) == owner; key, _ = c.Prev() {
		places = append(places, key[12:])
	}
	return places
}

func placeKey(owner persistence.ID, date int64, document persistence.ID) []byte {
	return slices.Concat(owner[:], dateKey(date), document[:])
}

// dateKey sorts as dates do, which are never negative.
func dateKey(date int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(max(0, date))) }

// SaveLocation implements persistence.BookingHandler.
func (s *bookingStore) SaveLocation(ctx context.Context, l persistence.Location) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		var have persistence.Location
		err := get(tx.Tx, locationBucket, l.ID[:], &have)
		if err != nil && !errors.Is(err, persistence.ErrNotFound) {
			return err
		}
		if l.Version <= have.Version {
			return nil
		}
		return put(tx, locationBucket, l.ID[:], l)
	})
}

// FindLocations implements persistence.BookingHandler.
func (s *bookingStore) FindLocations(
	ctx context.Context, ids ...persistence.ID,
) (found []persistence.Location, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		found, err = getAll[persistence.Location](tx, locationBucket, ids)
		return err
	})
	return found, err
}
