package dynamolayer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dynamolayer"
)

// TestKilledServer kills the server while it is sold on, and starts it again: what was acknowledged is there, and what
// was not is there completely or not at all.
func TestKilledServer(t *testing.T) {
	const clients, kills, after = 8, 2, 20
	server := backends.StartDynamoDB(t)
	backends.UseDynamoDB(t, server.Endpoint)
	store := openBookings(t, dynamolayer.Config{TablePrefix: "killed-", CreateTables: true})
	event := persistence.NewID()
	i := inventory.New(store, encodeMessage, silent{}, nil)
	defer i.Close()
	adopt(t, i, event, persistence.Unlimited)

	var mu sync.Mutex
	var asked []persistence.ID
	acknowledged := make(map[persistence.ID]bool)
	some := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	var selling sync.WaitGroup
	for range clients {
		selling.Go(func() {
			for ctx.Err() == nil {
				b := book()
				a := i.Do(within(t, patience), event, b)
				mu.Lock()
				asked = append(asked, b.ID)
				acknowledged[b.ID] = a.Err == nil
				mu.Unlock()
				if a.Err == nil {
					select {
					case some <- struct{}{}:
					case <-ctx.Done():
					}
				}
			}
		})
	}
	for range kills {
		for range after {
			<-some
		}
		server.Kill(t)
		if err := store.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("a dead server: %v", err)
		}
		server.Restart(t)
	}
	for range after {
		<-some
	}
	stop()
	selling.Wait()
	s, err := store.Load(within(t, patience), event, asked...)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range asked {
		if acknowledged[id] && s.Bookings[id].Seats != 1 {
			t.Errorf("what was acknowledged is not there: %+v", s.Bookings[id])
		}
	}
	if s.Inventory.Booked != int64(len(s.Bookings)) || s.Inventory.Sequence != s.Inventory.Booked+1 {
		t.Errorf("with %d bookings the inventory is %+v", len(s.Bookings), s.Inventory)
	}
	backlog, err := store.Backlog(within(t, patience))
	if err != nil || backlog.Messages != len(s.Bookings)+1 {
		t.Errorf("of %d bookings the backlog is %+v, %v", len(s.Bookings), backlog, err)
	}
}

// TestStartsWithoutServer shows that a service can start, and say what is wrong, while the database is away.
func TestStartsWithoutServer(t *testing.T) {
	server := backends.StartDynamoDB(t)
	backends.UseDynamoDB(t, server.Endpoint)
	server.Kill(t)
	store := openEvents(t, dynamolayer.Config{TablePrefix: "late-", CreateTables: true})
	for range 3 {
		began := time.Now()
		if err := store.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		e := persistence.Event{ID: persistence.NewID(), Version: 1}
		err := store.AddEvent(within(t, patience), e, message(e.ID.String(), 1))
		if !errors.Is(err, persistence.ErrUnavailable) || errors.Is(err, persistence.ErrUnknown) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took > patience/3 {
			t.Errorf("it took %v to say so", took)
		}
	}
	server.Restart(t)
	eventually(t, store.Ping)
}

