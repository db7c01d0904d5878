package persistence

import (
	"fmt"
	"time"
)

// Message is a domain event that waits in an outbox for its way to the broker. Stores keep it as it is and look into
// nothing but ID, Document and Time.
type Message struct {
	// ID is unique and the same whenever the message is sent again; see MessageID.
	ID string `json:"id"`
	// Document names the event, location or booking whose outbox the message lies in.
	Document string `json:"document"`
	// Name is the name of the domain event, Key decides about its partition, Body is JSON.
	Name string `json:"name"`
	Key  string `json:"key"`
	Body []byte `json:"body"`
	// Time is when the change happened.
	Time time.Time `json:"time"`
	// Trace is what the message belongs to, as the value of a traceparent header; empty for none, as it is in messages
	// that were stored before there was such a field.
	Trace string `json:"trace,omitempty"`
}

// MessageID makes the ID of a document's message of a version. The IDs of one document sort in the order of the
// versions.
func MessageID(document string, version int64) string {
	return fmt.Sprintf("%s:%016x", document, version)
}

// Backlog says how much waits in the outboxes.
type Backlog struct {
	Messages int
	// Oldest is the Time of the oldest message, zero where none waits.
	Oldest time.Time
}
