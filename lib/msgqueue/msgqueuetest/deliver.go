package msgqueuetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"myevents/lib/msgqueue"
)

var errFailure = errors.New("the handler fails")

func beforeListen(s *session) {
	all := envelopes(booked, 20)
	s.emit(all...)
	l := s.listen(tickets, nil)
	l.wait(all...)
	wantOnce(s.T, l.ids())
}

func asEmitted(s *session) {
	all := envelopes(booked, 10)
	s.emit(all...)
	l := s.listen(tickets, nil)
	l.wait(all...)
	s.wantSame(all, l.got())
}

func reopened(s *session) {
	all := envelopes(booked, 50)
	s.emit(all[:25]...)
	s.open()
	s.emit(all[25:]...)
	s.open()
	l := s.listen(tickets, nil)
	l.wait(all...)
}

// killed kills the broker right after it has acknowledged, once before anybody listened and once in the middle.
func killed(s *session) {
	all := envelopes(booked, 100)
	s.emit(all[:50]...)
	s.restart()
	before := s.listen(tickets, nil)
	before.wait(all[:1]...)
	s.emit(all[50:]...)
	before.stop()
	s.restart()
	after := s.listen(tickets, nil)
	waitForAll(s.T, all, before, after)
}

func handledBefore(s *session) {
	all := envelopes(booked, 20)
	s.emit(all[:19]...)
	before := s.listen(tickets, nil)
	before.wait(all[:19]...)
	before.stop()
	s.open()
	s.emit(all[19])
	after := s.listen(tickets, nil)
	after.wait(all[19])
	wantOnce(s.T, slices.Concat(before.ids(), after.ids()))
}

func redelivered(s *session) {
	var tries atomic.Int64
	s.emit(envelope(booked, 1))
	l := s.listen(tickets, func(context.Context, msgqueue.Envelope) error {
		if tries.Add(1) < 3 {
			return errFailure
		}
		return nil
	})
	l.wait(envelope(booked, 1))
	marker := envelope(cancelled, 2)
	s.emit(marker)
	l.wait(marker)
	if n := tries.Load(); n != 4 {
		s.Errorf("the handler was called %d times, want 3 and once more for what came later", n)
	}
}

func poison(s *session) {
	all := envelopes(booked, 50)
	bad := map[string]bool{all[0].ID: true, all[1].ID: true, all[20].ID: true}
	s.emit(all...)
	l := s.listen(tickets, func(_ context.Context, e msgqueue.Envelope) error {
		if bad[e.ID] {
			return errFailure
		}
		return nil
	})
	l.wait(slices.DeleteFunc(all, func(e msgqueue.Envelope) bool { return bad[e.ID] })...)
}

// ahead is more than what a broker gives a listener ahead of its handling, and so keeps from the others.
const ahead = 500

