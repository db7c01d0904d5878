package amqp

import "myevents/lib/msgqueue/internal/reach"

// batch is a call of send on its way through the publisher.
type batch struct {
	*reach.Answers
	messages []outgoing
}

// newBatch makes a batch of the messages whose error is nil; the others have their answer already.
func newBatch(messages []outgoing, errs []error) *batch {
	b := &batch{Answers: reach.NewAnswers(len(messages)), messages: messages}
	for n, err := range errs {
		if err != nil {
			b.Answer(n, err)
		}
	}
	return b
}
