package kafka_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue/kafka"
)

// secureServer is one of our own, of which all is known.
func secureServer(t *testing.T) *backends.Kafka {
	t.Helper()
	if k := server(t); k.CAFile != "" {
		return k
	}
	return backends.StartKafka(t)
}

// secured is a configuration that the broker takes.
func secured(k *backends.Kafka) kafka.Config {
	c := config(k)
	c.URLs, c.Protocol, c.CAFile = k.SASLURLs, "SASL_SSL", k.CAFile
	c.Mechanism, c.User, c.Password = "SCRAM-SHA-512", backends.KafkaUser, backends.KafkaPassword
	return c
}

// TestSecurity signs in over TLS in every way.
func TestSecurity(t *testing.T) {
	k := secureServer(t)
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "certificate"} {
		t.Run(mechanism, func(t *testing.T) {
			c := secured(k)
			c.Mechanism = mechanism
			if mechanism == "certificate" {
				c.URLs, c.Protocol, c.User = k.SSLURLs, "SSL", ""
				c.CertFile = filepath.Join(filepath.Dir(k.CAFile), "cert.pem")
				c.KeyFile = filepath.Join(filepath.Dir(k.CAFile), "key.pem")
			}
			b := open(t, c)
			emitSoon(t, b, envelope(1))
			listen(t, b, nil).wait(t, envelope(1))
		})
	}
}

// TestInsecurity is refused: a wrong password, which nothing tells, a broker that is not known by its certificate, a
// client that the broker does not know by its own, and one without TLS.
func TestInsecurity(t *testing.T) {
	k := secureServer(t)
	cert, key := foreignCertificate(t)
	for name, c := range map[string]struct {
		change func(*kafka.Config)
		says   string
	}{
		"password":  {func(c *kafka.Config) { c.Password = "pa55word" }, "SASL_AUTHENTICATION_FAILED"},
		"authority": {func(c *kafka.Config) { c.CAFile = cert }, "certificate"},
		"certificate": {func(c *kafka.Config) {
			c.URLs, c.Protocol, c.User, c.CertFile, c.KeyFile = k.SSLURLs, "SSL", "", cert, key
		}, ""},
		"protocol": {func(c *kafka.Config) { c.Protocol, c.User, c.CAFile = "PLAINTEXT", "", "" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log logged
			config := secured(k)
			config.Logger = log.logger()
			c.change(&config)
			b := open(t, config)
			errs := b.Emit(within(t), envelopes(0, 1))
			wantUnavailable(t, errs)
			eventually(t, "the log", func() error {
				if len(log.with("cannot be used", c.says)) == 0 {
					return errors.New("it does not say " + c.says)
				}
				return nil
			})
			if strings.Contains(errors.Join(errs...).Error(), "pa55word") || len(log.with("pa55word")) > 0 {
				t.Error("the password is told")
			}
		})
	}
}

// foreignCertificate is one that nobody knows, signed by itself.
func foreignCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(3), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	err = errors.Join(
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// TestValidate reports everything that cannot be right, all at once, and no secret.
func TestValidate(t *testing.T) {
	good := kafka.Config{URLs: []string{"a:9092", "b:9092"}, Protocol: "SASL_PLAINTEXT", Mechanism: "PLAIN", User: "me"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		config kafka.Config
		says   []string
	}{
		"nothing":      {kafka.Config{}, []string{"no broker"}},
		"addresses":    {kafka.Config{URLs: []string{"a", ":1", "b:2"}, Partitions: -1}, []string{`"a"`, `":1"`, "partition"}},
		"protocol":     {kafka.Config{URLs: []string{"a:1"}, Protocol: "TLS"}, []string{`"TLS"`}},
		"certificates": {kafka.Config{URLs: []string{"a:1"}, CAFile: "x"}, []string{"certificates", "x"}},
		"nobody":       {kafka.Config{URLs: []string{"a:1"}, Protocol: "SASL_SSL", Mechanism: "PLAIN"}, []string{"user"}},
		"somebody":     {kafka.Config{URLs: []string{"a:1"}, User: "me", Password: "secret"}, []string{"user"}},
		"mechanism": {
			kafka.Config{URLs: []string{"a:1"}, Protocol: "SASL_SSL", User: "me", Mechanism: "GSSAPI"}, []string{"GSSAPI", "SCRAM-SHA-256"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.config.Validate()
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q does not say %s", err, says)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Error("it tells the password")
			}
			if b, err := kafka.Open(c.config); err == nil || b != nil {
				t.Errorf("it is opened: %v", err)
			}
		})
	}
}
