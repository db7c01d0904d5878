package configuration

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Service names a service, since some defaults differ.
type Service string

// The services.
const (
	EventService   Service = "eventservice"
	BookingService Service = "bookingservice"
)

// setting is a row of the table of all settings.
type setting struct {
	key      string // in the file
	variable string // in the environment
	event    string // the event service's default
	booking  string // the booking service's default; "" means the same
	usage    string

	// also is another name of the variable, which counts where the first is not set.
	also string
	// chooses is what is chosen by setting the variable, unless it is set itself.
	chooses choice
	// secret values can be in a file, which the variable with _FILE at its end names.
	secret bool
}

// choice is a value of another setting.
type choice struct{ key, value string }

// table is the one place where settings are named. The order is that of the documentation.
func table() []setting { //nolint:funlen // it is a list
	return []setting{
		{key: "restfulapi_endpoint", variable: "LISTEN_URL", event: "localhost:8181", booking: "localhost:8282",
			usage: "address of the REST API"},
		{key: "restfulapi_tlsendpoint", variable: "TLS_LISTEN_URL", event: "localhost:9191", booking: "localhost:9292",
			usage: "address of the REST API over HTTPS, where there is a certificate (also restfulapi-tlsendpoint)"},
		{key: "tls_cert", variable: "TLS_CERT", event: "cert.pem",
			usage: "file of the certificate"},
		{key: "tls_key", variable: "TLS_KEY", event: "key.pem",
			usage: "file of the certificate's key"},
		{key: "metrics_endpoint", variable: "METRICS_URL", event: "localhost:9100", booking: "localhost:9101",
			usage: "address of /metrics, /healthz and /readyz"},
		{key: "databasetype", variable: "DATABASE_TYPE", event: "mongodb",
			usage: "kind of the store: mongodb, dynamodb, or bolt for files"},
		{key: "dbconnection", variable: "MONGO_URL", chooses: choice{"databasetype", "mongodb"}, secret: true,
			event: "mongodb://localhost:27017", usage: "address of MongoDB, with all its options"},
		{key: "bolt_directory", variable: "BOLT_DIRECTORY", event: StateDirectory(),
			usage: "directory of the files"},
		{key: "dynamodb_table_prefix", variable: "DYNAMODB_TABLE_PREFIX", event: "myevents-",
			usage: "what the names of DynamoDB's tables begin with; where it is say AWS_REGION and the SDK's others"},
		{key: "dynamodb_create_tables", variable: "DYNAMODB_CREATE_TABLES", event: "false",
			usage: "whether tables and indexes that are missing are made at the start"},
		{key: "message_broker_type", variable: "MESSAGE_BROKER_TYPE", event: "amqp",
			usage: "kind of the message broker: amqp, kafka, sqs, or inproc within the process"},
		{key: "inproc_directory", variable: "INPROC_DIRECTORY", event: StateDirectory(),
			usage: "directory of the embedded message broker"},
		{key: "amqp_message_broker", variable: "AMQP_BROKER_URL", also: "AMQP_URL", secret: true,
			chooses: choice{"message_broker_type", "amqp"}, event: "amqp://guest:guest@localhost:5672/",
			usage: "address of RabbitMQ; amqps for TLS"},
		{key: "amqp_ca_file", variable: "AMQP_CA_FILE",
			usage: "certificates that RabbitMQ's is checked with; empty: the system's"},
		{key: "amqp_cert_file", variable: "AMQP_CERT_FILE",
			usage: "certificate that is shown to RabbitMQ, if it asks for one"},
		{key: "amqp_key_file", variable: "AMQP_KEY_FILE",
			usage: "key of that certificate"},
		{key: "kafka_message_brokers", variable: "KAFKA_BROKER_URLS", event: "localhost:9092",
			chooses: choice{"message_broker_type", "kafka"},
			usage:   "addresses of some of Kafka's brokers, separated by commas"},
		{key: "kafka_partitions", variable: "KAFKA_PARTITIONS", event: "6",
			usage: "how many partitions the topic of all domain events gets if Kafka does not have it"},
		{key: "kafka_security_protocol", variable: "KAFKA_SECURITY_PROTOCOL", event: "PLAINTEXT",
			usage: "how to connect to Kafka: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"},
		{key: "kafka_ca_file", variable: "KAFKA_CA_FILE",
			usage: "certificates that Kafka's are checked with; empty: the system's"},
		{key: "kafka_cert_file", variable: "KAFKA_CERT_FILE",
			usage: "certificate that is shown to Kafka, if it asks for one"},
		{key: "kafka_key_file", variable: "KAFKA_KEY_FILE",
			usage: "key of that certificate"},
		{key: "kafka_sasl_mechanism", variable: "KAFKA_SASL_MECHANISM", event: "SCRAM-SHA-512",
			usage: "how the user signs in with SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"},
		{key: "kafka_user", variable: "KAFKA_USER",
			usage: "user of Kafka"},
		{key: "kafka_password", variable: "KAFKA_PASSWORD", secret: true,
			usage: "the user's password"},
		{key: "sqs_queue_prefix", variable: "SQS_QUEUE_PREFIX", event: "myevents-",
			usage: "what the names of the queues of SQS begin with; region and credentials are the AWS SDK's"},
		{key: "sqs_queue_type", variable: "SQS_QUEUE_TYPE", event: "standard",
			usage: "standard, or fifo for queues that keep the order of an event's messages"},
		{key: "sqs_topic_arn", variable: "SQS_TOPIC_ARN",
			usage: "topic of SNS that everything is published to; empty: straight to the queues"},
		{key: "default_timezone", variable: "DEFAULT_TIMEZONE", event: "UTC",
			usage: "zone of locations that name none (IANA)"},
		{key: "max_seats_per_booking", variable: "MAX_SEATS_PER_BOOKING", event: "20",
			usage: "how many seats one booking may have"},
		{key: "auth", variable: "AUTH", event: "on",
			usage: "on: accounts and their roles say who may do what; open: everyone may do everything, callers are guests"},
		{key: "auth_keys", variable: "AUTH_KEYS", event: "http://localhost:8282/.well-known/jwks.json",
			usage: "file or address of the public keys by which the event service knows access tokens"},
		{key: "guest_checkout", variable: "GUEST_CHECKOUT", event: "true",
			usage: "whether one can book without an account"},
		{key: "admin_email", variable: "ADMIN_EMAIL",
			usage: "e-mail address of the first admin, who is made at the start where there is none with this address"},
		{key: "admin_password", variable: "ADMIN_PASSWORD", secret: true,
			usage: "the first admin's password; `bookingservice admin` sets it again"},
		{key: "signing_key", variable: "SIGNING_KEY", secret: true,
			usage: "keys of access tokens (PEM, PKCS #8, Ed25519), of which the first signs; empty: kept in the store"},
		{key: "allowed_origins", variable: "ALLOWED_ORIGINS",
			usage: "origins whose scripts may call with cookies, separated by commas"},
		{key: "public_url", variable: "PUBLIC_URL",
			usage: "how browsers reach the service; with https, cookies are Secure"},
		{key: "hsts", variable: "HSTS", event: "0s",
			usage: "how long browsers are to use nothing but HTTPS for this host (Strict-Transport-Security)"},
		{key: "trusted_proxies", variable: "TRUSTED_PROXIES",
			usage: "networks of the proxies in front of the service, such as 10.0.0.0/8, separated by commas"},
		{key: "client_address_header", variable: "CLIENT_ADDRESS_HEADER", event: "X-Forwarded-For",
			usage: "header in which trusted proxies say whose requests they pass on"},
		{key: "limit_per_address", variable: "LIMIT_PER_ADDRESS", event: "2000",
			usage: "requests a second from one address; this and the other limits: 0 is none, as is auth=open"},
		{key: "limit_per_user", variable: "LIMIT_PER_USER", event: "100",
			usage: "requests a second of one user"},
		{key: "limit_per_event", variable: "LIMIT_PER_EVENT", event: "5000",
			usage: "bookings a second of one event"},
		{key: "limit_streams", variable: "LIMIT_STREAMS", event: "200",
			usage: "streams of seats at the same time to one address"},
		{key: "audit", variable: "AUDIT", event: "false",
			usage: "whether the booking service goes on checking log, bookings and inventories against each other"},
		{key: "request_timeout", variable: "REQUEST_TIMEOUT", event: "10s",
			usage: "how long a request may take"},
		{key: "shutdown_timeout", variable: "SHUTDOWN_TIMEOUT", event: "20s",
			usage: "how long the service may take to stop"},
		{key: "log_level", variable: "LOG_LEVEL", event: "info",
			usage: "debug, info, warn or error"},
		{key: "log_format", variable: "LOG_FORMAT", event: "json",
			usage: "json or text"},
	}
}

