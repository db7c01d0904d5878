package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"myevents/bookingservice/ledger"
	"myevents/bookingservice/service"
	backends "myevents/deploy/test"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

const (
	replayAll    = 1_000_000 // messages
	replayEvents = 5_000     // that they are about
	replayFew    = replayAll / 10
)

// BenchmarkReplay: target 60 s for filling an empty store from a log of 1,000,000 messages, in memory that does not
// grow with their number.
func BenchmarkReplay(b *testing.B) {
	b.Run("inproc", func(b *testing.B) {
		replay(b, func() configuration.Settings {
			return configuration.Settings{BrokerType: "inproc", InprocDirectory: b.TempDir()}
		})
	})
	b.Run("amqp", func(b *testing.B) {
		rabbit := backends.StartRabbitMQ(b)
		replay(b, func() configuration.Settings {
			return configuration.Settings{BrokerType: "amqp", AMQPBroker: rabbit.URL + rabbit.Empty(b)}
		})
	})
	b.Run("kafka", func(b *testing.B) {
		replay(b, func() configuration.Settings {
			return configuration.Settings{BrokerType: "kafka", KafkaBrokers: backends.StartKafka(b).URLs}
		})
	})
}

func replay(b *testing.B, newLog func() configuration.Settings) {
	b.Helper()
	few, all := newLog(), newLog()
	emit(b, few, replayFew)
	emit(b, all, replayAll)
	limit(b, fmt.Sprintf("replay of %d messages from %s", replayAll, all.BrokerType),
		replayOnce(b, all).Seconds(), 60, "s")
	limit(b, fmt.Sprintf("its memory, against that of %d messages", replayFew),
		100*replayMemory(b, all)/replayMemory(b, few), 120, "%")
	b.ReportMetric(0, "ns/op")
}

// emit fills a log: a message in a hundred is one of the event service.
func emit(b *testing.B, s configuration.Settings, n int) {
	b.Helper()
	settings := builder.FromConfiguration(s, nil, nil)
	settings.Subscriptions = nil
	broker, err := builder.Open(settings)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	part := make([]msgqueue.Envelope, 0, 5_000)
	for i := range n {
		if part = append(part, message(i)); len(part) < cap(part) && i < n-1 {
			continue
		}
		if err := errors.Join(broker.Emit(ctx, part)...); err != nil {
			b.Fatal(err)
		}
		part = part[:0]
	}
	if err := broker.Close(); err != nil {
		b.Fatal(err)
	}
}

func message(n int) msgqueue.Envelope {
	event, capacity := persistence.ID{1, byte(n % replayEvents >> 8), byte(n % replayEvents)}.String(), int64(1000)
	round := int64(n / replayEvents)
	var e contracts.Event = &contracts.EventBooked{BookingState: contracts.BookingState{
		EventID: event, UserID: persistence.NewID().String(), BookingID: persistence.NewID().String(), Seats: 1, Version: 1,
		Decision: contracts.Decision{Sequence: round + 1, Booked: round, Capacity: &capacity}, Date: time.Now(),
	}}
	if round%100 == 0 {
		e = &contracts.EventUpdated{EventState: contracts.EventState{
			ID: event, Name: "Event", Start: time.Unix(1, 0), End: time.Unix(2, 0), Version: round + 1, Capacity: &capacity,
		}}
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return msgqueue.Envelope{ID: fmt.Sprintf("%d:1", n), Name: e.EventName(), Key: event, Body: body, Time: time.Now()}
}

// replayOnce says how long a replay takes, from the opening of the log to the filled store.
func replayOnce(b *testing.B, s configuration.Settings) time.Duration {
	b.Helper()
	began := time.Now()
	err := service.Replay(b.Context(), s, service.ReplayOptions{Into: "bolt:" + b.TempDir()}, io.Discard, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// replayMemory says how much memory is in use while a log is replayed, in MiB. What bbolt takes to open the embedded
// broker's file, which grows with the file, is over by then.
func replayMemory(b *testing.B, s configuration.Settings) (mebibytes float64) {
	b.Helper()
	broker, err := builder.Open(builder.FromConfiguration(s, nil, nil))
	if err != nil {
		b.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	log, err := ledger.NewReader(broker, "", nil)
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { mebibytes = inUse(done) })
	err = log.Read(b.Context(), ledger.NewState(time.Time{}).Add)
	close(done)
	watching.Wait()
	if err != nil {
		b.Fatal(err)
	}
	return mebibytes
}

// inUse is how much memory is in use until it is done, in MiB, of many looks at it. The highest tenth of them is left out:
// it says how much was on its way at that moment, and is the higher the more looks there are, so the longer the log is.
func inUse(done <-chan struct{}) (mebibytes float64) {
	var m runtime.MemStats
	var looks []float64
	for {
		runtime.GC() // what is not in use any more does not count
		runtime.ReadMemStats(&m)
		looks = append(looks, float64(m.HeapAlloc)/(1<<20))
		select {
		case <-done:
			slices.Sort(looks)
			return looks[len(looks)*9/10]
		case <-time.After(50 * time.Millisecond):
		}
	}
}
