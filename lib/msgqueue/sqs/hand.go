package sqs

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxHand is how many messages a listener has at once; those that wait for another try are among them. When all of
	// them wait, it is not the messages that are wrong.
	maxHand = 100
	// maxFresh is how many there may be that were never tried before more are asked for.
	maxFresh = maxBatch
)

// hand is what a listener has in hand. Its parts use it at the same time.
type hand struct {
	fifo bool
	// came and went are told when there is something more to handle, or room for more; finished when there is something
	// to remove from the queue.
	came, went, finished chan struct{}

	mu sync.Mutex
	// open is what is not handled, in the order in which it came; handled is what is not removed from the queue.
	open, handled []*arrival
}

func newHand(fifo bool) *hand {
	return &hand{
		fifo: fifo, came: make(chan struct{}, 1), went: make(chan struct{}, 1), finished: make(chan struct{}, 1),
	}
}

func tell(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// room is how many more it takes.
func (h *hand) room() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := 0
	for _, d := range h.open {
		if d.tries == 0 {
			fresh++
		}
	}
	if fresh > maxFresh {
		return 0
	}
	return max(0, min(maxBatch, maxHand-len(h.open)-len(h.handled)))
}

// add takes what was received. What is in hand already comes again because its time was over: only the newest receipt
// counts then.
func (h *hand) add(received []*arrival) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range received {
		if old := find(h.open, d.id); old != nil {
			old.receipt, old.until = d.receipt, d.until
		} else if old := find(h.handled, d.id); old != nil {
			old.receipt = d.receipt
		} else {
			h.open = append(h.open, d)
		}
	}
	tell(h.came)
	tell(h.finished)
}

func find(all []*arrival, id string) *arrival {
	n := slices.IndexFunc(all, func(d *arrival) bool { return d.id == id })
	if n < 0 {
		return nil
	}
	return all[n]
}

// next gives what is to be handled now, or else how long there is nothing, 0 being for ever. Of a FIFO queue nothing is
// handled while an earlier one of its group waits for another try. What the broker may have given to somebody else is
// let go.
func (h *hand) next(now time.Time) (*arrival, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = slices.DeleteFunc(h.open, func(d *arrival) bool { return !now.Before(d.until) })
	var wait time.Duration
	blocked := make(map[string]bool)
	for _, d := range h.open {
		switch {
		case h.fifo && blocked[d.group]:
		case !now.Before(d.due):
			return d, 0
		default:
			blocked[d.group] = true
			if left := d.due.Sub(now); wait == 0 || left < wait {
				wait = left
			}
		}
	}
	return nil, wait
}

// failed counts a try that failed.
func (h *hand) failed(d *arrival, failure error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d.tries, d.failure = d.tries+1, failure
	tell(h.went) // it is not fresh any more
}

// again has a delivery wait for its next try.
func (h *hand) again(d *arrival, wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d.due = time.Now().Add(wait)
}

// finish says that a delivery is handled, or lies among the dead letters.
func (h *hand) finish(d *arrival) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = without(h.open, []*arrival{d})
	h.handled = append(h.handled, d)
	tell(h.finished)
	tell(h.went)
}

// lose lets go of deliveries: they are removed from the queue, or belong to somebody else now.
func (h *hand) lose(gone []*arrival) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open, h.handled = without(h.open, gone), without(h.handled, gone)
	tell(h.went)
}

func without(all, gone []*arrival) []*arrival {
	return slices.DeleteFunc(all, func(d *arrival) bool { return slices.Contains(gone, d) })
}

// extend says until when deliveries are given to nobody else.
func (h *hand) extend(all []*arrival, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range all {
		d.until = until
	}
}

// receipts are deliveries, each with the receipt that counts at the moment.
type receipts struct {
	deliveries []*arrival
	handles    []string
}

// unhandled has all that is open.
func (h *hand) unhandled() receipts {
	h.mu.Lock()
	defer h.mu.Unlock()
	return receiptsOf(h.open)
}

// removable has as much of what is handled as can be removed at once.
func (h *hand) removable() receipts {
	h.mu.Lock()
	defer h.mu.Unlock()
	return receiptsOf(h.handled[:min(maxBatch, len(h.handled))])
}

func receiptsOf(all []*arrival) receipts {
	r := receipts{deliveries: slices.Clone(all)}
	for _, d := range all {
		r.handles = append(r.handles, d.receipt)
	}
	return r
}
