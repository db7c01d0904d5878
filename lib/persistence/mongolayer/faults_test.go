package mongolayer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// patience bounds what has to happen sooner or later.
const patience = 30 * time.Second

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until there is no error any more.
func eventually(t *testing.T, f func(context.Context) error) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := f(within(t, patience))
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestEveryCommandMayBeTheLast has a process die at each of its commands in turn, before and after the server got it.
// Whatever was begun is then found by another process: all of it or nothing, and all of it where it was acknowledged.
func TestEveryCommandMayBeTheLast(t *testing.T) {
	server := backends.SharedMongo(t)
	for _, how := range []fate{loseQuestion, loseAnswer} {
		for k := 1; ; k++ {
			if died := dieAtCommand(t, server, how, k); !died {
				if k < 12 {
					t.Errorf("a booking and a give-back are over after %d commands", k-1)
				}
				break
			}
		}
	}
}

// dieAtCommand books two seats and gives one back, and dies at command k.
func dieAtCommand(t *testing.T, server *backends.Mongo, how fate, k int) (died bool) {
	t.Helper()
	p := newProxy(t, server.URL)
	name := persistence.NewID().String()
	store := openBookings(t, mongolayer.Config{URL: p.url + "/" + name})
	event := persistence.NewID()
	broker := &broker{store: store, has: make(map[string]bool)}
	i := inventory.New(store, encodeMessage, broker, nil)
	adopt(t, i, event, 10)
	count, dead := 0, make(chan struct{})
	p.let(func([]byte) fate {
		count++
		switch {
		case count < k:
			return pass
		case count == k:
			close(dead)
			go p.die()
			return how
		default:
			return loseQuestion
		}
	})
	b := inventory.Book{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 2, Date: now}
	const life = 500 * time.Millisecond
	booked := i.Do(within(t, life), event, b)
	kept := booked
	if booked.Err == nil {
		kept = i.Do(within(t, life), event, inventory.Keep{ID: b.ID, Seats: 1, Date: now})
	}
	i.Close()
	p.let(nil)
	select {
	case <-dead:
		died = true
	default:
	}
	other := openBookings(t, mongolayer.Config{URL: server.URL + "/" + name})
	if err := consistent(within(t, patience), other, broker, event, b.ID, booked, kept); err != nil {
		t.Errorf("died at command %d (%d): %v; the clients were told %+v and %+v", k, how, err, booked, kept)
	}
	return died
}

// broker gets messages, and has them removed from the store as far as that lives.
type broker struct {
	store persistence.Outbox
	has   map[string]bool
}

// Offer implements inventory.Publisher.
func (b *broker) Offer(messages ...persistence.Message) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
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
	found, err := store.FindBooking(ctx, id)
	if (err == nil) != (b.Version > 0) || found != b {
		return fmt.Errorf("the booking is found as %+v, %w", found, err)
	}
	return sent(ctx, store, broker, b)
}

// sent checks that every message is in the outbox, in its order, or with the broker.
func sent(ctx context.Context, store persistence.BookingHandler, broker *broker, b persistence.Booking) error {
	last := ""
	for {
		pending, err := store.Pending(ctx, 10)
		if err != nil {
			return err
		}
		if len(pending) == 0 {
			break
		}
		for _, m := range pending {
			if m.Document == b.ID.String() {
				if m.ID <= last {
					return fmt.Errorf("%s comes before %s", last, m.ID)
				}
				last = m.ID
			}
			broker.has[m.ID] = true
			if err := store.Done(ctx, m.ID); err != nil {
				return err
			}
		}
	}
	for version := range b.Version {
		if id := persistence.MessageID(b.ID.String(), version+1); !broker.has[id] {
			return fmt.Errorf("%s is lost", id)
		}
	}
	return nil
}

