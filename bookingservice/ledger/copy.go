package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"myevents/lib/msgqueue"
)

const (
	// copyBatch is how many envelopes are sent together at most.
	copyBatch = 256
	// copyTimeout bounds one attempt to send them, and copyPause is how long it waits before the next.
	copyTimeout = 30 * time.Second
	copyPause   = 200 * time.Millisecond
)

// Copier sends what one log has to another broker, where it reaches all groups as if it were new. Those of one document
// go in their order: of each, only one is under way at a time. It is used by one goroutine.
type Copier struct {
	to     msgqueue.EventEmitter
	save   func(msgqueue.Position) error
	report func(error)

	batch     []msgqueue.Envelope
	documents map[string]bool
	position  msgqueue.Position
}

// NewCopier makes a copier. save is told of positions up to which all is there for good; report of a broker that takes
// nothing at the moment, and with nil when it does again.
func NewCopier(to msgqueue.EventEmitter, save func(msgqueue.Position) error, report func(error)) *Copier {
	return &Copier{to: to, save: save, report: report, documents: make(map[string]bool)}
}

// Add takes an envelope, and sends what is there before it as soon as that is enough.
func (c *Copier) Add(ctx context.Context, p msgqueue.Position, e msgqueue.Envelope) error {
	document := documentOf(e)
	if len(c.batch) == copyBatch || c.documents[document] {
		if err := c.Flush(ctx); err != nil {
			return err
		}
	}
	c.batch, c.position = append(c.batch, e), p
	c.documents[document] = true
	return nil
}

// documentOf is what comes before the version in an envelope's ID. Those whose IDs are of another form stay in the
// order of their key.
func documentOf(e msgqueue.Envelope) string {
	version := strings.LastIndexByte(e.ID, ':')
	if version < 0 {
		return e.Key
	}
	return e.ID[:version]
}

// Flush sends what was added, and tries until all of it is there or the context ends. An envelope that the broker will
// never take is an error.
func (c *Copier) Flush(ctx context.Context) error {
	for len(c.batch) > 0 {
		away, err := c.send(ctx)
		if err != nil {
			return err
		}
		c.report(away)
		if away == nil {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(copyPause):
		}
	}
	clear(c.documents)
	if c.position == "" {
		return nil
	}
	return c.save(c.position)
}

// send tries once, and leaves in the batch what the broker did not take.
func (c *Copier) send(ctx context.Context) (away, err error) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	left := c.batch[:0]
	for n, err := range c.to.Emit(ctx, c.batch) {
		switch {
		case err == nil:
		case errors.Is(err, msgqueue.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
			away = err
			left = append(left, c.batch[n])
		default:
			return nil, fmt.Errorf("copying the message %s: %w", c.batch[n].ID, err)
		}
	}
	c.batch = left
	return away, nil
}
