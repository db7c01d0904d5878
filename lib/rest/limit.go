package rest

import (
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxKeys bounds the memory of a Limiter: some 100 bytes each, twice.
const maxKeys = 100_000

// Limits bound what one client can ask of one replica; 0 is no limit. In the open mode there are none.
type Limits struct {
	// PerAddress and PerUser are requests a second; as many may come at once.
	PerAddress, PerUser int
	// Streams are those open at the same time from one address.
	Streams int
}

// Limiter bounds how often something happens, apart for each key: the same in a while as at once. It remembers the keys
// of late only, as long as it takes until each may do everything again; where there are too many, it forgets the oldest
// earlier. It is safe for concurrent use; a nil Limiter limits nothing.
type Limiter[K comparable] struct {
	every rate.Limit
	burst int
	full  time.Duration // until somebody who did everything at once may do so again

	mu          sync.Mutex
	now, before map[K]*rate.Limiter
	turned      time.Time // when now was begun
}

// NewLimiter makes a limiter of so many times per duration. Of 0 times it makes nil.
func NewLimiter[K comparable](times int, per time.Duration) *Limiter[K] {
	if times <= 0 {
		return nil
	}
	return &Limiter[K]{
		every: rate.Limit(float64(times) / per.Seconds()), burst: times, full: per, now: make(map[K]*rate.Limiter),
	}
}

// Take counts something that a key does. The error is 429, with when to try again.
func (l *Limiter[K]) Take(key K) error {
	if l == nil {
		return nil
	}
	now := time.Now()
	reservation := l.of(key, now).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return tooMany(wait)
}

// of gives the key's own limiter.
func (l *Limiter[K]) of(key K, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.now) >= maxKeys || now.Sub(l.turned) >= l.full {
		l.before, l.now, l.turned = l.now, make(map[K]*rate.Limiter), now
	}
	own, ok := l.now[key]
	if !ok {
		if own, ok = l.before[key]; !ok {
			own = rate.NewLimiter(l.every, l.burst)
		}
		l.now[key] = own
	}
	return own
}

// tooMany is the error of whoever has to wait.
func tooMany(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	e := Errorf(http.StatusTooManyRequests, "too much was asked for in a short time; please wait for %d s", seconds)
	e.retryAfter = seconds
	return e
}

// gateRetry is when whoever finds a gate full may try again.
const gateRetry = 10 * time.Second

// gate bounds how many are inside at once, apart for each key. It is safe for concurrent use.
type gate[K comparable] struct {
	most   int
	mu     sync.Mutex
	inside map[K]int
}

func newGate[K comparable](most int) *gate[K] { return &gate[K]{most: most, inside: make(map[K]int)} }

// enter lets somebody in, who leaves in the end. The error is 429.
func (g *gate[K]) enter(key K) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.most > 0 && g.inside[key] >= g.most {
		return nil, tooMany(gateRetry)
	}
	g.inside[key]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inside[key]--
		if g.inside[key] == 0 {
			delete(g.inside, key)
		}
	}, nil
}
