// Package reach has what clients of all brokers need to get along with a broker that may be away: pauses, the state
// that is shown and logged, and the answers that callers wait for.
package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"myevents/lib/msgqueue"
)

const (
	firstPause = 100 * time.Millisecond
	longPause  = 2 * time.Second
)

// Pause is how long to wait after so many failures in a row: longer each time, and not the same for all.
func Pause(failures int) time.Duration {
	d := min(firstPause<<min(failures, 10), longPause)
	return d - rand.N(d/2) //nolint:gosec // nothing secret hangs on it
}

// Sleep waits for the time to pass, or for the context to end.
func Sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Unavailable makes an error an ErrUnavailable, once.
func Unavailable(err error) error {
	if errors.Is(err, msgqueue.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", msgqueue.ErrUnavailable, err)
}

// TLS makes the configuration of a client. The broker's certificate must be signed by one in caFile (PEM), the system's
// where that is empty. certFile and keyFile are the client's own certificate, if it has one.
func TLS(caFile, certFile, keyFile string) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	var faults []error
	if caFile != "" {
		pem, err := os.ReadFile(caFile) //nolint:gosec // the operator names it
		t.RootCAs = x509.NewCertPool()
		if err == nil && !t.RootCAs.AppendCertsFromPEM(pem) {
			err = fmt.Errorf("%s has no certificate in PEM", caFile)
		}
		faults = append(faults, err)
	}
	if certFile != "" || keyFile != "" {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		t.Certificates = []tls.Certificate{pair}
		faults = append(faults, err)
	}
	return t, errors.Join(faults...)
}
