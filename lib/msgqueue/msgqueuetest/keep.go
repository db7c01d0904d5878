package msgqueuetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"myevents/lib/msgqueue"
)

// waitForDead waits until the group has so many dead letters, and answers with them.
func (s *session) waitForDead(group string, n int) []msgqueue.DeadLetter {
	s.Helper()
	keeper := s.broker.(msgqueue.DeadLetters)
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		count, err := keeper.CountDeadLetters(s.context(), group)
		if err != nil {
			s.Fatal(err)
		}
		if count == n {
			break
		}
		if time.Now().After(end) {
			s.Fatalf("there are %d dead letters, want %d", count, n)
		}
	}
	dead, err := keeper.DeadLetters(s.context(), group, n+10)
	if err != nil {
		s.Fatal(err)
	}
	if len(dead) != n {
		s.Fatalf("%d dead letters are listed, want %d", len(dead), n)
	}
	return dead
}

func (s *session) requeue(n int, ids ...string) {
	s.Helper()
	got, err := s.broker.(msgqueue.DeadLetters).Requeue(s.context(), tickets, ids...)
	if err != nil {
		s.Fatal(err)
	}
	if got != n {
		s.Errorf("%d dead letters were given back, want %d", got, n)
	}
}

func deadLetters(s *session) {
	var tries atomic.Int64
	s.emit(envelope(booked, 1), envelope(booked, 2))
	l := s.listen(tickets, func(_ context.Context, e msgqueue.Envelope) error {
		if e.ID == envelope(booked, 1).ID {
			tries.Add(1)
			return errFailure
		}
		return nil
	})
	dead := s.waitForDead(tickets, 1)
	s.wantSame([]msgqueue.Envelope{envelope(booked, 1)}, []msgqueue.Envelope{dead[0].Envelope})
	n := tries.Load()
	if n < 2 {
		s.Errorf("it was given up after %d tries", n)
	}
	s.emit(envelope(booked, 3))
	l.wait(envelope(booked, 2), envelope(booked, 3))
	if tries.Load() != n {
		s.Error("a dead letter comes again by itself")
	}
	s.waitForDead(letters, 0) // of another group, to which it is no dead letter
}

func requeued(s *session) {
	all := envelopes(booked, 5)
	var repaired atomic.Bool
	s.emit(all...)
	l := s.listen(tickets, func(context.Context, msgqueue.Envelope) error {
		if repaired.Load() {
			return nil
		}
		return errFailure
	})
	s.waitForDead(tickets, len(all))
	some, err := s.broker.(msgqueue.DeadLetters).DeadLetters(s.context(), tickets, 2)
	if err != nil || len(some) != 2 {
		s.Errorf("of %d dead letters, 2 asked for, %d are listed (%v)", len(all), len(some), err)
	}
	repaired.Store(true)
	s.requeue(0, "unknown")
	s.requeue(2, all[1].ID, all[3].ID)
	l.wait(all[1], all[3])
	s.waitForDead(tickets, 3)
	s.requeue(3)
	l.wait(all...)
	s.waitForDead(tickets, 0)
	wantOnce(s.T, l.ids())
	got := l.got()
	slices.SortFunc(got, func(a, b msgqueue.Envelope) int { return strings.Compare(a.ID, b.ID) })
	s.wantSame(all, got)
	s.requeue(0)
}

func deadLettersKept(s *session) {
	all := envelopes(booked, 3)
	s.emit(all...)
	s.listen(tickets, func(context.Context, msgqueue.Envelope) error { return errFailure }).waitAndStop(len(all))
	s.open() // only what is kept as a dead letter can come again from now on
	s.restart()
	s.waitForDead(tickets, len(all))
	s.requeue(len(all))
	s.restart()
	s.listen(tickets, nil).wait(all...)
	s.waitForDead(tickets, 0)
}

func (l *listener) waitAndStop(dead int) {
	l.Helper()
	l.waitForDead(tickets, dead)
	l.stop()
}

// readLog reads the log and answers with the position behind it, which is the one that was given where there was
// nothing.
func (s *session) readLog(after msgqueue.Position) ([]msgqueue.Envelope, msgqueue.Position) {
	s.Helper()
	var all []msgqueue.Envelope
	err := s.broker.(msgqueue.Log).ReadLog(s.context(), after, func(p msgqueue.Position, e msgqueue.Envelope) error {
		all, after = append(all, e), p
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	return all, after
}

// logFromBeginning reads what nobody listens to, what was handled, and what was emitted before the broker was killed.
func logFromBeginning(s *session) {
	if all, _ := s.readLog(""); len(all) != 0 {
		s.Errorf("there are %d envelopes in a new log", len(all))
	}
	all := slices.Concat(envelopes(booked, 600), envelopes(created, 300))
	s.emit(all[:300]...)
	l := s.listen(tickets, nil)
	l.wait(all[:300]...)
	l.stop()
	s.restart()
	s.emit(all[300:]...)
	got, _ := s.readLog("")
	s.wantSame(all, got)
}

func logFromPosition(s *session) {
	all := envelopes(booked, 30)
	s.emit(all[:10]...)
	_, behind := s.readLog("")
	if got, _ := s.readLog(behind); len(got) != 0 {
		s.Errorf("there are %d envelopes behind the last one", len(got))
	}
	s.emit(all[10:20]...)
	s.open()
	s.emit(all[20:]...)
	got, _ := s.readLog(behind)
	s.wantSame(all[10:], got)
}

func logError(s *session) {
	s.emit(envelopes(booked, 10)...)
	calls := 0
	err := s.broker.(msgqueue.Log).ReadLog(s.context(), "", func(msgqueue.Position, msgqueue.Envelope) error {
		calls++
		return errFailure
	})
	if !errors.Is(err, errFailure) || calls != 1 {
		s.Errorf("an error ends the log with %v after %d calls", err, calls)
	}
}

// logEnds has somebody emit faster than the log is read.
func logEnds(s *session) {
	ctx, stop := context.WithCancel(s.context())
	defer stop()
	before := envelopes(created, 20)
	s.emit(before...)
	emitted := make(chan struct{})
	var emitting sync.WaitGroup
	emitting.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			_ = s.broker.Emit(ctx, []msgqueue.Envelope{envelope(booked, n)})
			select {
			case emitted <- struct{}{}:
			default: // it is not read at the moment
			}
		}
	})
	var got []msgqueue.Envelope
	err := s.broker.(msgqueue.Log).ReadLog(ctx, "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		got = append(got, e)
		select {
		case <-emitted:
		case <-ctx.Done():
		}
		return nil
	})
	stop()
	emitting.Wait()
	if err != nil {
		s.Fatalf("the log does not end: %v", err)
	}
	got = slices.DeleteFunc(got, func(e msgqueue.Envelope) bool { return e.Name != created })
	s.wantSame(before, got)
}
