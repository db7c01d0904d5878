package outbox

import (
	"encoding/json"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// Message makes the message by which a version of a document is told of, as JSON. Documents of different kinds must
// have different names, also where they have the same ID.
func Message(document string, version int64, e msgqueue.Event) persistence.Message {
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // domain events have nothing that JSON has not
	}
	return persistence.Message{
		ID: persistence.MessageID(document, version), Document: document,
		Name: e.EventName(), Key: e.PartitionKey(), Body: body, Time: time.Now().UTC(),
	}
}
