package msgqueue

import (
	"context"
	"time"
)

// Position is a place in a log, behind an envelope. The empty position is the beginning. Only the broker that made it
// reads it.
type Position string

// Log is a broker that keeps every envelope for good.
type Log interface {
	// ReadLog hands the envelopes behind a position to f, each with its own position, and ends after the last one that was
	// there when it began, or soon after it: whether anybody emits meanwhile or not. They are in the order in which the
	// broker took them; a broker that spreads them over partitions keeps that order only among envelopes of the same key,
	// and another reading may mix the keys otherwise. An error of f ends it and comes back as it is.
	ReadLog(ctx context.Context, after Position, f func(Position, Envelope) error) error
}

// DeadLetter is an envelope that a group could not handle.
type DeadLetter struct {
	Envelope
	// Tries is how often it was handed to a handler, Reason is the last one's error where the broker keeps it.
	Tries  int
	Reason string
	// Since is when it was given up.
	Since time.Time
}

// DeadLetters is a broker that keeps what could not be handled, until an operator has it tried again.
type DeadLetters interface {
	// CountDeadLetters says how many a group has.
	CountDeadLetters(ctx context.Context, group string) (int, error)
	// DeadLetters answers with up to limit dead letters of a group, the oldest first.
	DeadLetters(ctx context.Context, group string, limit int) ([]DeadLetter, error)
	// Requeue gives dead letters with these IDs, or all of them where none is given, back to their group as if they had
	// never been tried, and says how many they were.
	Requeue(ctx context.Context, group string, ids ...string) (int, error)
}
