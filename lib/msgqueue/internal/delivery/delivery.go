// Package delivery has what listeners of all brokers do with an envelope: they guard its handler, and have it wait for
// its next try.
package delivery

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
	"unicode/utf8"

	"myevents/lib/msgqueue"
)

const (
	maxBackoff = 30 * time.Second
	// maxReason is how much of a handler's error is kept, in bytes.
	maxReason = 1000
)

// Guard makes of a panic an error: an envelope that brings the handler to it must not bring down the process again and
// again.
func Guard(h msgqueue.Handler) msgqueue.Handler {
	return func(ctx context.Context, e msgqueue.Envelope) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return h(ctx, e)
	}
}

// Backoff is how long to wait after so many tries, of which the first is followed by the time that is given.
func Backoff(first time.Duration, tries int) time.Duration {
	return min(first<<min(tries-1, 20), maxBackoff)
}

// Reason is what is kept of a handler's error.
func Reason(err error) string {
	s := err.Error()
	if len(s) <= maxReason {
		return s
	}
	s = s[:maxReason]
	for !utf8.ValidString(s) && len(s) > maxReason-utf8.UTFMax {
		s = s[:len(s)-1]
	}
	return s + "…"
}
