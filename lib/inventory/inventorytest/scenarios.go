package inventorytest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

var errNotRefused = errors.New("was not refused")

const (
	clients = 64
	seats   = 100
)

// hotEvent has 64 clients book 1 to 4 seats of 100, each request made more than once, until none is left.
func hotEvent(ctx context.Context, store Store) error { return sellOut(ctx, store, store) }

// replicas is hotEvent with the clients spread over three replicas.
func replicas(ctx context.Context, store Store) error {
	return sellOut(ctx, store, store, store, store)
}

// lostAnswers is replicas on stores whose answers to commits are lost before or after they took effect, or which
// execute commits long after they were given up.
func lostAnswers(ctx context.Context, store Store) error {
	faulty := newFaulty(store)
	defer faulty.wait()
	for range 10 { // combined as they are, the bookings of one event need few commits
		if err := sellOut(ctx, store, faulty, faulty, faulty); err != nil {
			return err
		}
	}
	if faulty.lost.Load() == 0 || faulty.late.Load() == 0 {
		return errors.New("the scenario lost no answers")
	}
	return nil
}

func sellOut(ctx context.Context, store Store, handlers ...persistence.InventoryHandler) error {
	w := newWorld(store, handlers...)
	if err := w.adopt(ctx, 1, seats, false); err != nil {
		return err
	}
	var g errgroup.Group
	for range clients {
		g.Go(func() error { return w.bookUntilSoldOut(ctx) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	inv, err := w.verify(ctx)
	if err == nil && inv.Booked != seats {
		err = fmt.Errorf("%d of %d seats are sold, and nobody gets more", inv.Booked, seats)
	}
	return err
}

// bookUntilSoldOut makes each request two or three times at once, through whatever replica, until not even one seat
// is left.
func (w *world) bookUntilSoldOut(ctx context.Context) error {
	for {
		n := 1 + rand.Int64N(4)
		b := w.newBook(n)
		var g errgroup.Group
		var left atomic.Int64
		left.Store(-1)
		for range 2 + rand.IntN(2) {
			g.Go(func() error {
				a := w.do(ctx, b)
				var soldOut *inventory.SoldOutError
				if errors.As(a.Err, &soldOut) {
					left.Store(soldOut.Left)
					return nil
				}
				return a.Err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		if left.Load() == 0 {
			return nil
		}
	}
}

// givingBack has clients give back some or all of what they booked while the others go on, and the event cancelled in
// the middle.
func givingBack(ctx context.Context, store Store) error {
	w := newWorld(store, store, store)
	if err := w.adopt(ctx, 1, seats, false); err != nil {
		return err
	}
	var g errgroup.Group
	for range clients {
		g.Go(func() error { return w.bookAndGiveBack(ctx) })
	}
	g.Go(func() error {
		if err := w.bookAndGiveBack(ctx); err != nil {
			return err
		}
		return w.adopt(ctx, 2, seats, true)
	})
	if err := g.Wait(); err != nil {
		return err
	}
	if a := w.do(ctx, w.newBook(1)); !errors.Is(a.Err, inventory.ErrCancelled) {
		return fmt.Errorf("booking a cancelled event: %w", cmp.Or(a.Err, errNotRefused))
	}
	_, err := w.verify(ctx)
	return err
}

func (w *world) bookAndGiveBack(ctx context.Context) error {
	for range 10 {
		b := w.newBook(1 + rand.Int64N(4))
		a := w.do(ctx, b)
		if refused(a.Err) {
			continue
		}
		if a.Err != nil {
			return a.Err
		}
		keep := inventory.Keep{ID: b.ID, Seats: rand.Int64N(b.Seats), Date: now}
		var g errgroup.Group
		for range 2 { // giving back once more changes nothing
			g.Go(func() error {
				if a := w.do(ctx, keep); a.Err != nil && !refused(a.Err) {
					return a.Err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func refused(err error) bool {
	var soldOut *inventory.SoldOutError
	return errors.As(err, &soldOut) || errors.Is(err, inventory.ErrCancelled)
}

// twoRequests makes different requests about one booking at the same moment, on different replicas.
func twoRequests(ctx context.Context, store Store) error {
	w := newWorld(store, store, store)
	if err := w.adopt(ctx, 1, 10*seats, false); err != nil {
		return err
	}
	for range 50 {
		if err := w.twoAtOnce(ctx); err != nil {
			return err
		}
	}
	_, err := w.verify(ctx)
	return err
}

func (w *world) twoAtOnce(ctx context.Context) error {
	b := w.newBook(4)
	other := b
	other.Seats = 2
	var made, refusals atomic.Int64
	var g errgroup.Group
	for _, b := range []inventory.Book{b, other} {
		g.Go(func() error {
			a := w.do(ctx, b)
			switch {
			case a.Err == nil:
				made.Add(1)
			case errors.Is(a.Err, inventory.ErrOtherRequest):
				refusals.Add(1)
			default:
				return a.Err
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if made.Load() != 1 || refusals.Load() != 1 {
		return fmt.Errorf("of two requests with one ID %d were booked and %d refused", made.Load(), refusals.Load())
	}
	for n := range int64(2) {
		g.Go(func() error {
			a := w.do(ctx, inventory.Keep{ID: b.ID, Seats: n, Date: now})
			var keep *inventory.KeepError
			if errors.As(a.Err, &keep) || errors.Is(a.Err, inventory.ErrGivenBack) {
				return nil // the other one was first
			}
			return a.Err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if have := w.do(ctx, inventory.Keep{ID: b.ID, Seats: 0, Date: now}); have.Err != nil {
		return fmt.Errorf("giving back the rest: %w", have.Err)
	}
	return nil
}

// changingCapacity raises and lowers the capacity, also below what is sold, while seats are sold, with the copies
// arriving out of order and more than once.
func changingCapacity(ctx context.Context, store Store) error {
	w := newWorld(store, store, store)
	if err := w.adopt(ctx, 1, seats, false); err != nil {
		return err
	}
	var g errgroup.Group
	for range clients / 2 {
		g.Go(func() error { return w.bookAndGiveBack(ctx) })
	}
	const last = 40
	for _, n := range rand.Perm(2 * (last - 1)) {
		version := int64(2 + n/2)
		g.Go(func() error { return w.adopt(ctx, version, persistence.Capacity(10*(version%15)), false) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	inv, err := w.verify(ctx)
	if err == nil && (inv.Event.Version != last || inv.Event.Capacity != 10*(last%15)) {
		err = fmt.Errorf("the copy is %+v, not version %d", inv.Event, last)
	}
	return err
}

// firstCopies has several replicas take over two versions of an event that none of them knows.
func firstCopies(ctx context.Context, store Store) error {
	w := newWorld(store, store, store, store)
	if a := w.do(ctx, w.newBook(1)); !errors.Is(a.Err, inventory.ErrUnknownEvent) {
		return fmt.Errorf("booking an unknown event: %w", cmp.Or(a.Err, errNotRefused))
	}
	var g errgroup.Group
	for n := range 12 {
		g.Go(func() error { return w.adopt(ctx, int64(1+n%2), persistence.Capacity(seats+n%2), false) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	inv, err := w.verify(ctx)
	if err == nil && (inv.Event.Version != 2 || inv.Event.Capacity != seats+1 || inv.Sequence > 2) {
		err = fmt.Errorf("after versions 1 and 2 it is %+v", inv)
	}
	return err
}

// faulty is a store that answers to commits as if the network between lost the question, the answer, or delivered late.
type faulty struct {
	persistence.InventoryHandler
	lost, late atomic.Int64
	underWay   errgroup.Group
}

func newFaulty(s persistence.InventoryHandler) *faulty { return &faulty{InventoryHandler: s} }

func (f *faulty) wait() { _ = f.underWay.Wait() }

// Commit implements persistence.InventoryHandler.
func (f *faulty) Commit(ctx context.Context, s persistence.Snapshot, c []persistence.Change) error {
	switch rand.IntN(8) {
	case 0: // the question is lost
		f.lost.Add(1)
		return persistence.ErrUnknown
	case 1: // the answer is lost
		_ = f.InventoryHandler.Commit(ctx, s, c)
		return persistence.ErrUnknown
	case 2, 3: // the question arrives after its sender gave up
		f.late.Add(1)
		f.underWay.Go(func() error {
			time.Sleep(rand.N(20 * time.Millisecond))
			_ = f.InventoryHandler.Commit(context.WithoutCancel(ctx), s, c)
			return nil
		})
		return persistence.ErrUnknown
	default:
		return f.InventoryHandler.Commit(ctx, s, c)
	}
}
