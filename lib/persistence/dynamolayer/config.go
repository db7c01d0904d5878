// Package dynamolayer keeps the documents of a service in DynamoDB: one table a service, one item a document. A state
// change and its message are one transaction, whose condition is the state that the change was made on; a batch of
// decisions about an event's seats is one, too, and nothing is left to settle.
//
// Every read of an item is strongly consistent. What is found through an index (the bookings of a user, the changes
// since a mark, the documents with messages) may lag a moment behind, as DynamoDB's indexes do; what it names is then
// read from the item itself.
package dynamolayer

import (
	"context"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/config"

	"myevents/lib/persistence"
)

// Config says which tables are used. Where DynamoDB is, and who asks, is up to the SDK's own settings: AWS_REGION,
// AWS_ENDPOINT_URL_DYNAMODB, AWS_PROFILE, AWS_ACCESS_KEY_ID, the role of the machine, and so on.
type Config struct {
	// TablePrefix begins the tables' names, which end with "events" and "bookings".
	TablePrefix string
	// CreateTables has what is missing of the table made before it is used for the first time.
	CreateTables bool
	// Observe, if not nil, is told of every request: its name in lower case, how long its answer took, and what went
	// wrong.
	Observe persistence.Observer
}

// Tables is what a store in DynamoDB can do besides.
type Tables interface {
	// CreateTables makes what is missing of the store's table and its indexes, and waits until they can be used, which
	// takes minutes where a full table gets an index. It may be repeated, also by several at once.
	CreateTables(ctx context.Context) error
}

// OpenEvents opens the event service's store. It does not wait for DynamoDB, which is asked when it is needed; settings
// that are of no use are an error.
func OpenEvents(c Config) (persistence.DatabaseHandler, error) {
	cl, err := c.client(eventTable())
	if err != nil {
		return nil, err
	}
	return newEventStore(cl), nil
}

// OpenBookings opens the booking service's store; see OpenEvents.
func OpenBookings(c Config) (persistence.BookingHandler, error) {
	cl, err := c.client(bookingTable())
	if err != nil {
		return nil, err
	}
	return newBookingStore(cl), nil
}

// nameable are the characters that the name of a table can have.
const nameable = `^[a-zA-Z0-9_.-]{0,200}$`

func (c Config) client(t table) (*client, error) {
	if !regexp.MustCompile(nameable).MatchString(c.TablePrefix) {
		return nil, fmt.Errorf("the prefix %q of the tables: there may be letters, digits, and _.-", c.TablePrefix)
	}
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return nil, err
	}
	if settings.Region == "" {
		return nil, errNoRegion
	}
	return newClient(settings, c, t), nil
}