func (s setting) standard(service Service) string {
	if service == BookingService && s.booking != "" {
		return s.booking
	}
	return s.event
}

// StateDirectory is where programs keep what must survive, in the user's home.
func StateDirectory() string {
	base := os.Getenv("XDG_STATE_HOME")
	if home, err := os.UserHomeDir(); base == "" && err == nil {
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "myevents")
}

// names are the variables of a setting as documents show them.
func (s setting) names(quote string) string {
	names := quote + s.variable + quote
	if s.also != "" {
		names += ", " + quote + s.also + quote
	}
	if s.secret {
		names += ", " + quote + s.variable + fileSuffix + quote
	}
	return names
}

// Usage lists the settings of a service.
func Usage(w io.Writer, service Service) {
	_, _ = fmt.Fprintf(w, "Settings, as variable of the environment (key in the file) = default:\n\n")
	for _, s := range table() {
		_, _ = fmt.Fprintf(w, "  %s (%s) = %s\n      %s\n", s.names(""), s.key, s.standard(service), s.usage)
	}
}

// Markdown is the table for the README.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| key in the file | variable | default | what it is |\n|---|---|---|---|\n")
	for _, s := range table() {
		standard := "`" + s.event + "`"
		switch {
		case s.event == StateDirectory():
			standard = "`~/.local/state/myevents`"
		case s.booking != "":
			standard += ", bookings `" + s.booking + "`"
		case s.event == "":
			standard = ""
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.key, s.names("`"), standard, s.usage)
	}
	return b.String()
}
