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
}

// table is the one place where settings are named. The order is that of the documentation.
func table() []setting {
	return []setting{
		{"restfulapi_endpoint", "LISTEN_URL", "localhost:8181", "localhost:8282", "address of the REST API"},
		{"restfulapi_tlsendpoint", "TLS_LISTEN_URL", "localhost:9191", "localhost:9292",
			"address of the REST API over HTTPS, served when there is a certificate (also spelled restfulapi-tlsendpoint)"},
		{"tls_cert", "TLS_CERT", "cert.pem", "", "file of the certificate"},
		{"tls_key", "TLS_KEY", "key.pem", "", "file of the certificate's key"},
		{"metrics_endpoint", "METRICS_URL", "localhost:9100", "localhost:9101",
			"address of /metrics, /healthz and /readyz"},
		{"databasetype", "DATABASE_TYPE", "bolt", "", "kind of the store: bolt"},
		{"dbconnection", "DATABASE_CONNECTION", StateDirectory(), "", "the store; for bolt, its directory"},
		{"message_broker_type", "MESSAGE_BROKER_TYPE", "inproc", "", "kind of the message broker: inproc"},
		{"inproc_directory", "INPROC_DIRECTORY", StateDirectory(), "", "directory of the embedded message broker"},
		{"default_timezone", "DEFAULT_TIMEZONE", "UTC", "", "zone of locations that name none (IANA)"},
		{"max_seats_per_booking", "MAX_SEATS_PER_BOOKING", "20", "", "how many seats one booking may have"},
		{"auth", "AUTH", "open", "", "who may do what; open: everyone may do everything, callers are guests"},
		{"allowed_origins", "ALLOWED_ORIGINS", "", "", "origins whose scripts may call with cookies, separated by commas"},
		{"public_url", "PUBLIC_URL", "", "", "how browsers reach the service; with https, cookies are Secure"},
		{"request_timeout", "REQUEST_TIMEOUT", "10s", "", "how long a request may take"},
		{"shutdown_timeout", "SHUTDOWN_TIMEOUT", "20s", "", "how long the service may take to stop"},
		{"log_level", "LOG_LEVEL", "info", "", "debug, info, warn or error"},
		{"log_format", "LOG_FORMAT", "json", "", "json or text"},
	}
}

// foreign are keys of the book's file for brokers that are not there: the same file may serve other programs.
func foreign() []string { return []string{"amqp_message_broker", "kafka_message_brokers"} }

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

// Usage lists the settings of a service.
func Usage(w io.Writer, service Service) {
	_, _ = fmt.Fprintf(w, "Settings, as variable of the environment (key in the file) = default:\n\n")
	for _, s := range table() {
		_, _ = fmt.Fprintf(w, "  %s (%s) = %s\n      %s\n", s.variable, s.key, s.standard(service), s.usage)
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
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.key, s.variable, standard, s.usage)
	}
	return b.String()
}
