package amqp

import (
	"container/heap"
	"time"

	streadway "github.com/streadway/amqp"
)

// retry is a delivery that waits for its next try. It stays unacknowledged, so that it is not lost with the process.
type retry struct {
	delivery streadway.Delivery
	tries    int
	failure  error
	at       time.Time
}

// retries has what waits, as a heap: the first one to be due comes first.
type retries struct{ heap retryHeap }

func (r *retries) add(d *retry, wait time.Duration) {
	d.at = time.Now().Add(wait)
	heap.Push(&r.heap, d)
}

// due gives a channel that receives when the first one is due, and a function that ends it.
func (r *retries) due() (<-chan time.Time, func() bool) {
	if len(r.heap) == 0 {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(time.Until(r.heap[0].at))
	return timer.C, timer.Stop
}

func (r *retries) take() *retry { return heap.Pop(&r.heap).(*retry) }

type retryHeap []*retry

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h retryHeap) Len() int           { return len(h) }
func (h retryHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h retryHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *retryHeap) Push(x any)        { *h = append(*h, x.(*retry)) }

func (h *retryHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}
