// Package configuration reads the settings of the services: defaults, then a JSON file, then the environment.
package configuration

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/json"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
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
	BrokerType      string        `koanf:"message_broker_type"`
	InprocDirectory string        `koanf:"inproc_directory"`
	AMQPBroker      string        `koanf:"amqp_message_broker"`
	AMQPCAFile      string        `koanf:"amqp_ca_file"`
	AMQPCertFile    string        `koanf:"amqp_cert_file"`
	AMQPKeyFile     string        `koanf:"amqp_key_file"`
	DefaultTimeZone string        `koanf:"default_timezone"`
	MaxSeats        int64         `koanf:"max_seats_per_booking"`
	Auth            string        `koanf:"auth"`
	AllowedOrigins  []string      `koanf:"allowed_origins"`
	PublicURL       string        `koanf:"public_url"`
	RequestTimeout  time.Duration `koanf:"request_timeout"`
	ShutdownTimeout time.Duration `koanf:"shutdown_timeout"`
	LogLevel        slog.Level    `koanf:"log_level"`
	LogFormat       string        `koanf:"log_format"`
}

// Load reads the settings of a service from a file, "" meaning DefaultFile if there is one, and from the environment as
// lookup (os.LookupEnv) knows it. All faults are reported together, each with the setting's name.
func Load(service Service, file string, lookup func(string) (string, bool)) (Settings, error) {
	k := koanf.New(".")
	faults := make([]error, 0, len(table())+3) // a default each, and what else can go wrong
	for _, s := range table() {
		faults = append(faults, k.Set(s.key, s.standard(service)))
	}
	var settings Settings
	faults = append(faults, loadFile(k, file), loadEnvironment(k, lookup), unmarshal(k, &settings))
	if err := errors.Join(faults...); err != nil {
		return Settings{}, fmt.Errorf("the configuration is not right:\n%w", err)
	}
	if err := settings.Validate(); err != nil {
		return Settings{}, fmt.Errorf("the configuration is not right:\n%w", err)
	}
	return settings, nil
}

func loadFile(k *koanf.Koanf, file string) error {
	name := file
	if name == "" {
		name = DefaultFile
	}
	content, err := os.ReadFile(name) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) && file == "" {
		return nil
	}
	if err != nil {
		return err
	}
	read := koanf.New(".")
	if err := read.Load(rawbytes.Provider(content), json.Parser()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var faults []error
	for key, value := range read.Raw() {
		key = strings.ReplaceAll(key, "-", "_") // the book has restfulapi-tlsendpoint, too
		switch {
		case slices.ContainsFunc(table(), func(s setting) bool { return s.key == key }):
			faults = append(faults, k.Set(key, value))
		case !slices.Contains(foreign(), key):
			faults = append(faults, fmt.Errorf("%s: unknown setting %q", name, key))
		}
	}
	return errors.Join(faults...)
}

// fileSuffix makes of a secret's variable the one that names a file with the secret.
const fileSuffix = "_FILE"

// loadEnvironment sets what the environment has. An empty variable is not set.
func loadEnvironment(k *koanf.Koanf, lookup func(string) (string, bool)) error {
	var faults []error
	given := make(map[string]bool)
	for _, s := range table() {
		value, err := s.find(lookup)
		faults = append(faults, err)
		if value == "" {
			continue
		}
		given[s.key] = true
		faults = append(faults, k.Set(s.key, value))
		if c := s.chooses; c.key != "" && !given[c.key] {
			faults = append(faults, k.Set(c.key, c.value))
		}
	}
	return errors.Join(faults...)
}

// find reads a setting from the environment, or from the file that the environment names.
func (s setting) find(lookup func(string) (string, bool)) (string, error) {
	for _, name := range []string{s.variable, s.also} {
		if value, _ := lookup(name); value != "" {
			return value, nil
		}
	}
	file, _ := lookup(s.variable + fileSuffix)
	if !s.secret || file == "" {
		return "", nil
	}
	content, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.variable+fileSuffix, err)
	}
	return strings.TrimSpace(string(content)), nil
}

func unmarshal(k *koanf.Koanf, s *Settings) error {
	return k.UnmarshalWithConf("", s, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: s, TagName: "koanf", WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(),
			mapstructure.TextUnmarshallerHookFunc(),
			mapstructure.StringToSliceHookFunc(","),
		),
	}})
}

// Database says what kind of store there is, and where.
func (s Settings) Database() (kind, connection string) {
	if s.DatabaseType == "bolt" {
		return s.DatabaseType, s.BoltDirectory
	}
	return s.DatabaseType, s.DBConnection
}

// Validate reports every setting that cannot be right, by its name.
func (s Settings) Validate() error {
	var faults []error
	report := func(key string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	report("restfulapi_endpoint", validAddress(s.Endpoint))
	report("restfulapi_tlsendpoint", validAddress(s.TLSEndpoint))
	report("metrics_endpoint", validAddress(s.MetricsEndpoint))
	_, err := time.LoadLocation(s.DefaultTimeZone)
	report("default_timezone", err)
	report("max_seats_per_booking", require(s.MaxSeats >= 1, "must be at least 1"))
	report("auth", require(s.Auth == "open", "must be open"))
	report("log_format", require(s.LogFormat == "json" || s.LogFormat == "text", "must be json or text"))
	report("request_timeout", require(s.RequestTimeout > 0, "must be more than 0"))
	report("shutdown_timeout", require(s.ShutdownTimeout > 0, "must be more than 0"))
	if s.PublicURL != "" {
		report("public_url", validOrigin(s.PublicURL))
	}
	for _, origin := range s.AllowedOrigins {
		report("allowed_origins", validOrigin(origin))
	}
	return errors.Join(faults...)
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
	_, err = net.LookupPort("tcp", port) //nolint:noctx // it asks a table, not the network
	return err
}

// validOrigin takes a scheme and a host, with a port or without.
func validOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	return require((u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.Trim(u.Path, "/") == "",
		"must be like https://www.example.com")
}

// Logger makes the service's logger, on the standard error output.
func (s Settings) Logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}
