// Package persistence has the documents of the two services, and the interfaces that their stores implement. It knows
// no database: each one has its own package, which passes the suite in persistencetest.
//
// All methods take a context with a deadline and are safe for concurrent use. Errors are those of errors.go, wrapped.
package persistence

import (
	"context"
	"time"
)

// Mark is a position in a store's changes. The empty mark is the beginning. Only the store that made it reads it.
type Mark string

// EventChange makes of an event its next version, and the message that tells of it.
type EventChange = func(Event) (Event, Message, error)

// LocationChange makes of a location its next version, and the message that tells of it.
type LocationChange = func(Location) (Location, Message, error)

// DatabaseHandler is the store of the event service.
type DatabaseHandler interface {
	// AddEvent stores a new event and its message in one atomic step. ErrExists if its ID is taken.
	AddEvent(ctx context.Context, e Event, m Message) error
	// ChangeEvent replaces an event by what change makes of it, and stores its message, in one atomic step. The change
	// must be pure, since it runs again where somebody else was first; its error ends the call and comes back as it is.
	// ErrNotFound; ErrVersion where ifVersion is not 0 and the event is of another version.
	ChangeEvent(ctx context.Context, id ID, ifVersion int64, change EventChange) (Event, error)
	// FindEvent answers with one event, cancelled or not, or with ErrNotFound.
	FindEvent(ctx context.Context, id ID) (Event, error)
	// EventsSince answers with the events that were written after the mark, in any order, and a mark for the next call.
	// It may repeat events, and may omit one that was written at the same moment as others; the full read, from the
	// empty mark, has all.
	EventsSince(ctx context.Context, after Mark) ([]Event, Mark, error)

	// AddLocation, ChangeLocation, FindLocation and LocationsSince are the same for locations. A deleted location is
	// changed into a tombstone: FindLocation and ChangeLocation answer ErrNotFound for it, LocationsSince has it.
	AddLocation(ctx context.Context, l Location, m Message) error
	ChangeLocation(ctx context.Context, id ID, ifVersion int64, change LocationChange) (Location, error)
	FindLocation(ctx context.Context, id ID) (Location, error)
	LocationsSince(ctx context.Context, after Mark) ([]Location, Mark, error)

	Common
}

// BookingHandler is the store of the booking service.
type BookingHandler interface {
	InventoryHandler

	// FindEventCopies answers with the copies that are there, in any order.
	FindEventCopies(ctx context.Context, ids ...ID) ([]EventCopy, error)
	// Availability answers with the inventories that are there, in any order.
	Availability(ctx context.Context, events ...ID) ([]Inventory, error)
	// FindBooking answers with one booking, also with one that holds no seats any more, or with ErrNotFound.
	FindBooking(ctx context.Context, id ID) (Booking, error)
	// FindBookings answers with a page of the bookings of several users together, by Date and ID, the newest first.
	FindBookings(ctx context.Context, users []ID, p Page) ([]Booking, error)
	// SaveLocation keeps the location where its version is newer than the one that is there.
	SaveLocation(ctx context.Context, l Location) error
	// FindLocations answers with the locations that are there, tombstones among them, in any order.
	FindLocations(ctx context.Context, ids ...ID) ([]Location, error)

	OrganiserHandler
	SessionHandler
	UserHandler
	Common
}

// Observer is told of the operations that a store has its database do: what it was, how long it took, and how it ended.
// It must not block.
type Observer func(operation string, took time.Duration, err error)

// Page is a part of a list that is sorted by date and ID, the newest first.
type Page struct {
	// Limit is how many there are at most.
	Limit int
	// BeforeDate (Unix seconds) and BeforeID name the last one of the page before; a zero BeforeID means the first page.
	BeforeDate int64
	BeforeID   ID
}

// InventoryHandler is where decisions about seats are kept; package inventory makes them.
type InventoryHandler interface {
	// Load reads the inventory of an event first and the bookings asked for after it, so that a booking that is missing
	// had not been made when the inventory was read. An unknown event has an empty snapshot.
	Load(ctx context.Context, event ID, bookings ...ID) (Snapshot, error)
	// Commit makes all changes or none, on the very state that the snapshot shows. ErrConflict: that state has passed;
	// ErrUnknown: load again to see. Bookings that are in the changes must have been asked for by Load.
	Commit(ctx context.Context, s Snapshot, changes []Change) error
}

