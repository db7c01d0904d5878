package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// publisher serves what it is told to, and counts how often it is asked.
type publisher struct {
	*httptest.Server
	asked  atomic.Int64
	answer atomic.Pointer[http.HandlerFunc]
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	p := new(publisher)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		(*p.answer.Load())(w, r)
	}))
	t.Cleanup(p.Close)
	p.fail()
	return p
}

func (p *publisher) set(answer http.HandlerFunc) { p.answer.Store(&answer) }

func (p *publisher) fail() {
	p.set(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
}

func (p *publisher) publish(t *testing.T, names ...string) {
	t.Helper()
	body := keySet(t, names...)
	p.set(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

func (p *publisher) source() *Source {
	s := NewSource(p.URL, prometheus.NewRegistry())
	s.ask, s.search = 0, 0
	return s
}

// TestSourceKeepsTheLast has keys stay known while the address is away, answers nonsense, or never ends.
func TestSourceKeepsTheLast(t *testing.T) {
	p := newPublisher(t)
	source := p.source()
	v := verifierOf(source)
	token := signedBy(t, "one")
	if _, err := v.Verify(t.Context(), token, time.Now()); !errors.Is(err, ErrNoKeys) || errors.Is(err, ErrToken) {
		t.Errorf("without keys: %v", err)
	}
	p.publish(t, "one")
	if _, err := v.Verify(t.Context(), token, time.Now()); err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	defer close(release)
	for name, answer := range map[string]http.HandlerFunc{
		"an error":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"no JSON":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"no keys":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) },
		"a private":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(privateSet(t, "two")) },
		"another kind": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(curveSet(t, "two")) },
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(keySet(t, "two"), strings.Repeat(" ", maxKeySet)...))
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				_, _ = w.Write(keySet(t, "two"))
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
		"too slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		},
	} {
		p.set(answer)
		v := verifierOf(source) // which has checked nothing yet
		if _, err := v.Verify(t.Context(), signedBy(t, "two"), time.Now()); !errors.Is(err, ErrToken) {
			t.Errorf("%s: a token of another key: %v", name, err)
		}
		if _, err := v.Verify(t.Context(), token, time.Now()); err != nil {
			t.Errorf("%s: the key is not known any more: %v", name, err)
		}
	}
}

// TestSourceLearnsNewKeys has a token whose key is not known make the source ask, once for all who come at that moment,
// and not again soon.
func TestSourceLearnsNewKeys(t *testing.T) {
	p := newPublisher(t)
	p.publish(t, "one")
	source := p.source()
	v := verifierOf(source)
	if _, err := v.Verify(t.Context(), signedBy(t, "one"), time.Now()); err != nil {
		t.Fatal(err)
	}
	p.publish(t, "one", "two")
	if _, err := v.Verify(t.Context(), signedBy(t, "two"), time.Now()); err != nil {
		t.Errorf("the new key is not learnt: %v", err)
	}
	source.ask = time.Hour
	before := p.asked.Load()
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := v.Verify(t.Context(), signedBy(t, "three"), time.Now()); !errors.Is(err, ErrToken) {
				t.Errorf("a key that nobody has: %v", err)
			}
		})
	}
	all.Wait()
	if n := p.asked.Load() - before; n > 0 {
		t.Errorf("made-up keys had it ask %d times, a moment after it did", n)
	}
}

// TestSourceTakesWhatItKnows leaves out what is published besides, for others.
func TestSourceTakesWhatItKnows(t *testing.T) {
	p := newPublisher(t)
	both := []byte(strings.Replace(string(keySet(t, "one")), `{"keys":[`, `{"keys":[{"kty":"FUTURE","kid":"two"},`, 1))
	p.set(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(both) })
	if _, err := verifierOf(p.source()).Verify(t.Context(), signedBy(t, "one"), time.Now()); err != nil {
		t.Error(err)
	}
}

// TestSourceForgets has a key that is not published any more not be trusted any more.
func TestSourceForgets(t *testing.T) {
	p := newPublisher(t)
	p.publish(t, "one", "two")
	v := verifierOf(p.source())
	token, now := signedBy(t, "one"), time.Now()
	if _, err := v.Verify(t.Context(), token, now); err != nil {
		t.Fatal(err)
	}
	p.publish(t, "two")
	if _, err := v.Verify(t.Context(), signedBy(t, "three"), now); !errors.Is(err, ErrToken) { // so that it asks
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), token, now.Add(2*checkedLife)); !errors.Is(err, ErrToken) {
		t.Errorf("a token of a key that was taken back: %v", err)
	}
}

// TestSourceRuns has the keys be learnt in the background, from a file too.
func TestSourceRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	registry := prometheus.NewPedanticRegistry()
	s := NewSource(file, registry)
	s.ask, s.search, s.refresh, s.retry = 0, time.Millisecond, time.Millisecond, time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	reports := make(chan error, 1)
	done := make(chan error, 1)
	go func() {
		done <- s.Run(ctx, func(err error) {
			select {
			case reports <- err:
			default:
			}
		})
	}()
	if err := <-reports; !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file is reported as %v", err)
	}
	if _, err := s.Keys(t.Context()); !errors.Is(err, ErrNoKeys) {
		t.Errorf("without the file: %v", err)
	}
	for _, names := range [][]string{{"one"}, {"two", "three"}} {
		temporary := file + ".new"
		if err := errors.Join(os.WriteFile(temporary, keySet(t, names...), 0o600), os.Rename(temporary, file)); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			if known, _ := s.last(); len(known.Keys) == len(names) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("in vain waited for the keys %v", names)
			}
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	err := testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP myevents_auth_keys Public keys that access tokens can be verified with; without any, writes fail.
# TYPE myevents_auth_keys gauge
myevents_auth_keys 2
`))
	if err != nil {
		t.Error(err)
	}
}

// TestSourceHeedsTheCaller has a caller wait no longer than it wants to.
func TestSourceHeedsTheCaller(t *testing.T) {
	p := newPublisher(t)
	release := make(chan struct{})
	p.set(func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.source().Keys(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
