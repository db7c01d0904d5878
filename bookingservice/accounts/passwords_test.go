package accounts

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestPHC has hashes of other programs be checked, and what is none be refused.
func TestPHC(t *testing.T) {
	const (
		// made with the reference implementation: echo -n password | argon2 somesalt -id -m 16 -t 2 -p 1 -l 32
		reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
		own       = "$argon2id$v=19$m=19456,t=2,p=1$"
	)
	h := newHasher()
	for password, want := range map[string]bool{"password": true, "Password": false, "": false} {
		if ok, err := h.check(t.Context(), password, reference); ok != want || err != nil {
			t.Errorf("%q: %t, %v", password, ok, err)
		}
	}
	hashed, err := h.hash(t.Context(), "correct horse")
	if err != nil || !strings.HasPrefix(hashed, own) {
		t.Errorf("a hash is %s, %v", hashed, err)
	}
	if again, _ := h.hash(t.Context(), "correct horse"); again == hashed {
		t.Error("two hashes of one password are the same")
	}
	for _, s := range []string{
		"x", "$", "$$", own, own + "c2FsdA$", own + "c2FsdA$!", own + "!$" + strings.Repeat("A", 43), "correct horse",
		strings.Replace(reference, "argon2id", "argon2i", 1), strings.Replace(reference, "v=19", "v=16", 1),
	} {
		if ok, err := h.check(t.Context(), "password", s); ok || !errors.Is(err, errHash) {
			t.Errorf("%q: %t, %v", s, ok, err)
		}
	}
}

// TestSpellings has a password be the same however a keyboard composes its characters, and different otherwise.
func TestSpellings(t *testing.T) {
	h := newHasher()
	hashed, err := h.hash(t.Context(), "caf\u00e9 du nord")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"cafe\u0301 du nord": true, "cafe du nord": false} {
		if ok, err := h.check(t.Context(), password, hashed); ok != want || err != nil {
			t.Errorf("%q: %t, %v", password, ok, err)
		}
	}
}

// TestNobodysPassword has no password be that of nobody, and finding it out take as long as a wrong one does.
func TestNobodysPassword(t *testing.T) {
	h := newHasher()
	hashed, err := h.hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	times := make(map[string][]time.Duration)
	for range 9 {
		for _, of := range []string{"", hashed} {
			began := time.Now()
			if ok, err := h.check(t.Context(), "wrong horse", of); ok || err != nil {
				t.Fatalf("%t, %v", ok, err)
			}
			times[of] = append(times[of], time.Since(began))
		}
	}
	for _, ts := range times {
		slices.Sort(ts)
	}
	if nobody, wrong := times[""][4], times[hashed][4]; nobody < wrong/2 || nobody > wrong*2 {
		t.Errorf("nobody's password takes %v, a wrong one %v", nobody, wrong)
	}
}

// TestBurst has many passwords come at once: memory is taken for as many as there are processors.
func TestBurst(t *testing.T) {
	const burst = 48
	if runtime.GOMAXPROCS(0) > burst/8 {
		t.Skip("there are too many processors for the burst to show anything")
	}
	h := newHasher()
	var all sync.WaitGroup
	done := make(chan struct{})
	for range burst {
		all.Go(func() {
			if _, err := h.check(t.Context(), "some password", ""); err != nil && !errors.Is(err, ErrBusy) {
				t.Error(err)
			}
		})
	}
	go func() {
		all.Wait()
		close(done)
	}()
	var peak uint64
	for running := true; running; {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
		select {
		case <-done:
			running = false
		case <-time.After(5 * time.Millisecond):
		}
	}
	// What was used is left to the garbage collector, which lets it double.
	if most := uint64(burst / 4 * hashMemory << 10); peak > most {
		t.Errorf("%d MiB were in use, at most %d were expected", peak>>20, most>>20)
	}
}

// TestBusy has a password not wait for its turn for ever, nor longer than its request.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher()
		for range cap(h.slots) {
			h.slots <- struct{}{}
		}
		began := time.Now()
		if _, err := h.check(t.Context(), "some password", ""); !errors.Is(err, ErrBusy) || time.Since(began) != hashWait {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), hashWait/2)
		defer cancel()
		if _, err := h.hash(ctx, "some password"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the request's end: %v", err)
		}
	})
}

func TestInput(t *testing.T) {
	faults := func(check func(*input)) string {
		var in input
		check(&in)
		if in.err() == nil {
			return ""
		}
		return in.err().Error()
	}
	for email, want := range map[string]bool{
		"anna@example.org": true, " anna@example.org\n": true, "Änne@Übel.example": true, "a.b+c@x.y.z": true, "admin@localhost": true,
		"": false, "anna": false, "anna@": false, "@example.org": false, "anna@@example.org": false, "a b@example.org": false,
		"Anna <anna@example.org>": false, "anna@example.org, ben@example.org": false, "anna@example.org\r\nBcc: x@y": false,
		"anna\x00@example.org": false, "anna\u202e@example.org": false, strings.Repeat("a", 250) + "@x.org": false,
	} {
		if got := faults(func(i *input) { i.email(email) }); (got == "") != want {
			t.Errorf("the address %q: %s", email, got)
		}
	}
	for _, email := range []string{"ANNA@Example.ORG", " anna@example.org"} {
		if got := emailKey(email); got != "anna@example.org" {
			t.Errorf("%q is compared as %q", email, got)
		}
	}
	for name, want := range map[string]bool{
		"Anna Holm": true, "李小龍": true, strings.Repeat("é", 100): true,
		"": false, "  ": false, strings.Repeat("é", 101): false, "Anna\nHolm": false, "a\xff": false,
	} {
		if got := faults(func(i *input) { i.name(name) }); (got == "") != want {
			t.Errorf("the name %q: %s", name, got)
		}
	}
	for password, want := range map[string]bool{
		"8 letter": true, "        ": true, "éééééééé": true, strings.Repeat("é", 128): true, "correct horse": true,
		"": false, "7letter": false, "éééé\u0301": false, strings.Repeat("é", 129): false,
		"Password123": false, "12345678": false, "Anna@Example.org": false,
	} {
		got := faults(func(i *input) { i.password("password", password, "anna@example.org") })
		if (got == "") != want || !want && !strings.HasPrefix(got, "password: ") {
			t.Errorf("the password %q: %s", password, got)
		}
	}
	for _, common := range commonPasswords() {
		if len(common) < minPassword {
			t.Errorf("%s is too short anyhow", common)
		}
	}
}
