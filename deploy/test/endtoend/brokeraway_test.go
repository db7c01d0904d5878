package endtoend

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/deploy/test/crowd"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
)

const (
	manyBookings = 50_000
	manyClients  = 64
	parts        = 5 // of the bookings, whose cost is compared
)

// TestBrokerAwayForLong has RabbitMQ down while 50,000 bookings of one event are made: the last ones cost no more than
// the first, the memory does not grow with them, and after its return every one of them is told.
func TestBrokerAwayForLong(t *testing.T) {
	rabbit := backends.StartRabbitMQ(t)
	url := rabbit.URL + rabbit.Empty(t)
	events, bookings := newService(t, "eventservice"), newService(t, "bookingservice")
	for _, s := range []*service{events, bookings} {
		s.binaries = quick // the race detector would make it minutes
		s.env = append(s.env, "AMQP_BROKER_URL="+url, "DATABASE_TYPE=bolt", "BOLT_DIRECTORY="+s.folder)
		s.start(t)
		s.waitReady(t)
	}
	o := organiser{crowd.NewVisitor(), &system{events: events}}
	e := o.insist(t, "POST", "/events", describe("Rush", 1_000_000), "organiser-creates-the-event-of-the-rush")
	path := "http://" + bookings.address + "/events/" + e.ID + "/bookings"
	insist(t, crowd.NewVisitor(), "POST", path, map[string]int{"seats": 1}, "the-key-of-the-first-booking")
	rabbit.Settle(t)
	rabbit.Kill(t)

	var costs, memory []int
	for range parts {
		before := processorTime(t, bookings.command.Process.Pid)
		bookMany(t, path, manyBookings/parts)
		costs = append(costs, processorTime(t, bookings.command.Process.Pid)-before)
		memory = append(memory, resident(t, bookings.command.Process.Pid))
	}
	t.Logf("each %d bookings took %v ticks of the processor, and the memory was %v MiB", manyBookings/parts, costs, memory)
	if costs[parts-1] > 2*costs[0] {
		t.Errorf("the last bookings took %d ticks, the first %d", costs[parts-1], costs[0])
	}
	if memory[parts-1] > memory[0]+100 {
		t.Errorf("the memory grew from %d to %d MiB", memory[0], memory[parts-1])
	}
	rabbit.Restart(t)
	eventually(t, "everything is told", func() bool { return bookings.outbox(t) == "0" })
	if told := countBooked(t, url); told != manyBookings+1 {
		t.Errorf("of %d bookings %d were told", manyBookings+1, told)
	}
}

func bookMany(t *testing.T, path string, bookings int) {
	t.Helper()
	var left atomic.Int64
	left.Store(int64(bookings))
	var clients sync.WaitGroup
	for range manyClients {
		v := crowd.NewVisitor()
		clients.Go(func() {
			defer v.CloseIdleConnections()
			for left.Add(-1) >= 0 {
				status, err := v.Do(t.Context(), http.MethodPost, path, map[string]int{"seats": 1}, nil, "")
				if err != nil || status != http.StatusCreated {
					t.Errorf("a booking was answered with %d, %v", status, err)
					return
				}
			}
		})
	}
	clients.Wait()
}

// processorTime says how much of the processor's time a process has used, in ticks of the clock: unlike the time that
// passes, it does not depend on what else the machine does.
func processorTime(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		t.Skip("this needs Linux")
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')'):]))
	user, err := strconv.Atoi(fields[12]) // see proc(5): utime and stime, the name in brackets being the second field
	if err != nil {
		t.Fatal(err)
	}
	system, err := strconv.Atoi(fields[13])
	if err != nil {
		t.Fatal(err)
	}
	return user + system
}

// resident says how many MiB of memory a process holds, apart from its files.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Skip("this needs Linux")
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kibibytes, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kibibytes / 1024
		}
	}
	t.Fatal("the system does not say how much memory the process holds")
	return 0
}

// countBooked counts in the log the bookings that were told, each once.
func countBooked(t *testing.T, url string) int {
	t.Helper()
	told := make(map[string]bool)
	eachBooked(t, url, func(e msgqueue.Envelope) { told[e.ID] = true })
	return len(told)
}

// eachBooked calls f with every booking that the log of a RabbitMQ tells of.
func eachBooked(t *testing.T, url string, f func(msgqueue.Envelope)) {
	t.Helper()
	broker, err := amqp.Open(amqp.Config{URL: url, Subscriptions: contracts.Subscriptions()})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err = broker.ReadLog(ctx, "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		if e.Name == "event.booked" {
			f(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
