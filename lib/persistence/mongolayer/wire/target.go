package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// ErrBadURL means that a connection string cannot be used as it is. It is a fault of the configuration.
var ErrBadURL = errors.New("bad MongoDB connection string")

// defaultPort is where MongoDB listens.
const defaultPort = "27017"

// Target is what a connection string says.
type Target struct {
	// Hosts have ports. They are empty where Service names a record in the DNS that lists them, until Resolve.
	Hosts   []string
	Service string
	// Database is "" where none is named.
	Database string

	Username, Password string
	// AuthSource is the database that has the user, Mechanism how to authenticate; "" is mgo's choice.
	AuthSource, Mechanism string
	// ReplicaSet is the one that the hosts must belong to; "" is any, or none.
	ReplicaSet string
	// Direct means that only the hosts are used, and no others that they tell of.
	Direct bool
	// PoolLimit is how many connections are open at most, 0 where it is not said.
	PoolLimit int
	// TLS is nil where connections are not encrypted.
	TLS *tls.Config

	options map[string]string // in lower case
}

// Parse reads a connection string, mongodb:// or mongodb+srv://. It refuses what it does not know, and what mgo cannot
// do; how sure writes and reads are is not for the connection string to say.
func Parse(text string) (*Target, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		scheme, rest = "mongodb", text // as mgo takes it
	}
	place, query, _ := strings.Cut(rest, "?")
	authority, database, _ := strings.Cut(place, "/")
	t := &Target{options: make(map[string]string)}
	var err [4]error
	if t.Database, err[0] = url.PathUnescape(database); strings.ContainsAny(t.Database, `/\. "$`) {
		err[0] = errors.New("no name of a database")
	}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		err[1] = t.setUser(authority[:at])
		authority = authority[at+1:]
	}
	err[2] = t.setHosts(scheme, authority)
	err[3] = t.addOptions(query, known)
	if scheme == "mongodb+srv" && !t.has("tls") && !t.has("ssl") {
		t.options["tls"] = "true"
	}
	if joined := errors.Join(append(err[:], t.apply())...); joined != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadURL, joined)
	}
	return t, nil
}

func (t *Target) has(option string) bool { return t.options[option] != "" }

func (t *Target) setUser(text string) (err error) {
	user, password, _ := strings.Cut(text, ":")
	if t.Username, err = url.PathUnescape(user); err != nil || user == "" {
		return errors.New("the user is malformed")
	}
	if t.Password, err = url.PathUnescape(password); err != nil || strings.Contains(password, ":") {
		return errors.New("the password is malformed: write : / ? @ % as %3A %2F %3F %40 %25")
	}
	return nil
}

func (t *Target) setHosts(scheme, text string) error {
	switch scheme {
	case "mongodb":
		for host := range strings.SplitSeq(text, ",") {
			withPort, err := addPort(host)
			if err != nil {
				return err
			}
			t.Hosts = append(t.Hosts, withPort)
		}
		return nil
	case "mongodb+srv":
		if strings.ContainsAny(text, ",:") || strings.Count(text, ".") < 2 {
			return fmt.Errorf("%q is no name that mongodb+srv can look up", text)
		}
		t.Service = text
		return nil
	default:
		return fmt.Errorf("unknown scheme %q", scheme)
	}
}

func addPort(host string) (string, error) {
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
		return net.JoinHostPort(host, defaultPort), nil
	}
	if host == "" || strings.Contains(host, "%2F") {
		return "", fmt.Errorf("%q is no host", host)
	}
	if !strings.Contains(host, ":") {
		return net.JoinHostPort(host, defaultPort), nil
	}
	name, port, err := net.SplitHostPort(host)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || name == "" {
		return "", fmt.Errorf("%q is no host and port", host)
	}
	return host, nil
}

// Options that are known, in lower case.
func known(option string) bool { return used(option) || notNeeded(option) }

// used options have a say.
func used(option string) bool {
	return slices.Contains([]string{
		"authsource", "authmechanism", "connect", "directconnection", "maxpoolsize", "replicaset", "ssl", "tls",
		"tlsallowinvalidcertificates", "tlscafile", "tlscertificatekeyfile", "tlsinsecure",
	}, option)
}

// notNeeded options are for other drivers, or about what is decided here once and for all.
func notNeeded(option string) bool {
	return slices.Contains([]string{
		"appname", "compressors", "connecttimeoutms", "heartbeatfrequencyms", "journal", "localthresholdms",
		"maxidletimems", "maxstalenessseconds", "minpoolsize", "readconcernlevel", "readpreference",
		"readpreferencetags", "retryreads", "retrywrites", "serverselectiontimeoutms", "sockettimeoutms",
		"uuidrepresentation", "w", "waitqueuetimeoutms", "wtimeoutms", "zlibcompressionlevel",
	}, option)
}

// addOptions reads options, of which the first of a name counts.
func (t *Target) addOptions(query string, allowed func(string) bool) (err error) {
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, text, _ := strings.Cut(pair, "=")
		value, bad := url.PathUnescape(text)
		key := strings.ToLower(name)
		switch {
		case bad != nil || value == "":
			err = errors.Join(err, fmt.Errorf("the option %s has no value", name))
		case !allowed(key):
			err = errors.Join(err, fmt.Errorf("unknown option %s", name))
		case !t.has(key):
			t.options[key] = value
		}
	}
	return err
}

// apply has the options take effect.
func (t *Target) apply() error {
	var err error
	flag := func(name string) bool {
		value, bad := strconv.ParseBool(t.options[name])
		if bad != nil && t.has(name) {
			err = errors.Join(err, fmt.Errorf("the option %s is neither true nor false", name))
		}
		return value
	}
	t.AuthSource, t.ReplicaSet = t.options["authsource"], t.options["replicaset"]
	t.Direct = flag("directconnection") || t.options["connect"] == "direct"
	if t.has("maxpoolsize") {
		n, bad := strconv.ParseUint(t.options["maxpoolsize"], 10, 12)
		if bad != nil || n == 0 {
			err = errors.Join(err, errors.New("the option maxPoolSize is no number from 1 to 4095"))
		}
		t.PoolLimit = int(n)
	}
	encrypted := flag("tls") || flag("ssl")
	insecure := flag("tlsinsecure") || flag("tlsallowinvalidcertificates")
	if encrypted {
		var bad error
		t.TLS, bad = t.tls(insecure)
		err = errors.Join(err, bad)
	}
	return errors.Join(err, t.authenticate())
}

func (t *Target) authenticate() error {
	t.Mechanism = t.options["authmechanism"]
	switch t.Mechanism {
	case "", "SCRAM-SHA-1", "PLAIN", "MONGODB-X509", "MONGODB-CR":
		return nil
	default:
		return fmt.Errorf("the option authMechanism is %s, and mgo can do only SCRAM-SHA-1, PLAIN and MONGODB-X509",
			t.Mechanism)
	}
}

func (t *Target) tls(insecure bool) (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: insecure, //nolint:gosec // the operator has asked for it by name
	}
	if file := t.options["tlscafile"]; file != "" {
		pem, err := os.ReadFile(file) //nolint:gosec // the operator names it
		if err != nil {
			return nil, fmt.Errorf("the option tlsCAFile: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the option tlsCAFile: %s has no certificate", file)
		}
	}
	if file := t.options["tlscertificatekeyfile"]; file != "" {
		own, err := tls.LoadX509KeyPair(file, file)
		if err != nil {
			return nil, fmt.Errorf("the option tlsCertificateKeyFile: %w", err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c, nil
}
