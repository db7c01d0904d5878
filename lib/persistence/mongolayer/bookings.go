package mongolayer

import (
	"context"
	"strings"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// bookingStore is the booking service's store.
type bookingStore struct{ *store }

func newBookingStore(c *client) *bookingStore {
	ofEvent := func(message string) bool { return strings.Count(message, ":") > 1 }
	ofBooking := func(message string) bool { return !ofEvent(message) }
	return &bookingStore{newStore(c, source{"bookings", ofBooking}, source{"inventories", ofEvent})}
}

// booking has the names of the book's documents, and ours.
type booking struct {
	ID          objectID `bson:"_id"`
	bookingBody `bson:",inline"`
	Outbox      []message `bson:"outbox"`
}

type bookingBody struct {
	EventID objectID `bson:"eventid"`
	UserID  objectID `bson:"userid"`
	Seats   int64    `bson:"seats"`
	Asked   int64    `bson:"asked"`
	Date    int64    `bson:"date"`
	Version int64    `bson:"version"`
	Reason  string   `bson:"reason"`
}

func packBooking(b persistence.Booking) bookingBody {
	return bookingBody{
		EventID: objectID(b.EventID), UserID: objectID(b.UserID),
		Seats: b.Seats, Asked: b.Asked, Date: b.Date, Version: b.Version, Reason: b.Reason,
	}
}

func (b booking) unpack() persistence.Booking {
	if b.Version == 0 { // the book's
		b.Version, b.Asked = 1, b.Seats
	}
	return persistence.Booking{
		ID: persistence.ID(b.ID), EventID: persistence.ID(b.EventID), UserID: persistence.ID(b.UserID),
		Seats: b.Seats, Asked: b.Asked, Date: b.Date, Version: b.Version, Reason: b.Reason,
	}
}

// bookings reads all that a selector finds, in no order.
func (s *bookingStore) bookings(ctx context.Context, selector bson.M) ([]booking, error) {
	return readAll[booking](ctx, s.client, func(db *mgo.Database) cursor { return db.C("bookings").Find(selector) })
}

// Pending implements persistence.Outbox.
func (s *bookingStore) Pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	if err := s.settleLeft(ctx); err != nil {
		return nil, notDone(err)
	}
	return s.store.Pending(ctx, limit)
}

// Backlog implements persistence.Outbox. The messages of ops wait, too.
func (s *bookingStore) Backlog(ctx context.Context) (persistence.Backlog, error) {
	b, err := s.store.Backlog(ctx)
	if err == nil {
		err = s.outbox.count(ctx, "inventories", "ops", "ops.key", "ops.message.time", &b)
	}
	return b, err
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
func (s *bookingStore) Availability(ctx context.Context, events ...persistence.ID) ([]persistence.Inventory, error) {
	found, err := readAll[inventory](ctx, s.client, func(db *mgo.Database) cursor {
		query := db.C("inventories").Find(bson.M{"_id": bson.M{"$in": objectIDs(events)}})
		return query.Select(bson.M{"ops": 0, "outbox": 0})
	})
	return unpackInventories(found), err
}

// FindBooking implements persistence.BookingHandler.
func (s *bookingStore) FindBooking(ctx context.Context, id persistence.ID) (persistence.Booking, error) {
	found, err := readOne[booking](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("bookings").FindId(objectID(id)).Select(withoutOutbox())
	})
	if err != nil {
		return persistence.Booking{}, err
	}
	return found.unpack(), nil
}

// FindBookings implements persistence.BookingHandler.
func (s *bookingStore) FindBookings(
	ctx context.Context, users []persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	return s.listBookings(ctx, bson.M{"userid": bson.M{"$in": objectIDs(users)}}, p)
}

// listBookings reads a page of the bookings that a selector finds.
func (s *bookingStore) listBookings(
	ctx context.Context, selector bson.M, p persistence.Page,
) ([]persistence.Booking, error) {
	found, err := readPage[booking](ctx, s.client, "bookings", selector, "date", p)
	bookings := make([]persistence.Booking, len(found))
	for n, b := range found {
		bookings[n] = b.unpack()
	}
	return bookings, err
}

