package reach

import (
	"context"
	"fmt"
	"sync"
	"time"

	"myevents/lib/msgqueue"
)

// Answers are those to the messages of one call of Emit. Its two ends are the caller, who may leave before all is
// answered, and whoever sends. It is safe for concurrent use.
type Answers struct {
	done, gone chan struct{}

	mu       sync.Mutex
	answers  []error
	answered []bool
	left     int
}

// NewAnswers makes room for so many answers.
func NewAnswers(n int) *Answers {
	return &Answers{
		done: make(chan struct{}), gone: make(chan struct{}),
		answers: make([]error, n), answered: make([]bool, n), left: n,
	}
}

// Answer says what has become of message n. Only the first answer counts.
func (a *Answers) Answer(n int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answered[n] {
		return
	}
	a.answered[n], a.answers[n] = true, err
	a.left--
	if a.left == 0 {
		close(a.done)
	}
}

// Fail answers for all that is open from n on.
func (a *Answers) Fail(n int, err error) {
	for ; n < len(a.answers); n++ {
		a.Answer(n, err)
	}
}

// Open says whether message n still has to be sent.
func (a *Answers) Open(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.answered[n]
}

// Remaining is how many messages have no answer.
func (a *Answers) Remaining() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.left
}

// Gone is closed when the caller has left.
func (a *Answers) Gone() <-chan struct{} { return a.gone }

// Leave gives the caller the answers there are, and err for all else. It is called once.
func (a *Answers) Leave(err error) []error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n, answered := range a.answered {
		if !answered {
			a.answers[n] = err
			a.answered[n] = true // nobody waits for it any more
		}
	}
	close(a.gone) // only now, so that who sees it sees nothing open
	return a.answers
}

// Wait waits until everything has its answer, closed is closed, or the patience has passed without any progress, after
// which the state is down. The error is for what has no answer.
func (a *Answers) Wait(
	ctx context.Context, patience <-chan time.Time, closed <-chan struct{}, state *State,
) error {
	remaining := a.Remaining()
	if remaining == 0 {
		return nil
	}
	for {
		select {
		case <-a.done:
			return nil
		case <-ctx.Done():
			return Unavailable(ctx.Err())
		case <-closed:
			return msgqueue.ErrClosed
		case <-patience:
			now := a.Remaining()
			if now == remaining {
				state.Down(ctx, ErrSilent)
				return ErrSilent
			}
			remaining = now
		}
	}
}

// ErrSilent is an ErrUnavailable, for a broker that keeps the connection but takes nothing, as it does when its memory
// or its disk is full.
var ErrSilent = fmt.Errorf("%w: it confirms nothing at the moment", msgqueue.ErrUnavailable)
