package amqp

import (
	"context"
	"fmt"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/internal/reach"
)

// session publishes over one link. All of it belongs to the publisher's goroutine.
//
// It does not ask the library for connection.blocked: the library closes the channel of these notices while it may
// still be sending on it, which ends the process. That nothing is confirmed any more says the same.
type session struct {
	*link
	window   int
	metrics  *metrics
	state    *state
	confirms chan streadway.Confirmation
	returns  chan streadway.Return
	// sent has what is not confirmed, in the order of the library's confirms.
	sent []sent
	// returned counts the returned messages that are not confirmed yet, by ID.
	returned map[string]int
}

// sent is a published message that is not confirmed.
type sent struct {
	batch  *batch
	number int
}

func newSession(ctx context.Context, l *link, window int, m *metrics, st *state) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := l.within(ctx, func() error { return l.Confirm(false) }); err != nil {
		l.close()
		return nil, err
	}
	return &session{
		link: l, window: window, metrics: m, state: st, returned: make(map[string]int), sent: make([]sent, 0, window),
		// A message has one confirm, and one return at most, so that these never fill up and hold up the library.
		confirms: l.NotifyPublish(make(chan streadway.Confirmation, window)),
		returns:  l.NotifyReturn(make(chan streadway.Return, window)),
	}, nil
}

// serve publishes until the link breaks or the context ends; then what is under way is brought to its end.
func (s *session) serve(ctx context.Context, batches <-chan *batch) error {
	for {
		in := batches
		if len(s.sent) >= s.window {
			in = nil
		}
		var err error
		select {
		case b := <-in:
			err = s.send(b)
		case c, ok := <-s.confirms:
			err = s.confirm(c, ok)
			s.state.Up(ctx)
		case <-ctx.Done():
			err = s.drain()
		}
		if err != nil {
			s.fail(err)
			return err
		}
	}
}

// send sends a batch in few pieces.
func (s *session) send(b *batch) error {
	s.socket.hold()
	err := s.publish(b)
	if failure := s.socket.release(); err == nil && failure != nil {
		err = s.reason(failure)
	}
	return err
}

// publish sends a batch, as far as its caller waits for it.
func (s *session) publish(b *batch) error {
	for n, m := range b.messages {
		if !b.Open(n) {
			continue
		}
		if err := s.room(b); err != nil {
			b.Fail(n, reach.Unavailable(err))
			return err
		}
		if !b.Open(n) {
			return nil // the caller left while there was no room
		}
		s.sent = append(s.sent, sent{b, n})
		if err := s.Publish(m.exchange, m.key, true, false, m.Publishing); err != nil {
			err = s.reason(err)
			b.Fail(n+1, reach.Unavailable(err))
			return err
		}
	}
	return nil
}

// room takes confirms until one more message may be sent, or the caller leaves.
func (s *session) room(b *batch) error {
	for {
		select {
		case c, ok := <-s.confirms:
			if err := s.confirm(c, ok); err != nil {
				return err
			}
			continue
		default:
		}
		if len(s.sent) < s.window {
			return nil
		}
		if err := s.socket.release(); err != nil {
			return s.reason(err)
		}
		select {
		case c, ok := <-s.confirms:
			if err := s.confirm(c, ok); err != nil {
				return err
			}
		case <-b.Gone():
			return nil
		}
		s.socket.hold()
	}
}

// confirm answers for the oldest message that is on its way: the library brings the confirms into the order of the
// messages. What cannot be routed is returned and confirmed, the return first; so all returns are taken before a
// confirm is trusted. After a return the session ends, since only a damaged topology lets it happen.
func (s *session) confirm(c streadway.Confirmation, ok bool) error {
	if !ok {
		return s.reason(streadway.ErrClosed)
	}
	if len(s.sent) == 0 {
		return fmt.Errorf("the broker confirms message %d, which was never sent", c.DeliveryTag)
	}
	s.takeReturns()
	first := s.sent[0]
	s.sent = s.sent[1:]
	id := first.batch.messages[first.number].MessageId
	switch {
	case s.returned[id] > 0:
		s.returned[id]--
		s.metrics.published.WithLabelValues("returned").Inc()
		first.batch.Answer(first.number, reach.Unavailable(errUnroutable))
		return errUnroutable
	case !c.Ack:
		s.metrics.published.WithLabelValues("refused").Inc()
		first.batch.Answer(first.number, fmt.Errorf("%w: it refuses the message", msgqueue.ErrUnavailable))
	default:
		s.metrics.confirmed.Inc()
		first.batch.Answer(first.number, nil)
	}
	return nil
}

func (s *session) takeReturns() {
	for {
		select {
		case r, ok := <-s.returns:
			if !ok {
				return
			}
			s.returned[r.MessageId]++
		default:
			return
		}
	}
}

// drain waits for the confirms of what is on its way, within a bound.
func (s *session) drain() error {
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	for len(s.sent) > 0 {
		select {
		case c, ok := <-s.confirms:
			if err := s.confirm(c, ok); err != nil {
				return err
			}
		case <-timer.C:
			return msgqueue.ErrClosed
		}
	}
	return msgqueue.ErrClosed
}

// fail answers for all that is on its way: what was confirmed until now is kept, the rest may or may not have arrived.
func (s *session) fail(err error) {
	for len(s.sent) > 0 {
		select {
		case c, ok := <-s.confirms:
			if ok {
				_ = s.confirm(c, ok) // more of what ended the session already
				continue
			}
		default:
		}
		break
	}
	for _, m := range s.sent {
		s.metrics.published.WithLabelValues("lost").Inc()
		m.batch.Answer(m.number, reach.Unavailable(err))
	}
	s.sent = nil
}
