package delivery

import (
	"container/heap"
	"time"
)

// Retries has what waits for its next try. The zero value is empty. It belongs to one goroutine.
type Retries[T any] struct{ heap retryHeap[T] }

type retry[T any] struct {
	item T
	at   time.Time
}

// Add has an item wait.
func (r *Retries[T]) Add(item T, wait time.Duration) {
	heap.Push(&r.heap, retry[T]{item, time.Now().Add(wait)})
}

// Len is how many wait.
func (r *Retries[T]) Len() int { return len(r.heap) }

// Next is when the first one is due. Something must be waiting.
func (r *Retries[T]) Next() time.Time { return r.heap[0].at }

// Due gives a channel that receives when the first one is due, and a function that ends it.
func (r *Retries[T]) Due() (<-chan time.Time, func() bool) {
	if r.Len() == 0 {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(time.Until(r.Next()))
	return timer.C, timer.Stop
}

// Take takes the first one that is due.
func (r *Retries[T]) Take() T { return heap.Pop(&r.heap).(retry[T]).item }

// retryHeap has the first one to be due first.
type retryHeap[T any] []retry[T]

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h retryHeap[T]) Len() int           { return len(h) }
func (h retryHeap[T]) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h retryHeap[T]) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *retryHeap[T]) Push(x any)        { *h = append(*h, x.(retry[T])) }

func (h *retryHeap[T]) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = retry[T]{} // what it refers to can be collected
	*h = (*h)[:last]
	return r
}
