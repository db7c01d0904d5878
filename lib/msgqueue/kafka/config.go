package kafka

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
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
	// Protocol is PLAINTEXT, as "" is, or SSL, SASL_PLAINTEXT or SASL_SSL, as Kafka calls them.
	Protocol string
	// CAFile has the certificates that the brokers' ones may be signed by, in PEM; the system's where it is empty.
	CAFile string
	// CertFile and KeyFile are the client's own certificate, for brokers that ask for one.
	CertFile, KeyFile string
	// Mechanism is how User signs in with Password under SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. The password is
	// never logged.
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
	if !slices.Contains([]string{"", "PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}, c.Protocol) {
		faults = append(faults, fmt.Errorf("the protocol is %q, and must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
			c.Protocol))
	}
	if !c.tls() && (c.CAFile != "" || c.CertFile != "" || c.KeyFile != "") {
		faults = append(faults, errors.New("certificates need the protocol SSL or SASL_SSL"))
	}
	if c.sasl() != (c.User != "") {
		faults = append(faults, errors.New("a user needs the protocol SASL_SSL or SASL_PLAINTEXT, and these need a user"))
	}
	if _, known := c.mechanisms()[c.Mechanism]; c.sasl() && !known {
		faults = append(faults, fmt.Errorf("the mechanism is %q, and must be one of %s",
			c.Mechanism, strings.Join(slices.Sorted(maps.Keys(c.mechanisms())), ", ")))
	}
	_, err := c.tlsConfig()
	return errors.Join(append(faults, err)...)
}

func (c Config) tls() bool  { return strings.HasSuffix(c.Protocol, "SSL") }
func (c Config) sasl() bool { return strings.HasPrefix(c.Protocol, "SASL_") }

func (c Config) tlsConfig() (*tls.Config, error) { return reach.TLS(c.CAFile, c.CertFile, c.KeyFile) }

func (c Config) mechanisms() map[string]sasl.Mechanism {
	salted := scram.Auth{User: c.User, Pass: c.Password}
	return map[string]sasl.Mechanism{
		"PLAIN":         plain.Auth{User: c.User, Pass: c.Password}.AsMechanism(),
		"SCRAM-SHA-256": salted.AsSha256Mechanism(),
		"SCRAM-SHA-512": salted.AsSha512Mechanism(),
	}
}

const (
	dialTimeout = 5 * time.Second
	// requestTimeout is how long a request may take, besides what the broker is told to wait itself.
	requestTimeout = 5 * time.Second
	// closeTimeout bounds the good-bye, which a broker that hangs does not answer.
	closeTimeout = 2 * time.Second
	// metadataMinAge is how soon it is looked again for where a partition is.
	metadataMinAge = 250 * time.Millisecond
	// fetchWait is how long the broker waits for something to send; partitions that are new to a client wait as long.
	fetchWait = 500 * time.Millisecond
)

// options are those of every client.
func (c Config) options() ([]kgo.Opt, error) {
	options := []kgo.Opt{
		kgo.ClientID("myevents"), kgo.SeedBrokers(c.URLs...), kgo.DisableClientMetrics(),
		kgo.DialTimeout(dialTimeout), kgo.RequestTimeoutOverhead(requestTimeout), kgo.RetryTimeout(requestTimeout),
		kgo.RetryBackoffFn(reach.Pause), kgo.MetadataMinAge(metadataMinAge), kgo.FetchMaxWait(fetchWait),
	}
	if c.tls() {
		t, err := c.tlsConfig()
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(t))
	}
	if c.sasl() {
		options = append(options, kgo.SASL(c.mechanisms()[c.Mechanism]))
	}
	return options, nil
}
