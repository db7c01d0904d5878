package mongolayer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// inventory is the one document in which all decisions about an event are made.
type inventory struct {
	ID            objectID `bson:"_id"`
	inventoryBody `bson:",inline"`
	// Ops are decisions that are not yet in their bookings' documents: of each booking one at most.
	Ops    []op      `bson:"ops"`
	Outbox []message `bson:"outbox"`
}

// inventoryBody is what a commit replaces.
type inventoryBody struct {
	// Tag is new with every commit.
	Tag      objectID  `bson:"tag"`
	Booked   int64     `bson:"booked"`
	Sequence int64     `bson:"sequence"`
	Event    eventCopy `bson:"event"`
}

type eventCopy struct {
	Name        string   `bson:"name"`
	StartDate   int64    `bson:"startdate"`
	EndDate     int64    `bson:"enddate"`
	LocationID  objectID `bson:"locationid"`
	OrganiserID objectID `bson:"organiserid"`
	Capacity    int64    `bson:"capacity"`
	Cancelled   bool     `bson:"cancelled"`
	Moved       int64    `bson:"moved"`
	Version     int64    `bson:"version"`
}

// op is a decision about a booking, complete: the booking as it is to become, and the message that tells of it.
type op struct {
	Key     string      `bson:"key"`
	Booking bookingBody `bson:"booking"`
	ID      objectID    `bson:"id"`
	Message *message    `bson:"message"`
}

func packInventory(i persistence.Inventory, tag objectID) inventoryBody {
	e := i.Event
	return inventoryBody{Tag: tag, Booked: i.Booked, Sequence: i.Sequence, Event: eventCopy{
		Name: e.Name, StartDate: e.StartDate, EndDate: e.EndDate, LocationID: objectID(e.LocationID),
		OrganiserID: objectID(e.OrganiserID), Capacity: int64(e.Capacity), Cancelled: e.Cancelled, Moved: e.Moved,
		Version: e.Version,
	}}
}

func (i inventory) unpack() persistence.Inventory {
	e := i.Event
	return persistence.Inventory{Booked: i.Booked, Sequence: i.Sequence, Event: persistence.EventCopy{
		ID: persistence.ID(i.ID), Name: e.Name, StartDate: e.StartDate, EndDate: e.EndDate,
		LocationID: persistence.ID(e.LocationID), OrganiserID: persistence.ID(e.OrganiserID),
		Capacity: persistence.Capacity(e.Capacity), Cancelled: e.Cancelled, Moved: e.Moved, Version: e.Version,
	}}
}

func unpackInventories(found []inventory) []persistence.Inventory {
	inventories := make([]persistence.Inventory, len(found))
	for n, i := range found {
		inventories[n] = i.unpack()
	}
	return inventories
}

// Load implements persistence.InventoryHandler. Where the inventory has ops of the bookings asked for, it brings them
// to their end and looks again.
func (s *bookingStore) Load(
	ctx context.Context, event persistence.ID, bookings ...persistence.ID,
) (persistence.Snapshot, error) {
	for {
		i, err := s.findInventory(ctx, event)
		if err != nil {
			return persistence.Snapshot{}, err
		}
		if i.concerns(bookings) {
			if err := s.settle(ctx, i.ID, i.Ops); err != nil {
				return persistence.Snapshot{}, notDone(err)
			}
			continue
		}
		return s.snapshot(ctx, event, i, bookings)
	}
}

// notDone is for what is tried before anything is decided: nothing that the caller asked for has happened.
func notDone(err error) error {
	if errors.Is(err, persistence.ErrUnknown) {
		return fmt.Errorf("%w: %w", persistence.ErrUnavailable, errors.Unwrap(err))
	}
	return err
}

// findInventory answers with an empty one where the event is unknown.
func (s *bookingStore) findInventory(ctx context.Context, event persistence.ID) (inventory, error) {
	i, err := readOne[inventory](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("inventories").FindId(objectID(event)).Select(withoutOutbox())
	})
	if errors.Is(err, persistence.ErrNotFound) {
		err = nil
	}
	return i, err
}

func (i inventory) concerns(bookings []persistence.ID) bool {
	return slices.ContainsFunc(i.Ops, func(o op) bool { return slices.Contains(bookings, persistence.ID(o.ID)) })
}

// snapshot reads the bookings, which must be after the inventory.
func (s *bookingStore) snapshot(
	ctx context.Context, event persistence.ID, i inventory, bookings []persistence.ID,
) (persistence.Snapshot, error) {
	snapshot := persistence.Snapshot{
		EventID: event, Bookings: make(map[persistence.ID]persistence.Booking), Waiting: make(map[persistence.ID]bool),
	}
	if i.ID == objectID(event) {
		snapshot.Inventory, snapshot.Tag = i.unpack(), hex.EncodeToString(i.Tag[:])
	}
	if len(bookings) == 0 {
		return snapshot, nil
	}
	found, err := s.bookings(ctx, bson.M{"_id": bson.M{"$in": objectIDs(bookings)}})
	for _, b := range found {
		id := persistence.ID(b.ID)
		snapshot.Bookings[id] = b.unpack()
		if len(b.Outbox) > 0 {
			snapshot.Waiting[id] = true
		}
	}
	return snapshot, err
}

