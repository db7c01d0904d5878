package sqs

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var errFailure = errors.New("the handler fails")

// handOf has messages whose IDs begin with their groups.
func handOf(fifo bool, now time.Time, ids ...string) *hand {
	h := newHand(fifo)
	for _, id := range ids {
		h.add([]*arrival{{id: id, group: id[:1], until: now.Add(time.Minute)}})
	}
	return h
}

// order takes all that can be handled, as if everything was.
func order(h *hand, now time.Time) string {
	var ids []string
	for {
		d, _ := h.next(now)
		if d == nil {
			return strings.Join(ids, " ")
		}
		ids = append(ids, d.id)
		h.finish(d)
	}
}

// TestRetryInOrder has a message wait for its next try: in a FIFO queue those of its group wait behind it, and others do
// not; in a standard queue nothing waits for it.
func TestRetryInOrder(t *testing.T) {
	for fifo, want := range map[bool][2]string{
		false: {"a2 b1 b2", "a1"},
		true:  {"b1 b2", "a1 a2"},
	} {
		now := time.Now()
		h := handOf(fifo, now, "a1", "a2", "b1", "b2")
		first, _ := h.next(now)
		h.failed(first, errFailure)
		h.again(first, 10*time.Second)
		if got := order(h, now); got != want[0] {
			t.Errorf("fifo %t: while it waits, %q are handled, want %q", fifo, got, want[0])
		}
		if _, wait := h.next(now); wait <= 0 || wait > 11*time.Second {
			t.Errorf("fifo %t: it is due in %s", fifo, wait)
		}
		if got := order(h, now.Add(11*time.Second)); got != want[1] {
			t.Errorf("fifo %t: then %q are handled, want %q", fifo, got, want[1])
		}
	}
}

// TestExpiredInHand lets go of what the broker may have given to somebody else, unless it was extended.
func TestExpiredInHand(t *testing.T) {
	now := time.Now()
	h := handOf(false, now, "a", "b", "c")
	h.extend(h.unhandled().deliveries[1:2], now.Add(time.Hour))
	h.lose(h.unhandled().deliveries[2:])
	if got := order(h, now.Add(2*time.Minute)); got != "b" {
		t.Errorf("%q are handled, want b", got)
	}
}

// TestComesAgain has what is in hand come again: it is handled once, and only its newest receipt is used.
func TestComesAgain(t *testing.T) {
	now := time.Now()
	h := handOf(false, now, "a", "b")
	first, _ := h.next(now)
	h.finish(first)
	h.add([]*arrival{{id: "a", receipt: "new"}, {id: "b", receipt: "new", until: now.Add(time.Hour)}})
	if got := order(h, now.Add(2*time.Minute)); got != "b" {
		t.Errorf("%q are handled, want b", got)
	}
	if got := h.removable().handles; !slices.Equal(got, []string{"new", "new"}) {
		t.Errorf("they are removed by %q", got)
	}
}

// TestRoom is bounded by what was never tried, and by all that there is.
func TestRoom(t *testing.T) {
	now := time.Now()
	h := newHand(false)
	for taken := range 10 * maxHand {
		room := h.room()
		if room == 0 {
			d, _ := h.next(now)
			if d == nil {
				break // all of them wait
			}
			h.failed(d, errFailure)
			h.again(d, time.Hour)
			continue
		}
		if fresh := len(h.open) - taken; fresh > 2*maxBatch+1 {
			t.Fatalf("%d wait for their first try", fresh)
		}
		h.add([]*arrival{{id: time.Duration(taken).String(), until: now.Add(time.Minute)}})
	}
	if n := len(h.open); n != maxHand {
		t.Errorf("%d are in hand, want %d", n, maxHand)
	}
}
