package ledger

import (
	"fmt"

	"myevents/lib/persistence"
)

// Kind is a kind of fault.
type Kind string

// The kinds of faults.
const (
	// Unreadable is a message that makes no sense.
	Unreadable Kind = "unreadable"
	// Gap is a decision that is missing in the log.
	Gap Kind = "gap"
	// Twice is a sequence that two decisions have.
	Twice Kind = "twice"
	// Step is a decision that does not follow from the one before: its sum is wrong, it was made under another capacity
	// than there was, or cannot be made of the booking or the event as it was.
	Step Kind = "step"
	// Oversold is a decision that sold more seats than there were.
	Oversold Kind = "oversold"
	// Inventory is an inventory of the store that is not what the log says.
	Inventory Kind = "inventory"
	// Missing is a booking of the log that the store lacks.
	Missing Kind = "missing"
	// Unlogged is a booking of the store, or a change of one, that the log lacks.
	Unlogged Kind = "unlogged"
	// Differs is a booking that the store has otherwise than the log.
	Differs Kind = "differs"
)

// Kinds lists the kinds of faults.
func Kinds() []Kind {
	return []Kind{Unreadable, Gap, Twice, Step, Oversold, Inventory, Missing, Unlogged, Differs}
}

// Fault is something that must never be.
type Fault struct {
	Kind Kind
	// Event is the one that it is about, zero where that cannot be said.
	Event persistence.ID
	// What is a sentence about it.
	What string
}

// String is a line of a report.
func (f Fault) String() string {
	if f.Event.IsZero() {
		return fmt.Sprintf("%s: %s", f.Kind, f.What)
	}
	return fmt.Sprintf("%s: event %s: %s", f.Kind, f.Event, f.What)
}