// readPage reads a page of the documents that a selector finds, by a date and their IDs, the newest first.
func readPage[D any](
	ctx context.Context, c *client, collection string, selector bson.M, date string, p persistence.Page,
) ([]D, error) {
	if p.Limit <= 0 {
		return nil, nil
	}
	if !p.BeforeID.IsZero() {
		selector[date] = bson.M{"$lte": p.BeforeDate} // where in its index MongoDB begins
		selector["$or"] = []bson.M{{date: bson.M{"$lt": p.BeforeDate}}, {"_id": bson.M{"$lt": objectID(p.BeforeID)}}}
	}
	return readAll[D](ctx, c, func(db *mgo.Database) cursor {
		query := db.C(collection).Find(selector).Select(bson.M{"outbox": 0, "ops": 0})
		return query.Sort("-"+date, "-_id").Limit(p.Limit)
	})
}

// SaveLocation implements persistence.BookingHandler.
func (s *bookingStore) SaveLocation(ctx context.Context, l persistence.Location) error {
	err := write(ctx, s.client, func(db *mgo.Database) error {
		b := db.C("locations").Bulk() // mgo's Upsert would try again
		b.Upsert(bson.M{"_id": objectID(l.ID), "version": bson.M{"$lt": l.Version}}, bson.M{"$set": packLocation(l)})
		_, err := b.Run()
		return err
	})
	if duplicates(err) { // what is there is not older
		return nil
	}
	return err
}

// FindLocations implements persistence.BookingHandler.
func (s *bookingStore) FindLocations(ctx context.Context, ids ...persistence.ID) ([]persistence.Location, error) {
	found, err := readAll[location](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("locations").Find(bson.M{"_id": bson.M{"$in": objectIDs(ids)}})
	})
	locations := make([]persistence.Location, len(found))
	for n, l := range found {
		l.Version = versionOf(l.Version)
		locations[n] = l.unpack()
	}
	return locations, err
}

// AdoptGuest implements persistence.SessionHandler.
func (s *bookingStore) AdoptGuest(ctx context.Context, user, guest persistence.ID) error {
	for {
		err := write(ctx, s.client, func(db *mgo.Database) error {
			return db.C("owners").Insert(bson.M{"_id": objectID(guest), "userid": objectID(user)})
		})
		if !duplicates(err) {
			return err
		}
		owners, err := s.OwnersOf(ctx, guest)
		owner, ok := owners[guest]
		switch {
		case err != nil:
			return err
		case owner == user:
			return nil
		case ok: // or the majority does not have it yet
			return persistence.ErrExists
		}
	}
}

// adoption says whose a guest is.
type adoption struct {
	Guest objectID `bson:"_id"`
	User  objectID `bson:"userid"`
}

// GuestsOf implements persistence.SessionHandler.
func (s *bookingStore) GuestsOf(ctx context.Context, users ...persistence.ID) ([]persistence.ID, error) {
	found, err := s.adoptions(ctx, "userid", users)
	guests := make([]persistence.ID, len(found))
	for n, a := range found {
		guests[n] = persistence.ID(a.Guest)
	}
	return guests, err
}

// OwnersOf implements persistence.SessionHandler.
func (s *bookingStore) OwnersOf(
	ctx context.Context, guests ...persistence.ID,
) (map[persistence.ID]persistence.ID, error) {
	found, err := s.adoptions(ctx, "_id", guests)
	owners := make(map[persistence.ID]persistence.ID, len(found))
	for _, a := range found {
		owners[persistence.ID(a.Guest)] = persistence.ID(a.User)
	}
	return owners, err
}

func (s *bookingStore) adoptions(ctx context.Context, field string, ids []persistence.ID) ([]adoption, error) {
	return readAll[adoption](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("owners").Find(bson.M{field: bson.M{"$in": objectIDs(ids)}})
	})
}
