// Package dblayer opens a service's store by the name of its kind. Only the two service packages import it.
package dblayer

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	"myevents/lib/persistence/mongolayer"
)

// ErrUnknownKind means that there is no store of this kind.
var ErrUnknownKind = errors.New("unknown kind of database")

// kind opens the stores of one kind of database.
type kind struct {
	database func(connection string, observe persistence.Observer) (persistence.DatabaseHandler, error)
	booking  func(connection string, observe persistence.Observer) (persistence.BookingHandler, error)
}

func kinds() map[string]kind {
	return map[string]kind{
		"bolt": {
			database: func(directory string, observe persistence.Observer) (persistence.DatabaseHandler, error) {
				return inDirectory(directory, "events.db", observe, boltlayer.OpenEvents)
			},
			booking: func(directory string, observe persistence.Observer) (persistence.BookingHandler, error) {
				return inDirectory(directory, "bookings.db", observe, boltlayer.OpenBookings)
			},
		},
		"mongodb": {
			database: func(url string, observe persistence.Observer) (persistence.DatabaseHandler, error) {
				return mongolayer.OpenEvents(mongolayer.Config{URL: url, Observe: observe})
			},
			booking: func(url string, observe persistence.Observer) (persistence.BookingHandler, error) {
				return mongolayer.OpenBookings(mongolayer.Config{URL: url, Observe: observe})
			},
		},
	}
}

// Kinds lists the kinds of database, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds())) }

// OpenDatabase opens the event service's store. For bolt, the connection is a directory, which is made where it is
// missing; for mongodb, a connection string. observe may be nil.
func OpenDatabase(name, connection string, observe persistence.Observer) (persistence.DatabaseHandler, error) {
	k, err := find(name)
	if err != nil {
		return nil, err
	}
	return k.database(connection, observe)
}

// OpenBooking opens the booking service's store; see OpenDatabase.
func OpenBooking(name, connection string, observe persistence.Observer) (persistence.BookingHandler, error) {
	k, err := find(name)
	if err != nil {
		return nil, err
	}
	return k.booking(connection, observe)
}

func find(name string) (kind, error) {
	k, ok := kinds()[name]
	if !ok {
		return kind{}, fmt.Errorf("%w %q, there is %s", ErrUnknownKind, name, strings.Join(Kinds(), ", "))
	}
	return k, nil
}

func inDirectory[T any](
	directory, file string, observe persistence.Observer, open func(string, persistence.Observer) (T, error),
) (handler T, err error) {
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return handler, err
	}
	return open(filepath.Join(directory, file), observe)
}
