package security

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"myevents/lib/auth"
	"myevents/lib/auth/authtest"
)

// TestKeysComeLater has the event service show what there is before it knows any key, and take what organisers do as
// soon as it does.
func TestKeysComeLater(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	s := startSystem(t, map[string]string{"AUTH_KEYS": file})
	events := s.as(t, s.events, organiser)
	events.Want(t, 200, "GET", "/events", nil)
	if a := events.Want(t, 503, "POST", "/events", newEvent("Early")); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	s.events.Want(t, 401, "POST", "/events", newEvent("Nobody's"))
	keys, err := s.signer.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the keys are learnt", func() bool {
		return events.Do(t, "POST", "/events", newEvent("Late")).Status == 201
	})
}

// TestTokensOfOthers has tokens of the right key, but of another issuer, for another audience, from the future, or of
// nobody, refused by both services, and clocks that differ by little not matter.
func TestTokensOfOthers(t *testing.T) {
	s := startSystem(t, nil)
	at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(time.Now().Add(d)) }
	for name, c := range map[string]struct {
		change func(*auth.Claims)
		ok     bool
	}{
		"right":               {func(*auth.Claims) {}, true},
		"another issuer":      {func(c *auth.Claims) { c.Issuer = "somebody" }, false},
		"another audience":    {func(c *auth.Claims) { c.Audience = jwt.Audience{"somebody"} }, false},
		"no audience":         {func(c *auth.Claims) { c.Audience = nil }, false},
		"about nobody":        {func(c *auth.Claims) { c.Subject = "" }, false},
		"for ever":            {func(c *auth.Claims) { c.Expiry = nil }, false},
		"from later":          {func(c *auth.Claims) { c.NotBefore = at(time.Minute) }, false},
		"a clock ahead":       {func(c *auth.Claims) { c.NotBefore, c.IssuedAt = at(20*time.Second), at(20*time.Second) }, true},
		"ran out":             {authtest.Expired, false},
		"ran out just now":    {func(c *auth.Claims) { c.Expiry = at(-10 * time.Second) }, true},
		"ran out by the skew": {func(c *auth.Claims) { c.Expiry = at(-40 * time.Second) }, false},
	} {
		token := s.signer.Token(t, auth.Caller{ID: s.person(t, organiser).ID, Organiser: true}, c.change)
		created, read := 401, 401
		if c.ok {
			created, read = 201, 200
		}
		if a := s.events.As(t, token).Do(t, "POST", "/events", newEvent(name)); a.Status != created {
			t.Errorf("%s: the event service answers %d", name, a.Status)
		}
		if a := s.bookings.As(t, token).Do(t, "GET", "/bookings", nil); a.Status != read {
			t.Errorf("%s: the booking service answers %d", name, a.Status)
		}
	}
}
