package run

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// limits are those of a connection. Handlers that stream lift that for writing for themselves.
type limits struct {
	header, read, write, idle time.Duration
	headerBytes               int
}

func usualLimits() limits {
	return limits{
		header: 5 * time.Second, read: 30 * time.Second, write: time.Minute, idle: 2 * time.Minute, headerBytes: 32 << 10,
	}
}

// Serve listens on an address and serves it until the group stops; then it takes no more requests and finishes those
// that it has. It answers with the address, whose port was chosen where port 0 was asked for.
func (g *Group) Serve(name, address string, h http.Handler) (net.Addr, error) {
	return g.serve(name, address, h, nil)
}

// ServeTLS is Serve with HTTPS, if there are a certificate and a key in the files: where they are missing it answers
// nil. Files that change are read again.
func (g *Group) ServeTLS(name, address, certFile, keyFile string, h http.Handler) (net.Addr, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, logger: g.logger}
	_, err := c.get(nil)
	if errors.Is(err, fs.ErrNotExist) {
		c.warnOfHalf()
		return nil, nil //nolint:nilnil // no certificate, no HTTPS
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	g.certificate = c
	return g.serve(name, address, h, &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"},
	})
}

func (g *Group) serve(name, address string, h http.Handler, config *tls.Config) (net.Addr, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	server := &http.Server{
		Handler: h,

		ReadHeaderTimeout: g.limits.header,
		ReadTimeout:       g.limits.read,
		WriteTimeout:      g.limits.write,
		IdleTimeout:       g.limits.idle,
		MaxHeaderBytes:    g.limits.headerBytes,
		ErrorLog:          slog.NewLogLogger(g.logger.Handler(), slog.LevelDebug),
	}
	g.Go(name, func(context.Context) error {
		serving := listener
		if config != nil {
			serving = tls.NewListener(listener, config)
		}
		if err := server.Serve(serving); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.OnStop(name, func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		return err
	})
	return listener.Addr(), nil
}

// certificate is a key pair in files. It is safe for concurrent use.
type certificate struct {
	certFile, keyFile string
	logger            *slog.Logger

	mu     sync.Mutex
	read   time.Time // the modification time of the certificate that was read
	loaded *tls.Certificate
	fault  string // why the renewed pair cannot be read; a fault that stays is logged once, not with every handshake
}

// get reads the files again where they were renewed. If that fails, the old pair goes on.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.certFile)
	if err == nil && c.loaded != nil && info.ModTime().Equal(c.read) {
		return c.loaded, nil
	}
	if err == nil {
		err = c.load(info.ModTime())
	}
	if err == nil || c.loaded == nil {
		return c.loaded, err
	}
	if fault := err.Error(); fault != c.fault {
		c.logger.Warn("the renewed certificate cannot be read, the old one stays", "cause", err)
		c.fault = fault
	}
	return c.loaded, nil
}

// warnOfHalf tells an operator who forgot one of the two files why there is no HTTPS.
func (c *certificate) warnOfHalf() {
	_, noCert := os.Stat(c.certFile)
	_, noKey := os.Stat(c.keyFile)
	if (noCert == nil) != (noKey == nil) {
		c.logger.Warn("no HTTPS: of certificate and key, one is missing", "cert", c.certFile, "key", c.keyFile)
	}
}

func (c *certificate) load(modified time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	if expires := pair.Leaf.NotAfter; time.Now().After(expires) {
		c.logger.Warn("the certificate has expired", "file", c.certFile, "expired", expires)
	}
	c.loaded, c.read, c.fault = &pair, modified, ""
	return nil
}
