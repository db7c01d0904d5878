package boltfile

import "runtime"

// AwaitQueue waits until so many changes wait for the next transaction.
func AwaitQueue(f *File, n int) {
	for waiting := -1; waiting != n; runtime.Gosched() {
		f.mu.Lock()
		waiting = len(f.waiting)
		f.mu.Unlock()
	}
}
