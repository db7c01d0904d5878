package amqp

import "sync"

// batch is a call of send on its way through the publisher. Its two ends are the caller, who may leave before all is
// answered, and the goroutine that publishes.
type batch struct {
	messages []outgoing
	// done is closed when everything has its answer, gone when the caller has left.
	done, gone chan struct{}

	mu       sync.Mutex
	answers  []error
	answered []bool
	left     int
}

// newBatch makes a batch of the messages whose error is nil; the others have their answer already.
func newBatch(messages []outgoing, errs []error) *batch {
	b := &batch{
		messages: messages, done: make(chan struct{}), gone: make(chan struct{}),
		answers: make([]error, len(messages)), answered: make([]bool, len(messages)), left: len(messages),
	}
	for n, err := range errs {
		if err != nil {
			b.answer(n, err)
		}
	}
	return b
}

// answer says what has become of a message. Only the first answer counts.
func (b *batch) answer(n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answered[n] {
		return
	}
	b.answered[n], b.answers[n] = true, err
	b.left--
	if b.left == 0 {
		close(b.done)
	}
}

// fail answers for all that is open from n on.
func (b *batch) fail(n int, err error) {
	for ; n < len(b.messages); n++ {
		b.answer(n, err)
	}
}

// open says whether message n still has to be sent.
func (b *batch) open(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.answered[n]
}

// remaining is how many messages have no answer.
func (b *batch) remaining() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// leave gives the caller the answers there are, and err for all else. It is called once.
func (b *batch) leave(err error) []error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, answered := range b.answered {
		if !answered {
			b.answers[n] = err
			b.answered[n] = true // nobody waits for it any more
		}
	}
	close(b.gone) // only now, so that who sees it sees nothing open
	return b.answers
}
