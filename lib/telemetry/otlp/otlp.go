// Package otlp sends a service's spans to a collector, by OTLP over HTTP, as far as the standard variables of
// OpenTelemetry (OTEL_…) ask for it. The service never waits for it: spans wait in a queue with a bound, and are lost
// where the collector is away.
package otlp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr/funcr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

const (
	// lastSpans is how long the last spans may take when the service ends.
	lastSpans = 2 * time.Second
	// protobuf is the only protocol of the exporter that is linked in.
	protobuf = "http/protobuf"
)

// Provider makes the spans of a service and sends them. It is safe for concurrent use.
type Provider struct {
	*sdk.TracerProvider
	exporter exporter
}

// Open makes the provider of a service that the environment asks for, nil where it asks for none. Settings that make no
// sense are logged: a service does not stay away for that.
func Open(service string, logger *slog.Logger) *Provider {
	on, err := wanted()
	if err == nil && !on {
		return nil
	}
	// What OpenTelemetry cannot do, such as read a setting, would go past the log.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { logger.Warn("tracing", "cause", err) }))
	otel.SetLogger(funcr.New(func(_, text string) { logger.Warn("tracing", "cause", text) },
		funcr.Options{RenderArgsHook: withoutInput}))
	sender, failure := otlptracehttp.New(context.Background()) // which dials nobody yet
	if err := errors.Join(err, failure); err != nil {
		logger.Warn("no traces are sent", "cause", err)
		return nil
	}
	p := &Provider{exporter: exporter{Exporter: sender, logger: logger, away: new(atomic.Bool)}}
	p.TracerProvider = sdk.NewTracerProvider(sdk.WithBatcher(p.exporter), sdk.WithResource(describe(service, logger)))
	logger.Info("traces are sent")
	return p
}

// withoutInput takes what was set out of a message: it may be a secret.
func withoutInput(pairs []any) (safe []any) {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[0] != "input" {
			safe = append(safe, pair...)
		}
	}
	return safe
}

// wanted says whether the environment asks for traces. By the standard OTEL_TRACES_EXPORTER is otlp where it is not
// set; here an endpoint has to be set then, so that nothing is sent to an address that nobody gave.
func wanted() (bool, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), protobuf)
	endpoint := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	which := os.Getenv("OTEL_TRACES_EXPORTER")
	switch {
	case which == "none" || which == "" && endpoint == "":
		return false, nil
	case which != "" && which != "otlp":
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q, known are otlp and none", which)
	case endpoint != "" && !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://"):
		return false, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:// or https://")
	case protocol != protobuf:
		return false, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q, known is %s", protocol, protobuf)
	}
	return true, nil
}

// exporter is OpenTelemetry's, but for its faults: the log tells of them once, and not for every batch that is lost.
type exporter struct {
	*otlptrace.Exporter
	logger *slog.Logger
	away   *atomic.Bool
}

// ExportSpans implements the SDK's SpanExporter. What cannot be sent is gone.
func (e exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.Exporter.ExportSpans(ctx, spans)
	switch was := e.away.Swap(err != nil); {
	case err != nil && !was:
		e.logger.Warn("traces cannot be sent at the moment, and are lost", "cause", err)
	case err == nil && was:
		e.logger.Info("traces can be sent again")
	}
	return nil
}

// describe says who makes the spans; the environment says more, and has the last word.
func describe(service string, logger *slog.Logger) *resource.Resource {
	ctx, cancel := context.WithTimeout(context.Background(), lastSpans)
	defer cancel()
	r, err := resource.New(ctx,
		resource.WithAttributes(
			semconv.ServiceNamespace("myevents"), semconv.ServiceName(service),
			semconv.ServiceInstanceID(rand.Text()),
		),
		resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv(),
	)
	if err != nil { // what could be read is there
		logger.Warn("tracing", "cause", err)
	}
	return r
}

// Close sends the last spans, which must not take long, and ends the provider.
func (p *Provider) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lastSpans)
	defer cancel()
	err := p.Shutdown(ctx)
	if err != nil {
		p.exporter.logger.Warn("the last traces are lost", "cause", err)
	}
	return p.exporter.Shutdown(context.WithoutCancel(ctx)) // ends what is still under way; waits for nothing
}
