// Package mark is for stores that find what was written since by the stamps of a clock: a stamp that becomes visible
// late, or that a slower clock made, may be the earlier one, so that they look back a little.
package mark

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"myevents/lib/persistence"
)

// Mark is how far a reader has come.
type Mark struct {
	all bool // it has read nothing yet
	// newest is the newest stamp that was seen, and seen when that was, by the clock of this process.
	newest, seen time.Time
}

// Parse reads a mark. The empty one is the beginning.
func Parse(m persistence.Mark) (Mark, error) {
	if m == "" {
		return Mark{all: true}, nil
	}
	newest, seen, _ := strings.Cut(string(m), "/")
	n, err := strconv.ParseInt(newest, 10, 64)
	s, bad := strconv.ParseInt(seen, 10, 64)
	if err = errors.Join(err, bad); err != nil {
		return Mark{}, fmt.Errorf("malformed mark %q: %w", m, err)
	}
	return Mark{newest: time.UnixMilli(n), seen: time.UnixMilli(s)}, nil
}

// After says which stamps are to be read: those after the moment, which is before the newest one seen by as much as a
// later writer's may be the earlier one. Where nothing has been written for so long that nothing older can turn up any
// more, it is the newest one itself. ok is false where everything is to be read.
func (m Mark) After(overlap time.Duration) (moment time.Time, ok bool) {
	switch {
	case m.all:
		return time.Time{}, false
	case time.Since(m.seen) > 2*overlap:
		return m.newest, true
	default:
		return m.newest.Add(-overlap), true
	}
}

// Next is the mark after reading, where newest is the newest stamp that was read, or the zero time.
func (m Mark) Next(newest time.Time) Mark {
	if m.all && newest.IsZero() {
		newest = time.UnixMilli(0)
	}
	if m.all || newest.After(m.newest) {
		return Mark{newest: newest, seen: time.Now()}
	}
	return m
}

// String is the form in which callers keep it.
func (m Mark) String() persistence.Mark {
	return persistence.Mark(fmt.Sprintf("%d/%d", m.newest.UnixMilli(), m.seen.UnixMilli()))
}