// shared has the first listener keep its first envelope until the second one has had one.
func shared(s *session) {
	all := envelopes(booked, ahead)
	second := make(chan struct{})
	release := sync.OnceFunc(func() { close(second) })
	defer release()
	first := make(chan struct{}, len(all))
	a := s.listen(tickets, func(ctx context.Context, _ msgqueue.Envelope) error {
		first <- struct{}{}
		select {
		case <-second:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	s.emit(all...)
	s.waitFor(first)
	b := s.listen(tickets, func(context.Context, msgqueue.Envelope) error {
		release()
		return nil
	})
	waitForAll(s.T, all, a, b)
	if n := len(a.got()) + len(b.got()); n >= 2*len(all) {
		s.Errorf("the listeners have %d of %d envelopes: both got all", n, len(all))
	}
}

func groups(s *session) {
	all := envelopes(booked, 20)
	a := s.listen(tickets, nil)
	s.emit(all...)
	b := s.listen(letters, nil)
	a.wait(all...)
	b.wait(all...)
	wantOnce(s.T, a.ids())
	wantOnce(s.T, b.ids())
}

func names(s *session) {
	s.emit(envelope(created, 1), envelope(booked, 2), envelope(created, 3), envelope(cancelled, 4))
	l := s.listen(tickets, nil)
	l.wait(envelope(booked, 2), envelope(cancelled, 4))
	s.wantSame([]msgqueue.Envelope{envelope(booked, 2), envelope(cancelled, 4)}, l.got())
}

// event is a domain event of the suite.
type event struct {
	ID string `json:"id"`
}

func (*event) EventName() string    { return booked }
func (*event) PartitionKey() string { return "" }

func unknown(s *session) {
	mapper := msgqueue.NewMapper(map[string]func() *event{booked: func() *event { return new(event) }})
	counted, mapped := make(chan string, 10), make(chan string, 10)
	all := []msgqueue.Envelope{envelope(cancelled, 1), envelope(booked, 2)}
	s.emit(all...)
	l := s.listen(tickets, msgqueue.Mapped(mapper, func(name string) { counted <- name },
		func(_ context.Context, e msgqueue.Event) error {
			mapped <- e.(*event).ID
			return nil
		}))
	l.wait(all...)
	if n := len(counted); n != 1 {
		s.Fatalf("%d unknown events were counted, want 1", n)
	}
	if name, id := <-counted, <-mapped; name != cancelled || id != all[1].ID {
		s.Errorf("counted %q and handled %q", name, id)
	}
}

func order(s *session) {
	const keys, each = 10, 30
	var all []msgqueue.Envelope
	for n := range each {
		for k := range keys {
			e := envelope(booked, k*each+n)
			e.Key = fmt.Sprintf("key-%d", k)
			all = append(all, e)
		}
	}
	l := s.listen(tickets, nil)
	for part := range slices.Chunk(all, 7) {
		s.emit(part...)
	}
	l.wait(all...)
	last := make(map[string]string)
	for _, e := range l.got() {
		if e.ID < last[e.Key] {
			s.Errorf("%s came after %s", e.ID, last[e.Key])
		}
		last[e.Key] = e.ID
	}
}

func listenEnds(s *session) {
	l := s.listen(tickets, nil)
	s.emit(envelope(booked, 1))
	l.wait(envelope(booked, 1)) // now it listens, and has nothing to do
	l.stop()
	s.emit(envelope(booked, 2))
	ctx, cancel := context.WithCancel(s.context())
	cancel()
	err := s.broker.Listen(ctx, tickets, []string{booked}, func(context.Context, msgqueue.Envelope) error {
		s.Error("an ended Listen hands out an envelope")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		s.Errorf("Listen with an ended context answered %v", err)
	}
	s.listen(tickets, nil).wait(envelope(booked, 2))
}

// interrupted also has the broker reopened in between: what was in hand is not lost with what others have handled. Where
// the broker gives it to another one already while it is in hand, it has come again there.
func interrupted(s *session) {
	s.emit(envelope(booked, 1))
	begun := make(chan struct{}, 1)
	l := s.listen(tickets, func(ctx context.Context, _ msgqueue.Envelope) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	s.waitFor(begun)
	more := envelopes(cancelled, ahead)
	handled := make(chan struct{}, len(more)+1)
	other := s.listen(tickets, func(context.Context, msgqueue.Envelope) error {
		handled <- struct{}{}
		return nil
	})
	s.emit(more...)
	s.waitFor(handled)
	other.stop()
	l.stop()
	s.open()
	waitForAll(s.T, []msgqueue.Envelope{envelope(booked, 1)}, s.listen(tickets, nil), other)
}

func concurrent(s *session) {
	const emitters, each = 16, 40
	all := envelopes(booked, emitters*each)
	l := s.listen(tickets, nil)
	var g sync.WaitGroup
	for part := range slices.Chunk(all, each) {
		g.Go(func() {
			for pair := range slices.Chunk(part, 2) {
				if err := errors.Join(s.broker.Emit(s.Context(), pair)...); err != nil {
					s.Errorf("Emit: %v", err)
				}
			}
		})
	}
	g.Wait()
	l.wait(all...)
	wantOnce(s.T, l.ids())
}

// large has bodies up to what all brokers take: 256 KiB with all that belongs to the envelope.
func large(s *session) {
	var all []msgqueue.Envelope
	for n, size := range []int{0, 1, 1 << 10, 64 << 10, 128<<10 + 1, 255 << 10} {
		e := envelope(booked, n)
		e.Body = slices.Concat([]byte(`"`), bytes.Repeat([]byte("x"), size), []byte(`"`))
		all = append(all, e)
	}
	for _, e := range all {
		s.emit(e)
	}
	l := s.listen(tickets, nil)
	l.wait(all...)
	s.wantSame(all, l.got())
}

func endedContext(s *session) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	errs := s.broker.Emit(ctx, envelopes(created, 3))
	if len(errs) != 3 {
		s.Fatalf("Emit answered %d errors for 3 envelopes", len(errs))
	}
	for _, err := range errs {
		if err == nil {
			s.Error("Emit with an ended context answered nil")
		}
	}
	s.emit(envelope(booked, 1))
	s.listen(tickets, nil).wait(envelope(booked, 1))
}

func emptyAndClosed(s *session) {
	if errs := s.broker.Emit(s.Context(), nil); len(errs) != 0 {
		s.Errorf("Emit answered %v for nothing", errs)
	}
	s.close()
	for _, err := range s.broker.Emit(s.Context(), envelopes(booked, 2)) {
		if !errors.Is(err, msgqueue.ErrClosed) {
			s.Errorf("Emit after Close answered %v", err)
		}
	}
	if err := s.broker.Close(); err != nil {
		s.Errorf("Close for the second time: %v", err)
	}
}
