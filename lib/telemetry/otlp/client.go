package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

const (
	// firstWait and maxWait bound the time between two tries at sending the same spans.
	firstWait = time.Second
	maxWait   = 5 * time.Second
	// maxAnswer is how much is read of an answer, so that the connection can be used again.
	maxAnswer = 64 << 10
)

// client sends spans by HTTP. It implements otlptrace.Client; the one of OpenTelemetry, otlptracehttp, links the whole
// of gRPC in, which makes half as much again of a service.
type client struct {
	config config
	http   *http.Client
	logger *slog.Logger

	closing chan struct{} // closed: nothing is tried again
	cancel  context.CancelFunc
	life    context.Context //nolint:containedctx // ends what is under way when there is no more time

	mu   sync.Mutex
	away bool
}

func newClient(c config, logger *slog.Logger) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = c.tls
	life, cancel := context.WithCancel(context.Background())
	return &client{
		config: c, logger: logger, closing: make(chan struct{}), life: life, cancel: cancel,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Start implements otlptrace.Client.
func (*client) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c *client) Stop(context.Context) error {
	c.cancel()
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces implements otlptrace.Client. What cannot be sent is gone: of that the log tells once, and nobody else.
func (c *client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.timeout)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	// This is an ExportTraceServiceRequest on the wire, whose package links gRPC in.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err == nil && c.config.compress {
		body = compressed(body)
	}
	if err == nil {
		err = c.send(ctx, body)
	}
	c.note(err)
	return nil
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // memory takes everything
	_ = w.Close()
	return b.Bytes()
}

// send tries until the spans are taken or refused, or the time is over.
func (c *client) send(ctx context.Context, body []byte) error {
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		err := c.post(ctx, body)
		var later *laterError
		if !errors.As(err, &later) {
			return err
		}
		pause := wait/2 + rand.N(wait/2) //nolint:gosec // spreads attempts, protects nothing
		select {
		case <-ctx.Done():
			return err
		case <-c.closing:
			return err
		case <-time.After(max(pause, later.after)):
		}
	}
}

// laterError is one after which it makes sense to try again.
type laterError struct {
	cause error
	after time.Duration
}

// Error implements error.
func (e *laterError) Error() string { return e.cause.Error() }

// Unwrap gives the cause.
func (e *laterError) Unwrap() error { return e.cause }

func (c *client) post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = c.config.headers.Clone()
	request.Header.Set("Content-Type", "application/x-protobuf")
	if c.config.compress {
		request.Header.Set("Content-Encoding", "gzip")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return &laterError{cause: err}
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	return verdict(response)
}

// verdict says what an answer means, by the table of the OTLP specification.
func verdict(r *http.Response) error {
	if r.StatusCode >= 200 && r.StatusCode < 300 {
		return nil
	}
	err := fmt.Errorf("the collector answers %s", r.Status)
	switch r.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.ParseUint(r.Header.Get("Retry-After"), 10, 16) // 0 where it does not say
		return &laterError{cause: err, after: time.Duration(seconds) * time.Second}
	}
	return err
}

// note logs once that spans are lost, and once that they are not any more.
func (c *client) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil && !c.away:
		c.logger.Warn("traces cannot be sent at the moment, and are lost", "cause", err)
	case err == nil && c.away:
		c.logger.Info("traces can be sent again")
	}
	c.away = err != nil
}
