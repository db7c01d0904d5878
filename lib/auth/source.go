package auth

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"
)

const (
	refreshEvery = 5 * time.Minute  // in the background, which is how long the keys may be kept
	retryEvery   = 30 * time.Second // after that failed
	askEvery     = 5 * time.Second  // at most, whatever callers show
	searchEvery  = time.Second      // while there are no keys at all
	fetchTimeout = 3 * time.Second
	maxKeySet    = 64 << 10 // bytes
)

// Source learns the public keys from a file, or from the address at which the booking service publishes them. It keeps
// the last good ones while that is away. It is safe for concurrent use.
type Source struct {
	where  string
	client *http.Client
	flight singleflight.Group
	// refresh, retry, ask and search are the constants, but in tests.
	refresh, retry, ask, search time.Duration

	mu    sync.Mutex
	known jose.JSONWebKeySet
	asked time.Time // when it was asked the last time
	fault error     // what came of it
}

// NewSource makes a source of a file's name, or an address that begins with http:// or https://. It asks when Run
// begins, or when somebody needs a key. How many keys are known becomes a metric.
func NewSource(where string, r prometheus.Registerer) *Source {
	noRedirects := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Source{
		where: where, refresh: refreshEvery, retry: retryEvery, ask: askEvery, search: searchEvery,
		client: &http.Client{
			Timeout: fetchTimeout, CheckRedirect: noRedirects, Transport: &http.Transport{DisableKeepAlives: true},
		},
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_auth_keys", Help: "Public keys that access tokens can be verified with; without any, writes fail.",
	}, func() float64 {
		known, _ := s.last()
		return float64(len(known.Keys))
	}))
	return s
}

// Keys implements Keys. ErrNoKeys while there never were any.
func (s *Source) Keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	if known, _ := s.last(); len(known.Keys) > 0 {
		return known, nil
	}
	return s.Renew(ctx)
}

// Renew implements Keys for Renewing: it asks for the keys that there are now, but not again at once, whoever calls.
func (s *Source) Renew(ctx context.Context) (jose.JSONWebKeySet, error) {
	answered := s.flight.DoChan("", func() (any, error) { // shared by all who wait, so it does not end with one of them
		s.askNow(context.WithoutCancel(ctx))
		return nil, nil //nolint:nilnil // last has what came of it
	})
	select {
	case <-ctx.Done():
		return jose.JSONWebKeySet{}, ctx.Err()
	case <-answered:
	}
	known, fault := s.last()
	if len(known.Keys) == 0 {
		return known, fmt.Errorf("%w: %w", ErrNoKeys, fault)
	}
	return known, nil
}

// last gives the keys that are known, and what came of asking the last time.
func (s *Source) last() (jose.JSONWebKeySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known, s.fault
}

// askNow asks, unless it just did.
func (s *Source) askNow(ctx context.Context) {
	s.mu.Lock()
	pause := s.ask
	if len(s.known.Keys) == 0 {
		pause = s.search
	}
	early := !s.asked.IsZero() && time.Since(s.asked) < pause
	s.mu.Unlock()
	if early {
		return
	}
	keys, err := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.fault = time.Now(), err
	if err == nil {
		s.known = keys
	}
}

// Run asks again and again until the context ends. What came of it is reported.
func (s *Source) Run(ctx context.Context, report func(error)) error {
	for {
		_, _ = s.Renew(ctx) // last says what came of it
		known, fault := s.last()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report(fault)
		pause := s.refresh
		switch {
		case len(known.Keys) == 0:
			pause = s.search
		case fault != nil:
			pause = s.retry
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (s *Source) fetch(ctx context.Context) (keys jose.JSONWebKeySet, err error) {
	body, err := s.read(ctx)
	if err != nil {
		return keys, err
	}
	var all struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(body, &all); err != nil {
		return keys, fmt.Errorf("%s: %w", s.where, err)
	}
	for _, text := range all.Keys {
		var k jose.JSONWebKey
		if err := json.Unmarshal(text, &k); err != nil {
			continue // a kind of keys that is not known here: they are for others
		}
		if public, ok := k.Key.(ed25519.PublicKey); ok && k.KeyID != "" && k.Use != "enc" {
			known := jose.JSONWebKey{Key: public, KeyID: k.KeyID, Algorithm: string(jose.EdDSA)}
			keys.Keys = append(keys.Keys, known)
		}
	}
	if len(keys.Keys) == 0 {
		return keys, fmt.Errorf("%s: there is no public Ed25519 key with a name", s.where)
	}
	return keys, nil
}

// read reads the file, or what is answered at the address.
func (s *Source) read(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(s.where, "http://") && !strings.HasPrefix(s.where, "https://") {
		return os.ReadFile(s.where)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.where, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the answer is %s", s.where, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err == nil && len(body) > maxKeySet {
		err = errors.New("the answer is too large")
	}
	return body, err
}
