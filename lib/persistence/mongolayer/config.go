// Package mongolayer keeps the documents of a service in MongoDB, through mgo.v2. A state change and its message are
// one write of one document; what is acknowledged rests on a majority of the replica set, and on the journal.
//
// An inventory is a document with its decisions that are not yet in their bookings' own documents (ops); Load, Commit
// and Pending bring them there. The protocol is that of persistence.InventoryHandler: a commit is one conditional
// update on the tag that was read.
package mongolayer

import (
	"net"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer/wire"
)

// The databases that are used where the connection string names none.
const (
	eventDatabase   = "myevents"
	bookingDatabase = "myevents_bookings"
)

// Config says where the database is.
type Config struct {
	// URL is a connection string, mongodb:// or mongodb+srv://; see wire.Parse.
	URL string
	// Resolver looks up mongodb+srv:// names; nil is that of the system.
	Resolver wire.Resolver
	// Observe, if not nil, is told of every command: its name in lower case, how long its answer took, and what went
	// wrong.
	Observe persistence.Observer
}

// OpenEvents opens the event service's store. It does not wait for the server, which is connected to when it is needed
// and as often as needed; a connection string that is of no use is an error.
func OpenEvents(c Config) (persistence.DatabaseHandler, error) {
	cl, err := c.client(eventDatabase, eventIndexes())
	if err != nil {
		return nil, err
	}
	return newEventStore(cl), nil
}

// OpenBookings opens the booking service's store; see OpenEvents.
func OpenBookings(c Config) (persistence.BookingHandler, error) {
	cl, err := c.client(bookingDatabase, bookingIndexes())
	if err != nil {
		return nil, err
	}
	return newBookingStore(cl), nil
}

func (c Config) client(database string, indexes []index) (*client, error) {
	target, err := wire.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	if target.Database != "" {
		database = target.Database
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	return newClient(target, c, database, indexes), nil
}
