// Package ledger works on the log of all domain events: it shows and copies it, rebuilds from it what the booking
// service keeps of events and locations, and proves that log, bookings and inventories agree.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"myevents/lib/msgqueue"
)

// ErrNoLog means that the message broker keeps no log.
var ErrNoLog = errors.New("the message broker keeps no log")

const (
	// patience is how long the broker may be silent in the middle of its log.
	patience = 30 * time.Second
	// followEvery is how long a reader that follows the log waits at its end.
	followEvery = time.Second
)

// Entry is a function that takes what the log has, with its position.
type Entry = func(msgqueue.Position, msgqueue.Envelope) error

// Reader reads a log, and later on from where it was. It is used by one goroutine.
type Reader struct {
	log      msgqueue.Log
	position msgqueue.Position
	progress func(msgqueue.Envelope)
}

// NewReader reads the log of a broker from behind a position. progress, if not nil, is told of all that was read.
// ErrNoLog where the broker has none.
func NewReader(broker any, after msgqueue.Position, progress func(msgqueue.Envelope)) (*Reader, error) {
	log, ok := broker.(msgqueue.Log)
	if !ok {
		return nil, ErrNoLog
	}
	if progress == nil {
		progress = func(msgqueue.Envelope) {}
	}
	return &Reader{log: log, position: after, progress: progress}, nil
}

// Read hands f what comes behind where the reader is, and ends at the end of the log. What f answers with an error is
// read again the next time. A broker that is away for longer than it may be is an error, too.
func (r *Reader) Read(ctx context.Context, f Entry) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(patience, func() {
		cancel(fmt.Errorf("%w: it was silent for %v", msgqueue.ErrUnavailable, patience))
	})
	defer silence.Stop()
	return r.log.ReadLog(ctx, r.position, func(p msgqueue.Position, e msgqueue.Envelope) error {
		silence.Stop() // f may take its time
		defer silence.Reset(patience)
		if err := f(p, e); err != nil {
			return err
		}
		r.position = p
		r.progress(e)
		return nil
	})
}

// finalError is one of whoever takes the log, not of the broker.
type finalError struct{ error }

// Follow is Read that goes on at the end of the log, until the context ends, which is no error. At each end it calls
// atEnd. While the broker is away it waits, and tells report, also with nil when it is back.
func (r *Reader) Follow(ctx context.Context, f Entry, atEnd func() error, report func(error)) error {
	for {
		err := r.readOn(ctx, f, atEnd)
		if ctx.Err() == nil {
			var final finalError
			if errors.As(err, &final) {
				return final.error
			}
			report(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

func (r *Reader) readOn(ctx context.Context, f Entry, atEnd func() error) error {
	err := r.Read(ctx, func(p msgqueue.Position, e msgqueue.Envelope) error {
		if err := f(p, e); err != nil {
			return finalError{err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := atEnd(); err != nil {
		return finalError{err}
	}
	return nil
}

var errSomething = errors.New("there is something")

// IsEmpty says whether the log of a broker has nothing at all. A broker that keeps none has something.
func IsEmpty(ctx context.Context, broker any) (bool, error) {
	reader, err := NewReader(broker, "", nil)
	if errors.Is(err, ErrNoLog) {
		return false, nil
	}
	err = reader.Read(ctx, func(msgqueue.Position, msgqueue.Envelope) error { return errSomething })
	if errors.Is(err, errSomething) {
		return false, nil
	}
	return err == nil, err
}
