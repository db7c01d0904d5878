// Package bench measures the services against bare baselines, in the same run: `make bench`. Ours and the baseline take
// turns, so that a machine whose speed drifts does the same to both; what is reported are medians and their ratio.
package bench

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// rounds is how often ours and the baseline take turns.
const rounds = 9

// plenty is a limit of requests that counts them, but is never reached.
const plenty = 1_000_000_000

// compare measures how fast ours is, in percent of the baseline. Both do so many operations a round.
func compare(b *testing.B, g goal, operations int, bare, ours func(operations int)) {
	b.Helper()
	bare(operations / 10) // warms up
	ours(operations / 10)
	var m measured
	for range rounds {
		m.add(cost(operations, bare), cost(operations, ours))
	}
	m.report(b, g)
}

func cost(operations int, f func(int)) float64 {
	began := time.Now()
	f(operations)
	return float64(time.Since(began).Nanoseconds()) / float64(operations)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// inParallel has so many workers share the operations. Each of them makes its own function of it.
func inParallel(workers, operations int, worker func(n int) func()) {
	var all sync.WaitGroup
	for n := range workers {
		do := worker(n)
		all.Go(func() {
			for range operations / workers {
				do()
			}
		})
	}
	all.Wait()
}

// client is a client with connections of its own that stay open.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}}
}

// get reads a page over and over.
func get(b *testing.B, c *http.Client, url string, status int, header ...string) func() {
	b.Helper()
	return func() {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			panic(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		response, err := c.Do(r)
		if err != nil {
			panic(err)
		}
		_, err = io.Copy(io.Discard, response.Body)
		if closed := response.Body.Close(); err != nil || closed != nil || response.StatusCode != status {
			panic(fmt.Sprint(response.Status, err, closed))
		}
	}
}
