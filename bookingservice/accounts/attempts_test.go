package accounts

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// tries has an address try so often, and says how many were let through and how long the last one has to wait.
func tries(a *attempts, n int, host, account string, right bool) (through int, wait time.Duration) {
	for range n {
		wait = 0
		var tooMany *TooManyError
		switch err := a.try(host, account); {
		case errors.As(err, &tooMany):
			wait = tooMany.Wait
			continue
		case right:
			a.succeeded(host, account)
		default:
			a.failed(host, account)
		}
		through++
	}
	return through, wait
}

func TestTriesOfOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		if n, wait := tries(a, 30, "thief", "anna", false); n != 10 || wait <= 0 || wait > 6*time.Second {
			t.Errorf("%d tries were let through, and the next after %v", n, wait)
		}
		if n, _ := tries(a, 5, "home", "anna", true); n != 5 {
			t.Errorf("from another address %d of 5", n)
		}
		if n, _ := tries(a, 5, "thief", "ben", true); n != 5 {
			t.Errorf("at another account %d of 5", n)
		}
		time.Sleep(time.Minute)
		if n, _ := tries(a, 30, "thief", "anna", false); n != 10 {
			t.Errorf("a minute later %d", n)
		}
	})
}

// TestTriesOfManyAddresses has an account be attacked from many addresses: each gets one try a minute, and the owner,
// who comes from somewhere else, is not hindered, not even after a mistake for longer than that.
func TestTriesOfManyAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		through := 0
		for minute := range 10 {
			for thief := range 20 {
				n, _ := tries(a, 10, fmt.Sprint("thief", thief), "anna", false)
				if minute > 0 && n > 1 {
					t.Errorf("in minute %d an address has %d tries", minute, n)
				}
				through += n
			}
			if n, _ := tries(a, 3, "home", "anna", true); n != 3 {
				t.Errorf("in minute %d the owner gets %d of 3", minute, n)
			}
			time.Sleep(time.Minute)
		}
		if through > failBurst+10*20+10 {
			t.Errorf("%d tries were let through", through)
		}
		if n, _ := tries(a, 1, "office", "anna", false); n != 1 {
			t.Error("the owner's first try somewhere else was refused")
		}
		if n, wait := tries(a, 1, "office", "anna", true); n != 0 || wait > failedWait {
			t.Errorf("after a mistake %d, waiting for %v", n, wait)
		}
		time.Sleep(failedWait)
		if n, _ := tries(a, 3, "office", "anna", true); n != 3 {
			t.Errorf("then, with the right password, %d of 3", n)
		}
		time.Sleep(attackLasts)
		if n, _ := tries(a, 10, "thief0", "anna", false); n != 10 {
			t.Errorf("when the attack is long over, %d of 10", n)
		}
	})
}

func TestTriesOfAllAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		through := 0
		for range 200 {
			if a.enter("thief") == nil {
				through++
			}
		}
		if err := a.enter("home"); through != hostBurst || err != nil {
			t.Errorf("%d tries were let through, and another address: %v", through, err)
		}
	})
}

// TestMemoryOfAttempts has more addresses come than are remembered: the latest count, and there is a bound.
func TestMemoryOfAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		for n := range 3 * maxRemembered {
			if a.enter(fmt.Sprint(n)) != nil {
				t.Fatal("a first try was refused")
			}
		}
		if n := len(a.now) + len(a.old); n > 2*maxRemembered {
			t.Errorf("%d are remembered", n)
		}
		tries(a, 10, "thief", "anna", false)
		time.Sleep(remembered + time.Second)
		tries(a, 1, "other", "anna", false)
		time.Sleep(remembered + time.Second)
		tries(a, 1, "other", "anna", false)
		if n := len(a.now) + len(a.old); n > 6 {
			t.Errorf("an hour later %d are remembered", n)
		}
	})
}
