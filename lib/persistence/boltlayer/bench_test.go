package boltlayer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

const benchClients = 64

// nobody takes no messages.
type nobody struct{}

func (nobody) Offer(...persistence.Message) {}

// clients has 64 goroutines do b.N operations together.
func clients(b *testing.B, do func() error) {
	b.Helper()
	work := make(chan struct{})
	var all sync.WaitGroup
	for range benchClients {
		all.Go(func() {
			for range work {
				if err := do(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// sample is a change of the size that a booking has: with its booking and its domain event.
func sample() persistence.Change {
	event := persistence.EventCopy{
		ID: persistence.NewID(), Name: "A concert with a name of usual length", Capacity: persistence.Unlimited,
		StartDate: 1_900_000_000, EndDate: 1_900_007_200, LocationID: persistence.NewID(), Version: 1,
	}
	booking := persistence.Booking{
		ID: persistence.NewID(), EventID: event.ID, UserID: persistence.NewID(), Seats: 2, Asked: 2,
		Date: 1_800_000_000, Version: 1,
	}
	return persistence.Change{
		Inventory: persistence.Inventory{Event: event, Booked: 2, Sequence: 2}, Booking: &booking,
	}
}

func encodeSample(c persistence.Change) persistence.Message {
	document, version := "availability:"+c.Inventory.Event.ID.String(), c.Inventory.Sequence
	if c.Booking != nil {
		document, version = c.Booking.ID.String(), c.Booking.Version
	}
	body, err := json.Marshal(c.Booking)
	if err != nil {
		panic(err)
	}
	return persistence.Message{
		ID: persistence.MessageID(document, version), Document: document, Name: "event.booked",
		Key: c.Inventory.Event.ID.String(), Body: body, Time: time.Now().UTC(),
	}
}

func openBench(b *testing.B) persistence.BookingHandler {
	b.Helper()
	s, err := boltlayer.OpenBookings(filepath.Join(b.TempDir(), "bookings.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// adopt makes the event known to the store.
func adopt(b *testing.B, s persistence.BookingHandler, event persistence.EventCopy) {
	b.Helper()
	i := inventory.New(s, encodeSample, nobody{}, nil)
	defer i.Close()
	if a := i.Do(b.Context(), event.ID, inventory.Adopt{Event: event}); a.Err != nil {
		b.Fatal(a.Err)
	}
}

func book(ctx context.Context, i *inventory.Inventory, event persistence.ID) error {
	return i.Do(ctx, event, inventory.Book{
		ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 2, Date: 1_800_000_000,
	}).Err
}

// BenchmarkBooking compares bookings with bare bbolt.Batch of values of the same size, each from 64 goroutines.
func BenchmarkBooking(b *testing.B) {
	b.Run("bare", benchmarkBare)
	b.Run("hot event", func(b *testing.B) {
		s, event := openBench(b), sample().Inventory.Event
		adopt(b, s, event)
		i := inventory.New(s, encodeSample, nobody{}, nil)
		defer i.Close()
		clients(b, func() error { return book(b.Context(), i, event.ID) })
	})
	b.Run("many events", func(b *testing.B) {
		s := openBench(b)
		events := make(chan persistence.ID, benchClients)
		for range benchClients {
			event := sample().Inventory.Event
			adopt(b, s, event)
			events <- event.ID
		}
		i := inventory.New(s, encodeSample, nobody{}, nil)
		defer i.Close()
		clients(b, func() error {
			event := <-events
			defer func() { events <- event }()
			return book(b.Context(), i, event)
		})
	})
}

// benchmarkBare puts one key, whose value is as long as a booking and its message together.
func benchmarkBare(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}()
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("bare"))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	c := sample()
	value, err := json.Marshal([]any{c.Booking, encodeSample(c)})
	if err != nil {
		b.Fatal(err)
	}
	clients(b, func() error {
		id := persistence.NewID()
		return db.Batch(func(tx *bolt.Tx) error { return tx.Bucket([]byte("bare")).Put(id[:], value) })
	})
}

// BenchmarkFlat books in stores that hold little and much, by turns, since the disk's speed changes with time. The
// median of each has to be that of the first.
func BenchmarkFlat(b *testing.B) {
	sizes := []struct{ events, bookings int }{{10, 0}, {100_000, 0}, {10, 50_000}}
	books := make([]func() error, len(sizes))
	for n, size := range sizes {
		s, event := openBench(b), sample().Inventory.Event
		adopt(b, s, event)
		fill(b, s, size.events, event.ID, size.bookings)
		i := inventory.New(s, encodeSample, nobody{}, nil)
		b.Cleanup(i.Close)
		books[n] = func() error { return book(b.Context(), i, event.ID) }
	}
	took := make([][]time.Duration, len(sizes))
	b.ResetTimer()
	for range b.N {
		for n, book := range books {
			began := time.Now()
			if err := book(); err != nil {
				b.Fatal(err)
			}
			took[n] = append(took[n], time.Since(began))
		}
	}
	b.StopTimer()
	first := median(took[0])
	b.ReportMetric(float64(first.Nanoseconds()), "ns/booking")
	for n, size := range sizes[1:] {
		ratio := float64(median(took[n+1])) / float64(first)
		b.ReportMetric(ratio, fmt.Sprintf("x-events=%d-bookings=%d", size.events, size.bookings))
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// fill adds events, and bookings of one event, and sends the messages away as a relay would.
func fill(b *testing.B, s persistence.BookingHandler, events int, event persistence.ID, bookings int) {
	b.Helper()
	i := inventory.New(s, encodeSample, nobody{}, nil)
	defer i.Close()
	work := make(chan func() error)
	var all sync.WaitGroup
	for range 4 * benchClients {
		all.Go(func() {
			for do := range work {
				if err := do(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range events {
		e := sample().Inventory.Event
		work <- func() error { return i.Do(b.Context(), e.ID, inventory.Adopt{Event: e}).Err }
	}
	for range bookings {
		work <- func() error { return book(b.Context(), i, event) }
	}
	close(work)
	all.Wait()
	for {
		pending, err := s.Pending(b.Context(), 1000)
		if err != nil {
			b.Fatal(err)
		}
		if len(pending) == 0 {
			return
		}
		ids := make([]string, len(pending))
		for n, m := range pending {
			ids[n] = m.ID
		}
		if err := s.Done(b.Context(), ids...); err != nil {
			b.Fatal(err)
		}
	}
}