// TestNoAnswer shows that a server which is silent costs nobody more time than he has.
func TestNoAnswer(t *testing.T) {
	s := newSale(t)
	s.let(func(string, []byte) fate { return hold })
	const calls, each = 20, 300 * time.Millisecond
	errs := make(chan error, 2*calls)
	began := time.Now()
	for range calls {
		go func() {
			_, err := s.store.FindBooking(within(t, each), persistence.NewID())
			if errors.Is(err, persistence.ErrUnknown) {
				err = fmt.Errorf("a read: %v", err) //nolint:errorlint // it is not to be taken for one
			}
			errs <- err
		}()
		go func() { errs <- s.store.RemoveSession(within(t, each), persistence.NewID()) }()
	}
	for range 2 * calls {
		if err := <-errs; !errors.Is(err, persistence.ErrUnknown) && !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
	if d := time.Since(began); d > 20*each {
		t.Errorf("the calls took %v", d)
	}
	s.let(nil)
	s.release()
	eventually(t, s.store.Ping)
}

// TestEveryRequestMayBeTheLast has a process die at each of its requests in turn, before and after the server got it.
// Whatever was begun is then found by another process: all of it or nothing, and all of it where it was acknowledged.
func TestEveryRequestMayBeTheLast(t *testing.T) {
	const never = 1 << 30
	c := fresh(t)
	_, took := dieAtRequest(t, c, pass, never, patience)
	life := 200*time.Millisecond + 3*took // the dead try again until their time is over
	for _, how := range []fate{loseQuestion, loseAnswer} {
		for k := 1; ; k++ {
			if died, _ := dieAtRequest(t, c, how, k, life); !died {
				if k < 8 {
					t.Errorf("a booking and a give-back are over after %d requests", k-1)
				}
				break
			}
		}
	}
}

// dieAtRequest books two seats and gives one back, and dies at request k.
func dieAtRequest(
	t *testing.T, c dynamolayer.Config, how fate, k int, life time.Duration,
) (died bool, took time.Duration) {
	t.Helper()
	server := backends.SharedDynamoDB(t).Endpoint
	p := newProxy(t, server)
	backends.UseDynamoDB(t, p.url)
	store := openBookings(t, c)
	event := persistence.NewID()
	broker := &broker{store: store, has: make(map[string]bool)}
	i := inventory.New(store, encodeMessage, broker, nil)
	adopt(t, i, event, 10)
	count := 0
	p.let(func(string, []byte) fate {
		count++
		switch {
		case count < k:
			return pass
		case count == k:
			return how
		default:
			return loseQuestion
		}
	})
	b := inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 2, Date: now}
	began := time.Now()
	booked := i.Do(within(t, life), event, b)
	kept := booked
	if booked.Err == nil {
		kept = i.Do(within(t, life), event, inventory.Keep{ID: b.ID, Seats: 1, Date: now})
	}
	i.Close()
	took = time.Since(began)
	p.let(nil)
	backends.UseDynamoDB(t, server)
	other := openBookings(t, c)
	if err := consistent(within(t, patience), other, broker, event, b.ID, booked, kept); err != nil {
		t.Errorf("died at request %d (%d): %v; the clients were told %+v and %+v", k, how, err, booked, kept)
	}
	return count >= k, took
}

// broker gets messages, and has them removed from the store as far as that lives.
type broker struct {
	store persistence.Outbox
	has   map[string]bool
}

// Offer implements inventory.Publisher.
func (b *broker) Offer(messages ...persistence.Message) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	for _, m := range messages {
		b.has[m.ID] = true
		_ = b.store.Done(ctx, m.ID) // the dead see no error
	}
}

// consistent checks what another process finds.
func consistent(
	ctx context.Context, store persistence.BookingHandler, broker *broker, event, id persistence.ID,
	booked, kept inventory.Answer,
) error {
	s, err := store.Load(ctx, event, id)
	if err != nil {
		return err
	}
	b := s.Bookings[id]
	switch {
	case b.Seats != s.Inventory.Booked:
		return fmt.Errorf("the booking is %+v, the inventory %+v", b, s.Inventory)
	case b.Version != s.Inventory.Sequence-1: // the event's copy has the first number
		return fmt.Errorf("the booking is %+v after %d decisions", b, s.Inventory.Sequence)
	case booked.Err == nil && b.Version < 1, kept.Err == nil && b.Version < 2:
		return fmt.Errorf("what was acknowledged is not there: %+v", b)
	}
	if err := drain(ctx, store, broker); err != nil {
		return err
	}
	for version := range b.Version {
		if id := persistence.MessageID(b.ID.String(), version+1); !broker.has[id] {
			return fmt.Errorf("%s is lost", id)
		}
	}
	return nil
}

// drain gives all messages to the broker, and checks the order of each document's.
func drain(ctx context.Context, store persistence.Outbox, broker *broker) error {
	last := make(map[string]string)
	for {
		pending, err := store.Pending(ctx, 10)
		if err != nil || len(pending) == 0 {
			return err
		}
		for _, m := range pending {
			if m.ID <= last[m.Document] {
				return fmt.Errorf("%s comes before %s", last[m.Document], m.ID)
			}
			last[m.Document], broker.has[m.ID] = m.ID, true
			if err := store.Done(ctx, m.ID); err != nil {
				return err
			}
		}
	}
}
