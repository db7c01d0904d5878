// Package configuration reads the settings of the services: defaults, then a JSON file, then the environment.
package configuration

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// DefaultFile is read where no file is named; it need not be there.
const DefaultFile = "configuration.json"

// Settings are those of one service; the table says what each one is.
type Settings struct {
	Endpoint        string        `koanf:"restfulapi_endpoint"`
	TLSEndpoint     string        `koanf:"restfulapi_tlsendpoint"`
	TLSCert         string        `koanf:"tls_cert"`
	TLSKey          string        `koanf:"tls_key"`
	MetricsEndpoint string        `koanf:"metrics_endpoint"`
	DatabaseType    string        `koanf:"databasetype"`
	DBConnection    string        `koanf:"dbconnection"`
	BoltDirectory   string        `koanf:"bolt_directory"`
	DynamoDBPrefix  string        `koanf:"dynamodb_table_prefix"`
	DynamoDBCreate  bool          `koanf:"dynamodb_create_tables"`
	BrokerType      string        `koanf:"message_broker_type"`
	InprocDirectory string        `koanf:"inproc_directory"`
	AMQPBroker      string        `koanf:"amqp_message_broker"`
	AMQPCAFile      string        `koanf:"amqp_ca_file"`
	AMQPCertFile    string        `koanf:"amqp_cert_file"`
	AMQPKeyFile     string        `koanf:"amqp_key_file"`
	KafkaBrokers    []string      `koanf:"kafka_message_brokers"`
	KafkaPartitions int           `koanf:"kafka_partitions"`
	KafkaProtocol   string        `koanf:"kafka_security_protocol"`
	KafkaCAFile     string        `koanf:"kafka_ca_file"`
	KafkaCertFile   string        `koanf:"kafka_cert_file"`
	KafkaKeyFile    string        `koanf:"kafka_key_file"`
	KafkaMechanism  string        `koanf:"kafka_sasl_mechanism"`
	KafkaUser       string        `koanf:"kafka_user"`
	KafkaPassword   string        `koanf:"kafka_password"`
	SQSQueuePrefix  string        `koanf:"sqs_queue_prefix"`
	SQSQueueType    string        `koanf:"sqs_queue_type"`
	SQSTopicARN     string        `koanf:"sqs_topic_arn"`
	DefaultTimeZone string        `koanf:"default_timezone"`
	MaxSeats        int64         `koanf:"max_seats_per_booking"`
	Auth            string        `koanf:"auth"`
	AuthKeys        string        `koanf:"auth_keys"`
	GuestCheckout   bool          `koanf:"guest_checkout"`
	AdminEmail      string        `koanf:"admin_email"`
	AdminPassword   string        `koanf:"admin_password"`
	SigningKey      string        `koanf:"signing_key"`
	AllowedOrigins  []string      `koanf:"allowed_origins"`
	PublicURL       string        `koanf:"public_url"`
	HSTS            time.Duration `koanf:"hsts"`
	TrustedProxies  []string      `koanf:"trusted_proxies"`
	AddressHeader   string        `koanf:"client_address_header"`
	LimitAddress    int           `koanf:"limit_per_address"`
	LimitUser       int           `koanf:"limit_per_user"`
	LimitEvent      int           `koanf:"limit_per_event"`
	LimitStreams    int           `koanf:"limit_streams"`
	Audit           bool          `koanf:"audit"`
	RequestTimeout  time.Duration `koanf:"request_timeout"`
	ShutdownTimeout time.Duration `koanf:"shutdown_timeout"`
	LogLevel        slog.Level    `koanf:"log_level"`
	LogFormat       string        `koanf:"log_format"`
}

// Database says what kind of store there is, and where.
func (s Settings) Database() (kind, connection string) {
	switch s.DatabaseType {
	case "bolt":
		return s.DatabaseType, s.BoltDirectory
	case "dynamodb":
		return s.DatabaseType, s.DynamoDBPrefix
	default:
		return s.DatabaseType, s.DBConnection
	}
}

