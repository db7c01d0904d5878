package boltlayer_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// childFile names, for a process that this test starts, the file that it works on.
const childFile = "BOLTLAYER_TEST_CHILD"

// killedEvent is the one that the child sells seats of.
func killedEvent() persistence.EventCopy {
	return persistence.EventCopy{ID: persistence.ID{0xd}, Name: "Last", Capacity: persistence.Unlimited,
		StartDate: 1_900_000_000, EndDate: 1_900_007_200, Version: 1}
}

// sellForever books from several goroutines and prints each booking that is acknowledged.
func sellForever(path string) {
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		panic(err)
	}
	i, event := inventory.New(store, encodeSample, nobody{}, nil), killedEvent()
	if a := i.Do(context.Background(), event.ID, inventory.Adopt{Event: event}); a.Err != nil {
		panic(a.Err)
	}
	var printing sync.Mutex
	for range 8 {
		go func() {
			for {
				a := i.Do(context.Background(), event.ID, inventory.Book{
					ID: persistence.NewID(), UserID: persistence.ID{7}, Seats: 2, Date: 1_800_000_000,
				})
				if a.Err != nil {
					panic(a.Err)
				}
				printing.Lock()
				fmt.Println(a.Booking.ID)
				printing.Unlock()
			}
		}()
	}
	select {}
}

// TestKilled kills a selling process again and again: each acknowledged booking is there, and inventory, bookings, the
// user's and the event's lists and the outbox always tell the same.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bookings.db")
	acknowledged := make(map[persistence.ID]bool)
	for range 3 {
		for _, id := range sellAndKill(t, path) {
			acknowledged[id] = true
		}
		checkSale(t, path, acknowledged)
	}
}

// sellAndKill answers with what the killed process had acknowledged.
func sellAndKill(t *testing.T, path string) (acknowledged []persistence.ID) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childFile+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, err := persistence.ParseID(lines.Text())
		if err != nil {
			break // the last line may be cut off
		}
		acknowledged = append(acknowledged, id)
		if len(acknowledged) == 100 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(acknowledged) < 100 {
		t.Fatalf("the process ended by itself after %d bookings", len(acknowledged))
	}
	return acknowledged
}

func checkSale(t *testing.T, path string, acknowledged map[persistence.ID]bool) {
	t.Helper()
	store, err := boltlayer.OpenBookings(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	s, err := store.Load(t.Context(), killedEvent().ID)
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.FindBookings(t.Context(), []persistence.ID{{7}}, persistence.Page{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	ofEvent, err := store.FindBookingsOfEvent(t.Context(), killedEvent().ID, persistence.Page{Limit: 1_000_000})
	if diff := cmp.Diff(all, ofEvent); err != nil || diff != "" {
		t.Errorf("%v; the lists differ (-user's +event's):\n%s", err, diff)
	}
	backlog, err := store.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := int64(len(all)); s.Inventory.Booked != 2*n || s.Inventory.Sequence != n+1 || backlog.Messages != len(all)+1 {
		t.Errorf("%d bookings, but the inventory is %+v and %d messages wait", n, s.Inventory, backlog.Messages)
	}
	found := make(map[persistence.ID]bool)
	for _, b := range all {
		found[b.ID] = true
	}
	for id := range acknowledged {
		if !found[id] {
			t.Errorf("the booking %s was acknowledged and is not there", id)
		}
	}
}
