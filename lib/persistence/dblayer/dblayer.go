// Package dblayer opens a service's store by the name of its kind. Only the two service packages import it.
package dblayer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"myevents/lib/configuration"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
	"myevents/lib/persistence/dynamolayer"
	"myevents/lib/persistence/mongolayer"
)

var (
	// ErrUnknownKind means that there is no store of this kind.
	ErrUnknownKind = errors.New("unknown kind of database")
	// ErrNoTables means that there is nothing to be made before a store of this kind can be used.
	ErrNoTables = errors.New("the database needs no tables to be made")
)

// Settings are what stores are opened with; each takes what it needs.
type Settings struct {
	// Kind is one of Kinds.
	Kind string
	// Connection is, for bolt, a directory, which is made where it is missing; for mongodb, a connection string; for
	// dynamodb, what the tables' names begin with.
	Connection string
	// CreateTables has tables made that are missing.
	CreateTables bool
	// Observe may be nil.
	Observe persistence.Observer
}

// FromConfiguration takes what the settings of a service say of its store.
func FromConfiguration(s configuration.Settings, observe persistence.Observer) Settings {
	kind, connection := s.Database()
	return Settings{Kind: kind, Connection: connection, CreateTables: s.DynamoDBCreate, Observe: observe}
}

// kind opens the stores of one kind of database.
type kind struct {
	database func(Settings) (persistence.DatabaseHandler, error)
	booking  func(Settings) (persistence.BookingHandler, error)
}

func kinds() map[string]kind {
	return map[string]kind{
		"bolt": {
			database: func(s Settings) (persistence.DatabaseHandler, error) {
				return inDirectory(s, "events.db", boltlayer.OpenEvents)
			},
			booking: func(s Settings) (persistence.BookingHandler, error) {
				return inDirectory(s, "bookings.db", boltlayer.OpenBookings)
			},
		},
		"dynamodb": {
			database: func(s Settings) (persistence.DatabaseHandler, error) { return dynamolayer.OpenEvents(dynamo(s)) },
			booking:  func(s Settings) (persistence.BookingHandler, error) { return dynamolayer.OpenBookings(dynamo(s)) },
		},
		"mongodb": {
			database: func(s Settings) (persistence.DatabaseHandler, error) { return mongolayer.OpenEvents(mongo(s)) },
			booking:  func(s Settings) (persistence.BookingHandler, error) { return mongolayer.OpenBookings(mongo(s)) },
		},
	}
}

func dynamo(s Settings) dynamolayer.Config {
	return dynamolayer.Config{TablePrefix: s.Connection, CreateTables: s.CreateTables, Observe: s.Observe}
}

func mongo(s Settings) mongolayer.Config {
	return mongolayer.Config{URL: s.Connection, Observe: s.Observe}
}

// Kinds lists the kinds of database, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds())) }

// OpenDatabase opens the event service's store.
func OpenDatabase(s Settings) (persistence.DatabaseHandler, error) {
	k, err := find(s.Kind)
	if err != nil {
		return nil, err
	}
	return k.database(s)
}

// OpenBooking opens the booking service's store.
func OpenBooking(s Settings) (persistence.BookingHandler, error) {
	k, err := find(s.Kind)
	if err != nil {
		return nil, err
	}
	return k.booking(s)
}

// CreateTables makes the tables of a store, an opened one, that are missing. It may take minutes, and be repeated.
func CreateTables(ctx context.Context, store persistence.Common) error {
	tables, ok := store.(dynamolayer.Tables)
	if !ok {
		return ErrNoTables
	}
	return tables.CreateTables(ctx)
}

// pingTimeout is how long an answer to a ping may take, and as long it waits after one that did not come.
const pingTimeout = 2 * time.Second

// Ping asks a store once whether it can be used.
func Ping(ctx context.Context, store persistence.Common) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return store.Ping(ctx)
}

// Known asks a store until it has said whether this program knows what is in it: nil or persistence.ErrSchema, or the
// context's error.
func Known(ctx context.Context, store persistence.Common) error {
	for {
		err := Ping(ctx, store)
		if err == nil || errors.Is(err, persistence.ErrSchema) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pingTimeout):
		}
	}
}

func find(name string) (kind, error) {
	k, ok := kinds()[name]
	if !ok {
		return kind{}, fmt.Errorf("%w %q, there is %s", ErrUnknownKind, name, strings.Join(Kinds(), ", "))
	}
	return k, nil
}

func inDirectory[T any](
	s Settings, file string, open func(string, persistence.Observer) (T, error),
) (handler T, err error) {
	if err := os.MkdirAll(s.Connection, 0o700); err != nil {
		return handler, err
	}
	return open(filepath.Join(s.Connection, file), s.Observe)
}
