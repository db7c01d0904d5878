package mongolayer

import (
	"context"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// FindBookingsOfEvent implements persistence.OrganiserHandler.
func (s *bookingStore) FindBookingsOfEvent(
	ctx context.Context, event persistence.ID, p persistence.Page,
) ([]persistence.Booking, error) {
	return s.listBookings(ctx, bson.M{"eventid": objectID(event)}, p)
}

// FindInventories implements persistence.OrganiserHandler.
func (s *bookingStore) FindInventories(
	ctx context.Context, organiser persistence.ID, p persistence.Page,
) ([]persistence.Inventory, error) {
	selector := bson.M{}
	if !organiser.IsZero() {
		selector["event.organiserid"] = objectID(organiser)
	}
	found, err := readPage[inventory](ctx, s.client, "inventories", selector, "event.startdate", p)
	return unpackInventories(found), err
}

// sale is a sum that MongoDB has made.
type sale struct {
	ID struct {
		Event objectID `bson:"event"`
		Start int64    `bson:"start"`
	} `bson:"_id"`
	Bookings int64 `bson:"bookings"`
	Asked    int64 `bson:"asked"`
	Seats    int64 `bson:"seats"`
}

// Sales implements persistence.OrganiserHandler. MongoDB does the sums, from the index alone.
func (s *bookingStore) Sales(ctx context.Context, events ...persistence.ID) ([]persistence.Sale, error) {
	start := bson.M{"$subtract": []any{"$date", bson.M{"$mod": []any{"$date", persistence.SalePeriod}}}}
	asked := bson.M{"$ifNull": []any{"$asked", "$seats"}} // the book's bookings have but seats
	found, err := readAll[sale](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("bookings").Pipe([]bson.M{
			{"$match": bson.M{"eventid": bson.M{"$in": objectIDs(events)}}},
			{"$group": bson.M{
				"_id":      bson.M{"event": "$eventid", "start": start},
				"bookings": bson.M{"$sum": 1}, "asked": bson.M{"$sum": asked}, "seats": bson.M{"$sum": "$seats"},
			}},
		})
	})
	sales := make([]persistence.Sale, len(found))
	for n, f := range found {
		sales[n] = persistence.Sale{
			EventID: persistence.ID(f.ID.Event), Start: f.ID.Start, Bookings: f.Bookings, Asked: f.Asked, Seats: f.Seats,
		}
	}
	return sales, err
}
