// Package msgqueue has the interfaces between the services and a message broker. Each broker has its own package, which
// passes the suite in msgqueuetest.
package msgqueue

import (
	"context"
	"errors"
	"time"
)

// Event is a domain event.
type Event interface {
	// EventName is the name under which listeners ask for the event.
	EventName() string
	// PartitionKey keeps together what a broker may otherwise spread.
	PartitionKey() string
}

// Envelope is an encoded domain event on its way.
type Envelope struct {
	// ID is the same whenever the same message is sent again.
	ID   string
	Name string
	Key  string
	// Body is JSON. Nothing checks that on its way.
	Body []byte
	Time time.Time
	// Trace is what it belongs to, as the value of a traceparent header (W3C Trace Context); empty for none.
	Trace string
}

// EventEmitter sends domain events to a broker. It is safe for concurrent use.
type EventEmitter interface {
	// Emit sends the envelopes in their order and answers with one error for each: nil means that the broker has it for
	// good. It reconnects by itself; while the broker is away, or blocks, it answers ErrUnavailable before the context
	// ends. An envelope with an error may have been sent all the same.
	Emit(ctx context.Context, envelopes []Envelope) []error
	// Close ends the emitter; calls under way are finished first, or fail.
	Close() error
}

// Handler handles one envelope. After nil it will not come again, apart from repetitions that no broker can exclude.
// After an error it comes again, for a bounded number of tries, and is then put among the dead letters of its group.
type Handler func(ctx context.Context, e Envelope) error

// EventListener receives domain events from a broker.
type EventListener interface {
	// Listen hands the group's envelopes of these names to the handler, one at a time, until the context ends, and answers
	// with its error. All listeners of a group share its envelopes. A group gets what was emitted since it was first
	// declared, whether anybody listened or not; all its listeners ask for the same names. It reconnects by itself.
	Listen(ctx context.Context, group string, names []string, h Handler) error
}

// EventMapper turns the name and the body of an envelope into the domain event.
type EventMapper interface {
	// MapEvent answers ErrUnknownEvent for a name that it does not know; any other error means a body that will never be
	// right.
	MapEvent(name string, body []byte) (Event, error)
}

var (
	// ErrUnknownEvent means a name that the mapper does not know.
	ErrUnknownEvent = errors.New("unknown domain event")
	// ErrUnavailable means that the broker cannot be reached or does not take anything at the moment.
	ErrUnavailable = errors.New("message broker unavailable")
	// ErrClosed means that the emitter or the broker was closed.
	ErrClosed = errors.New("message broker connection closed")
)
