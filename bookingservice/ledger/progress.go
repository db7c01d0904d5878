package ledger

import (
	"fmt"
	"io"
	"time"

	"myevents/lib/msgqueue"
)

const (
	// progressEvery is how often progress is told, and so how long nothing is said at all.
	progressEvery = 5 * time.Second
	// progressLook is after how many envelopes it looks at the clock.
	progressLook = 256
)

// Progress makes a function that tells, every few seconds, how much of the log has been read. What takes no longer is
// passed over in silence.
func Progress(out io.Writer) func(msgqueue.Envelope) {
	began, n := time.Now(), 0
	told := began
	return func(e msgqueue.Envelope) {
		n++
		if n%progressLook != 0 || time.Since(told) < progressEvery {
			return
		}
		told = time.Now()
		_, _ = fmt.Fprintf(out, "%d messages read, %.0f a second, up to %s\n", n,
			float64(n)/time.Since(began).Seconds(), e.Time.Format(time.RFC3339))
	}
}