// Validate reports every setting that cannot be right, by its key and its variable.
func (s Settings) Validate() error {
	rows := table()
	var faults []error
	report := func(key string, err error) {
		if err != nil {
			row := rows[slices.IndexFunc(rows, func(s setting) bool { return s.key == key })]
			faults = append(faults, fmt.Errorf("%s (%s): %w", key, row.names(""), err))
		}
	}
	report("restfulapi_endpoint", validAddress(s.Endpoint))
	report("restfulapi_tlsendpoint", validAddress(s.TLSEndpoint))
	report("metrics_endpoint", validAddress(s.MetricsEndpoint))
	report("kafka_partitions", require(s.KafkaPartitions >= 1, "must be at least 1"))
	_, err := time.LoadLocation(s.DefaultTimeZone)
	report("default_timezone", err)
	report("max_seats_per_booking", require(s.MaxSeats >= 1, "must be at least 1"))
	report("auth", require(s.Auth == "on" || s.Auth == "open", "must be on or open"))
	report("auth_keys", validKeys(s.AuthKeys))
	report("admin_email", require((s.AdminEmail == "") == (s.AdminPassword == ""), "must be set with admin_password"))
	report("log_format", require(s.LogFormat == "json" || s.LogFormat == "text", "must be json or text"))
	report("sqs_queue_type", require(s.SQSQueueType == "standard" || s.SQSQueueType == "fifo", "must be standard or fifo"))
	report("request_timeout", require(s.RequestTimeout > 0, "must be more than 0"))
	report("shutdown_timeout", require(s.ShutdownTimeout > 0, "must be more than 0"))
	if s.PublicURL != "" {
		report("public_url", ValidOrigin(strings.TrimSuffix(s.PublicURL, "/")))
	}
	for _, origin := range s.AllowedOrigins {
		report("allowed_origins", ValidOrigin(origin))
	}
	report("hsts", require(s.HSTS >= 0, negative))
	_, err = s.Proxies()
	report("trusted_proxies", err)
	report("client_address_header", require(s.AddressHeader != "", "must be the name of a header"))
	report("limit_per_address", require(s.LimitAddress >= 0, negative))
	report("limit_per_user", require(s.LimitUser >= 0, negative))
	report("limit_per_event", require(s.LimitEvent >= 0, negative))
	report("limit_streams", require(s.LimitStreams >= 0, negative))
	return errors.Join(faults...)
}

const negative = "must not be negative"

// Open says whether there are no accounts, and everybody may do everything.
func (s Settings) Open() bool { return s.Auth == "open" }

// Proxies are the networks of the trusted proxies.
func (s Settings) Proxies() ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(s.TrustedProxies))
	for n, text := range s.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if address, alone := netip.ParseAddr(text); alone == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("must be networks such as 10.0.0.0/8, not %q", text)
		}
		networks[n] = network.Masked()
	}
	return networks, nil
}

func require(ok bool, message string) error {
	if ok {
		return nil
	}
	return errors.New(message)
}

func validAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if port == "" {
		return errors.New("the port is missing")
	}
	_, err = net.LookupPort("tcp", port) //nolint:noctx // it asks a table, not the network
	return err
}

// validKeys takes the address of a key set, or the name of a file, which need not be there yet.
func validKeys(where string) error {
	if !strings.Contains(where, "://") {
		return require(where != "", "must be a file or an address")
	}
	u, err := url.Parse(where)
	if err != nil {
		return err
	}
	return require((u.Scheme == "http" || u.Scheme == "https") && u.Host != "", "must be http:// or https:// or a file")
}

// ValidOrigin takes a scheme and a host, with a port or without, exactly as browsers send it: they are compared as they
// are, so that any other spelling would match nothing.
func ValidOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	exact := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	known := (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	return require(known && origin == exact.String(), "must be like https://www.example.com")
}

// Logger makes the service's logger, on the standard error output.
func (s Settings) Logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}
