package amqp

import (
	"cmp"
	"crypto/tls"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue/internal/reach"
)

// Config says which broker to use, and how.
type Config struct {
	// URL is amqp://user:password@host:port/vhost, or amqps:// for TLS. It is never logged.
	URL string
	// CAFile has the certificates that the broker's one may be signed by, in PEM; the system's where it is empty.
	CAFile string
	// CertFile and KeyFile are the client's own certificate, for brokers that ask for one.
	CertFile, KeyFile string
	// Subscriptions has the names that each group listens to. All of it is declared at every connect, so that a group
	// misses nothing of what is emitted before its first start.
	Subscriptions map[string][]string
	// Logger and Registerer may be nil.
	Logger     *slog.Logger
	Registerer prometheus.Registerer

	// Window is how many envelopes may be on their way without being confirmed; 512 where it is 0.
	Window int
	// Patience is how long Emit waits without any progress before it answers ErrUnavailable; 5 s where it is 0.
	Patience time.Duration
	// Tries is how often an envelope is handed to a handler that fails before it is a dead letter; 10 where it is 0.
	Tries int
	// Backoff is the time between the first two tries, doubled each time up to 30 s; 100 ms where it is 0.
	Backoff time.Duration
}

const (
	defaultWindow   = 512
	defaultPatience = 5 * time.Second
	// defaultTries and defaultBackoff give an envelope nearly a minute until it is a dead letter.
	defaultTries   = 10
	defaultBackoff = 100 * time.Millisecond
)

func (c Config) withDefaults() Config {
	c.Window = cmp.Or(c.Window, defaultWindow)
	c.Patience = cmp.Or(c.Patience, defaultPatience)
	c.Tries = cmp.Or(c.Tries, defaultTries)
	c.Backoff = cmp.Or(c.Backoff, defaultBackoff)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports everything that cannot be right.
func (c Config) Validate() error {
	var faults []error
	uri, err := streadway.ParseURI(c.URL)
	if err != nil {
		// The parser's message repeats the URL, and so the password.
		faults = append(faults, errors.New("the URL must be like amqp://user:password@host:5672/"))
	} else if uri.Scheme != "amqps" && (c.CAFile != "" || c.CertFile != "" || c.KeyFile != "") {
		faults = append(faults, errors.New("certificates need an amqps:// URL"))
	}
	_, err = c.tlsConfig()
	return errors.Join(append(faults, err)...)
}

func (c Config) tlsConfig() (*tls.Config, error) { return reach.TLS(c.CAFile, c.CertFile, c.KeyFile) }