// OrganiserHandler reads what organisers see of their events. What was decided a moment ago may be missing: stores may
// keep their indexes a little later than their documents.
type OrganiserHandler interface {
	// FindBookingsOfEvent answers with a page of the bookings of an event, also those that hold no seats any more, by
	// Date and ID, the newest first.
	FindBookingsOfEvent(ctx context.Context, event ID, p Page) ([]Booking, error)
	// FindInventories answers with a page of the inventories of an organiser's events, or of all events for the zero ID,
	// by StartDate, which is what BeforeDate is about, and ID, the latest first.
	FindInventories(ctx context.Context, organiser ID, p Page) ([]Inventory, error)
	// Sales sums up all bookings of events, in any order.
	Sales(ctx context.Context, events ...ID) ([]Sale, error)
}

// SessionHandler keeps sessions, and which guests turned out to be which user.
type SessionHandler interface {
	// AddSession stores a new session; ErrExists.
	AddSession(ctx context.Context, s Session) error
	// FindSession answers with the session, expired or not, or with ErrNotFound.
	FindSession(ctx context.Context, id ID) (Session, error)
	// ChangeSession replaces the version before s.Version; ErrConflict if that is not what is there, ErrNotFound.
	ChangeSession(ctx context.Context, s Session) error
	// SessionsOf answers with a user's sessions, expired or not, in any order.
	SessionsOf(ctx context.Context, user ID) ([]Session, error)
	// RemoveSession ends a session. It is no error if there is none.
	RemoveSession(ctx context.Context, id ID) error
	// RemoveExpired removes sessions that expired before the moment (Unix seconds) and says how many.
	RemoveExpired(ctx context.Context, moment int64) (int, error)

	// AdoptGuest records that a guest is this user, so that the guest's bookings are the user's too. It may be repeated;
	// ErrExists if the guest is already somebody else.
	AdoptGuest(ctx context.Context, user, guest ID) error
	// GuestsOf answers with the guests that any of the users has adopted, in any order.
	GuestsOf(ctx context.Context, users ...ID) ([]ID, error)
	// OwnersOf answers, for those of the guests that were adopted, with the user who did so.
	OwnersOf(ctx context.Context, guests ...ID) (map[ID]ID, error)
}

// UserHandler keeps accounts.
type UserHandler interface {
	// AddUser stores a new account. ErrExists if its ID or its EmailKey is taken.
	AddUser(ctx context.Context, u User) error
	// FindUsers answers with the accounts that are there, deleted ones among them, in any order.
	FindUsers(ctx context.Context, ids ...ID) ([]User, error)
	// FindUserByEmail answers with the account that has the EmailKey, or with ErrNotFound.
	FindUserByEmail(ctx context.Context, key string) (User, error)
	// ChangeUser replaces the version before u.Version; ErrConflict if that is not what is there, ErrExists if the
	// EmailKey is another account's, ErrNotFound. An EmailKey that is given up is free at once.
	ChangeUser(ctx context.Context, u User) error
}

// Common is what every store has.
type Common interface {
	Outbox
	// Keep stores a value under a name, unless there already is one, and answers with the one that is there for good. It
	// is for secrets that are made once and shared by all replicas.
	Keep(ctx context.Context, name string, value []byte) ([]byte, error)
	// Replace replaces the value under a name, which must be the one that was read; ErrConflict if it is another.
	Replace(ctx context.Context, name string, was, value []byte) error
	// Ping says whether the store can be used: nil, ErrUnavailable, or ErrSchema for good.
	Ping(ctx context.Context) error
	// Close ends the store; calls under way are finished first.
	Close() error
}

// Outbox is what the relay needs: the messages that were stored together with their changes and wait for the broker.
type Outbox interface {
	// Pending answers with up to limit messages, of each document only the oldest. Calls that follow one another come
	// by every document in the end.
	Pending(ctx context.Context, limit int) ([]Message, error)
	// Done removes messages that the broker has, by their ID. It may be repeated.
	Done(ctx context.Context, ids ...string) error
	// Backlog counts what waits.
	Backlog(ctx context.Context) (Backlog, error)
	// Lease makes the holder the one that sweeps, for the duration, unless another one is at that moment. It saves work;
	// nothing is wrong where two sweep.
	Lease(ctx context.Context, holder string, d time.Duration) (bool, error)
}
