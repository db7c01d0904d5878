package otlp

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultEndpoint and defaultTimeout are those of the specification of the OTLP exporter.
	defaultEndpoint = "http://localhost:4318"
	defaultTimeout  = 10 * time.Second
	// tracesPath is where a collector takes traces.
	tracesPath = "v1/traces"

	protobuf = "http/protobuf"
)

// config says where spans go to, and how.
type config struct {
	endpoint *url.URL
	headers  http.Header
	timeout  time.Duration
	compress bool
	tls      *tls.Config
}

// wanted says whether the environment asks for traces. By the standard OTEL_TRACES_EXPORTER is otlp where it is not
// set; here an endpoint has to be set then, so that nothing is sent to an address that nobody gave.
func wanted() (bool, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	switch exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "":
		return option("ENDPOINT") != "", nil
	case "otlp":
		return true, nil
	case "none":
		return false, nil
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q, known are otlp and none", exporter)
	}
}

// option is a setting of the exporter: that of traces, or that of all signals.
func option(name string) string {
	return cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_"+name), os.Getenv("OTEL_EXPORTER_OTLP_"+name))
}

// read reads the exporter's settings; see https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
func read() (c config, err error) {
	if protocol := option("PROTOCOL"); protocol != "" && protocol != protobuf {
		return c, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q, known is %s", protocol, protobuf)
	}
	var errs [4]error
	c.endpoint, errs[0] = endpoint()
	c.headers, errs[1] = headers(option("HEADERS"))
	c.timeout, errs[2] = timeout(option("TIMEOUT"))
	c.tls, errs[3] = trust(option("CERTIFICATE"), option("CLIENT_CERTIFICATE"), option("CLIENT_KEY"))
	c.compress = option("COMPRESSION") == "gzip"
	return c, errors.Join(errs[:]...)
}

// endpoint is the address of traces as it was given, or below that of all signals.
func endpoint() (*url.URL, error) {
	given := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	whole := given != ""
	if !whole {
		given = cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), defaultEndpoint)
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT must be a URL that begins with http:// or https://")
	}
	if !whole {
		u = u.JoinPath(tracesPath)
	}
	return u, nil
}

// headers reads name=value,name=value, where values are encoded as in URLs.
func headers(list string) (http.Header, error) {
	h := make(http.Header)
	for pair := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, encoded, found := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(encoded))
		if !found || err != nil { // the value is a secret
			return nil, errors.New("OTEL_EXPORTER_OTLP_HEADERS must be name=value,name=value")
		}
		h.Set(strings.TrimSpace(name), value)
	}
	return h, nil
}

func timeout(milliseconds string) (time.Duration, error) {
	if milliseconds == "" {
		return defaultTimeout, nil
	}
	n, err := strconv.ParseUint(milliseconds, 10, 31)
	if err != nil || n == 0 {
		return 0, errors.New("OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds")
	}
	return time.Duration(n) * time.Millisecond, nil
}

// trust is how TLS is spoken: with the certificate authorities of a file, the system's where there is none, and with a
// certificate of the client's own, if it has one.
func trust(authorities, certificate, key string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities != "" {
		pem, err := os.ReadFile(authorities) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CERTIFICATE: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("OTEL_EXPORTER_OTLP_CERTIFICATE has no certificate")
		}
	}
	if certificate != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