// Commit implements persistence.InventoryHandler. When the decisions are made it brings them to their bookings, as far
// as the time allows; the others who do so, Load and Pending, would find them.
func (s *bookingStore) Commit(ctx context.Context, snapshot persistence.Snapshot, changes []persistence.Change) error {
	if len(changes) == 0 {
		return nil
	}
	var tag persistence.ID
	if snapshot.Tag != "" {
		var err error
		if tag, err = persistence.ParseID(snapshot.Tag); err != nil {
			return err
		}
	}
	event := objectID(snapshot.EventID)
	body := packInventory(changes[len(changes)-1].Inventory, objectID(persistence.NewID()))
	ops, messages := split(changes)
	err := write(ctx, s.client, func(db *mgo.Database) error {
		c := db.C("inventories")
		if tag.IsZero() {
			return c.Insert(inventory{ID: event, inventoryBody: body, Ops: ops, Outbox: messages})
		}
		return orConflict(c.Update(bson.M{"_id": event, "tag": objectID(tag)}, bson.M{
			"$set": body, "$push": bson.M{"ops": bson.M{"$each": ops}, "outbox": bson.M{"$each": messages}},
		}))
	})
	if duplicates(err) {
		return persistence.ErrConflict
	}
	if err == nil {
		_ = s.settle(ctx, event, ops) // the decisions count, whatever becomes of this attempt
	}
	return err
}

// split gives the ops of the bookings, and the messages about the event itself.
func split(changes []persistence.Change) (ops []op, messages []message) {
	ops, messages = []op{}, []message{}
	for _, c := range changes {
		var m *message
		if c.Message != nil {
			packed := packMessage(*c.Message)
			m = &packed
		}
		switch {
		case c.Booking != nil:
			ops = append(ops, op{
				Key: persistence.MessageID(c.Booking.ID.String(), c.Booking.Version),
				ID:  objectID(c.Booking.ID), Booking: packBooking(*c.Booking), Message: m,
			})
		case m != nil:
			messages = append(messages, *m)
		}
	}
	return ops, messages
}

// settle brings ops to their bookings and then removes them from the inventory. Anyone may do it, also twice and long
// after: a booking that is there, or is of another version than the op expects, has seen the op.
func (s *bookingStore) settle(ctx context.Context, event objectID, ops []op) error {
	if len(ops) == 0 {
		return nil
	}
	var made []any
	var changes []any // pairs of selector and update
	keys := make([]string, len(ops))
	for n, o := range ops {
		keys[n] = o.Key
		if o.Booking.Version == 1 {
			made = append(made, booking{ID: o.ID, bookingBody: o.Booking, Outbox: o.messages()})
		} else {
			changes = append(changes, bson.M{"_id": o.ID, "version": isVersion(o.Booking.Version - 1)}, o.update())
		}
	}
	if err := s.insertBookings(ctx, made); err != nil {
		return err
	}
	if err := s.updateBookings(ctx, changes); err != nil {
		return err
	}
	return write(ctx, s.client, func(db *mgo.Database) error {
		err := db.C("inventories").UpdateId(event, bson.M{"$pull": bson.M{"ops": bson.M{"key": bson.M{"$in": keys}}}})
		if errors.Is(err, mgo.ErrNotFound) {
			return nil
		}
		return err
	})
}

func (o op) messages() []message {
	if o.Message == nil {
		return []message{}
	}
	return []message{*o.Message}
}

func (o op) update() bson.M {
	return bson.M{
		"$set":  bson.M{"seats": o.Booking.Seats, "version": o.Booking.Version, "reason": o.Booking.Reason},
		"$push": bson.M{"outbox": bson.M{"$each": o.messages()}},
	}
}

func (s *bookingStore) insertBookings(ctx context.Context, made []any) error {
	if len(made) == 0 {
		return nil
	}
	err := write(ctx, s.client, func(db *mgo.Database) error {
		b := db.C("bookings").Bulk()
		b.Unordered() // one that is there already keeps none of the others out
		b.Insert(made...)
		_, err := b.Run()
		return err
	})
	if duplicates(err) {
		return nil
	}
	return err
}

func (s *bookingStore) updateBookings(ctx context.Context, changes []any) error {
	if len(changes) == 0 {
		return nil
	}
	return write(ctx, s.client, func(db *mgo.Database) error {
		b := db.C("bookings").Bulk()
		b.Unordered()
		b.Update(changes...)
		_, err := b.Run()
		return err
	})
}

// maxLeft is how many inventories with ops one call of Pending settles.
const maxLeft = 100

// settleLeft settles what others have left.
func (s *bookingStore) settleLeft(ctx context.Context) error {
	left, err := readAll[inventory](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("inventories").Find(bson.M{"ops.key": bson.M{"$exists": true}}).Select(bson.M{"ops": 1}).Limit(maxLeft)
	})
	for _, i := range left {
		if err == nil {
			err = s.settle(ctx, i.ID, i.Ops)
		}
	}
	return err
}
