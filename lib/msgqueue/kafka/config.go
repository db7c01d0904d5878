package kafka

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"myevents/lib/msgqueue/internal/reach"
)

// Config says which brokers to use, and how.
type Config struct {
	// URLs are host:port of some brokers of the cluster; the others are learned from them.
	URLs []string
	// Partitions is how many the topic gets if it is missing; 6 where it is 0. As many listeners of a group can be at
	// work at the same time. The number of a topic that exists is not changed: keys would move, and lose their order.
	Partitions int
	// TLS connects with TLS. CAFile has the certificates that the brokers' ones may be signed by, in PEM; the system's
	// where it is empty. CertFile and KeyFile are the client's own certificate, for brokers that ask for one.
	TLS                       bool
	CAFile, CertFile, KeyFile string
	// Mechanism is how User signs in with Password: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; "" is not at all. The password
	// is never logged.
	Mechanism, User, Password string
	// Subscriptions has the names that each group listens to. All groups are declared by whoever connects, so that a group
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
	defaultPartitions = 6
	defaultWindow     = 512
	defaultPatience   = 5 * time.Second
	// defaultTries and defaultBackoff give an envelope nearly a minute until it is a dead letter.
	defaultTries   = 10
	defaultBackoff = 100 * time.Millisecond
)

func (c Config) withDefaults() Config {
	c.Partitions = cmp.Or(c.Partitions, defaultPartitions)
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
	if len(c.URLs) == 0 {
		faults = append(faults, errors.New("no broker is named"))
	}
	for _, url := range c.URLs {
		if host, port, err := net.SplitHostPort(url); err != nil || host == "" || port == "" {
			faults = append(faults, fmt.Errorf("%q must be like localhost:9092", url))
		}
	}
	if c.Partitions < 0 {
		faults = append(faults, errors.New("there cannot be less than one partition"))
	}
	if !c.TLS && (c.CAFile != "" || c.CertFile != "" || c.KeyFile != "") {
		faults = append(faults, errors.New("certificates need TLS"))
	}
	_, err := c.mechanism()
	faults = append(faults, err)
	_, err = c.tlsConfig()
	return errors.Join(append(faults, err)...)
}

func (c Config) tlsConfig() (*tls.Config, error) { return reach.TLS(c.CAFile, c.CertFile, c.KeyFile) }

// mechanism is nil where nobody signs in.
func (c Config) mechanism() (sasl.Mechanism, error) {
	if (c.Mechanism == "") != (c.User == "") {
		return nil, errors.New("signing in needs both a mechanism and a user")
	}
	switch c.Mechanism {
	case "":
		return nil, nil //nolint:nilnil // there is none, which is no fault
	case "PLAIN":
		return plain.Auth{User: c.User, Pass: c.Password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: c.User, Pass: c.Password}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: c.User, Pass: c.Password}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("the mechanism is %q, and must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", c.Mechanism)
}

const (
	dialTimeout = 5 * time.Second
	// requestTimeout is how long a request may take, besides what the broker is told to wait itself.
	requestTimeout = 5 * time.Second
	// closeTimeout bounds the good-bye, which a broker that hangs does not answer.
	closeTimeout = 2 * time.Second
	// metadataMinAge is how soon it is looked again for where a partition is.
	metadataMinAge = 250 * time.Millisecond
)

// options are those of every client.
func (c Config) options() ([]kgo.Opt, error) {
	options := []kgo.Opt{
		kgo.ClientID("myevents"), kgo.SeedBrokers(c.URLs...), kgo.DisableClientMetrics(),
		kgo.DialTimeout(dialTimeout), kgo.RequestTimeoutOverhead(requestTimeout), kgo.RetryTimeout(requestTimeout),
		kgo.RetryBackoffFn(reach.Pause), kgo.MetadataMinAge(metadataMinAge),
	}
	if c.TLS {
		t, err := c.tlsConfig()
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(t))
	}
	m, err := c.mechanism()
	if err != nil {
		return nil, err
	}
	if m != nil {
		options = append(options, kgo.SASL(m))
	}
	return options, nil
}