// TestLostAnswer shows the three ends of a commit: it is unknown whether it happened, and Load tells.
func TestLostAnswer(t *testing.T) {
	p := newProxy(t, backends.SharedMongo(t).URL)
	store := openBookings(t, mongolayer.Config{URL: p.url + "/" + persistence.NewID().String()})
	event := persistence.NewID()
	adopt(t, inventory.New(store, encodeMessage, silent{}, nil), event, 10)
	for how, want := range map[fate]int64{loseQuestion: 0, loseAnswer: 1} {
		s, err := store.Load(t.Context(), event)
		if err != nil {
			t.Fatal(err)
		}
		b := book()
		changes, _ := inventory.Decide(s, []inventory.Request{b})
		p.let(func(m []byte) fate {
			if bytes.Contains(m, []byte("update\x00")) {
				return how
			}
			return pass
		})
		if err := store.Commit(t.Context(), s, changes); !errors.Is(err, persistence.ErrUnknown) {
			t.Errorf("the commit ends with %v", err)
		}
		p.let(nil)
		eventually(t, func(ctx context.Context) error { // it may reach the server later than the loading
			found, err := store.Load(ctx, event, b.ID)
			got := found.Inventory.Booked - s.Inventory.Booked
			if err == nil && (got != want || found.Bookings[b.ID].Seats != want) {
				err = fmt.Errorf("%d seats were booked, want %d; the booking is %+v", got, want, found.Bookings[b.ID])
			}
			return err
		})
		if want == 0 { // nothing can come of it any more
			if err := store.Commit(t.Context(), s, changes); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestNoAnswer shows that a server which is silent costs nobody more time than he has.
func TestNoAnswer(t *testing.T) {
	p := newProxy(t, backends.SharedMongo(t).URL)
	store := openBookings(t, mongolayer.Config{URL: p.url + "/x" + persistence.NewID().String() + "?maxPoolSize=2"})
	if err := store.Ping(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	release := p.hold()
	defer release()
	const calls, each = 20, 300 * time.Millisecond
	errs := make(chan error, 2*calls)
	began := time.Now()
	for range calls { // more than there are connections
		go func() {
			_, err := store.FindBooking(within(t, each), persistence.NewID())
			errs <- err
		}()
		go func() {
			errs <- store.AdoptGuest(within(t, each), persistence.NewID(), persistence.NewID())
		}()
	}
	unknown := 0
	for range 2 * calls {
		switch err := <-errs; {
		case errors.Is(err, persistence.ErrUnknown):
			unknown++
		case !errors.Is(err, persistence.ErrUnavailable):
			t.Errorf("got %v", err)
		}
	}
	if d := time.Since(began); d > 20*each {
		t.Errorf("the calls took %v", d)
	}
	if unknown > 2 {
		t.Errorf("of %d calls %d may have changed something, with 2 connections", 2*calls, unknown)
	}
	release()
	eventually(t, store.Ping)
}

// TestReconnect cuts all connections, and has the server killed and started again.
func TestReconnect(t *testing.T) {
	server := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	p := newProxy(t, server.URL)
	store := openBookings(t, mongolayer.Config{URL: p.url})
	event := persistence.NewID()
	i := inventory.New(store, encodeMessage, silent{}, nil)
	adopt(t, i, event, 100)
	var acknowledged []persistence.ID
	bookOne := func(ctx context.Context) error {
		b := book()
		a := i.Do(ctx, event, b)
		if a.Err == nil {
			acknowledged = append(acknowledged, b.ID)
		}
		return a.Err
	}
	for range 3 {
		eventually(t, bookOne)
		p.cut()
		eventually(t, bookOne)
		server.Kill(t)
		if err := store.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("a dead server: %v", err)
		}
		server.Restart(t)
		eventually(t, store.Ping)
	}
	s, err := store.Load(within(t, patience), event, acknowledged...)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Bookings) != len(acknowledged) || s.Inventory.Booked < int64(len(acknowledged)) {
		t.Errorf("of %d bookings %d are there, and %d seats", len(acknowledged), len(s.Bookings), s.Inventory.Booked)
	}
}

// TestStartsWithoutServer shows that a service can start, and say what is wrong, while the database is away.
func TestStartsWithoutServer(t *testing.T) {
	server := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	server.Kill(t)
	store := openEvents(t, mongolayer.Config{URL: server.URL})
	for range 3 {
		if err := store.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		e := persistence.Event{ID: persistence.NewID(), Version: 1}
		if err := store.AddEvent(within(t, patience), e, persistence.Message{}); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
	server.Restart(t)
	eventually(t, store.Ping)
}

func TestTLS(t *testing.T) {
	server := backends.StartMongo(t, backends.MongoOptions{TLS: true})
	eventually(t, openEvents(t, mongolayer.Config{URL: server.URL}).Ping)
	stranger := openEvents(t, mongolayer.Config{URL: "mongodb://" + server.Address + "/?tls=true"})
	if err := stranger.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
}
