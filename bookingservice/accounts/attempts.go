package accounts

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The bounds of guessing passwords. Whoever guesses from one address gets burst tries, and then one per pause. Whoever
// guesses from many gets so far with one account, and from then on each address that has failed gets one try a minute;
// one that has not, such as the owner's, goes on as ever. So nobody is locked out by what others do.
const (
	tryBurst = 10
	tryPause = 6 * time.Second
	// failBurst failures of an account, wherever they come from, and one more per failPause, are no attack; more are
	// one, until there were no more for attackLasts.
	failBurst   = 50
	failPause   = 30 * time.Second
	attackLasts = 10 * time.Minute
	// failedWait is how long an address that has failed waits while the account is under attack.
	failedWait = time.Minute
	// hostBurst tries of one address, of all accounts, and one more per hostPause are let through.
	hostBurst = 60
	hostPause = time.Second
	// remembered is for how long what happened counts at least: by then all of the above is as if nothing had happened.
	remembered = 30 * time.Minute
	// maxRemembered bounds how much is remembered; beyond it the older half is forgotten.
	maxRemembered = 50_000
)

// TooManyError means that somebody tries too often.
type TooManyError struct{ Wait time.Duration }

// Error implements error.
func (e *TooManyError) Error() string { return fmt.Sprintf("too many attempts; wait %v", e.Wait) }

// attempts counts the tries at passwords, in memory: each replica for itself.
type attempts struct {
	mu       sync.Mutex
	now, old map[attemptKey]*attempt
	since    time.Time // when now began
}

// attemptKey is a hash of what is counted, so that no address is kept in memory.
type attemptKey [16]byte

func keyOf(kind, host, account string) attemptKey {
	sum := sha256.Sum256([]byte(kind + "\x00" + host + "\x00" + account))
	return attemptKey(sum[:16])
}

type attempt struct {
	limit *rate.Limiter
	// failed is when an address last failed, or when an account's failures last were an attack.
	failed time.Time
}

func newAttempts() *attempts {
	return &attempts{now: make(map[attemptKey]*attempt), since: time.Now()}
}

// find gives what is known under a key. What nobody has asked for in a while is forgotten.
func (a *attempts) find(key attemptKey, pause time.Duration, burst int) *attempt {
	if now := time.Now(); len(a.now) >= maxRemembered || now.Sub(a.since) > remembered {
		a.now, a.old, a.since = make(map[attemptKey]*attempt), a.now, now
	}
	found, ok := a.now[key]
	if !ok {
		if found, ok = a.old[key]; !ok {
			found = &attempt{limit: rate.NewLimiter(rate.Every(pause), burst)}
		}
		a.now[key] = found
	}
	return found
}

func (a *attempts) ofHost(host string) *attempt {
	return a.find(keyOf("host", host, ""), hostPause, hostBurst)
}

func (a *attempts) ofPair(host, account string) *attempt {
	return a.find(keyOf("pair", host, account), tryPause, tryBurst)
}

func (a *attempts) ofAccount(account string) *attempt {
	return a.find(keyOf("account", "", account), failPause, failBurst)
}

// enter lets an address try a password, or anything that costs as much. TooManyError.
func (a *attempts) enter(host string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return take(a.ofHost(host).limit)
}

// try lets an address try a password of an account, by its EmailKey. TooManyError.
func (a *attempts) try(host, account string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	pair := a.ofPair(host, account)
	if time.Since(a.ofAccount(account).failed) < attackLasts {
		if wait := time.Until(pair.failed.Add(failedWait)); wait > 0 {
			return &TooManyError{wait}
		}
		pair.failed = time.Now() // of those that come together one goes on
	}
	return take(pair.limit)
}

func take(l *rate.Limiter) error {
	r := l.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return &TooManyError{wait}
	}
	return nil
}

// failed notes that a password was wrong.
func (a *attempts) failed(host, account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	a.ofPair(host, account).failed = now
	if of := a.ofAccount(account); !of.limit.Allow() {
		of.failed = now
	}
}

// succeeded forgets that the address has failed.
func (a *attempts) succeeded(host, account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ofPair(host, account).failed = time.Time{}
}
