// Package otlp sends a service's spans to a collector, by OTLP over HTTP, as far as the standard variables of
// OpenTelemetry (OTEL_…) ask for it. The service never waits for it: spans wait in a queue with a bound, and are lost
// where the collector is away.
package otlp

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// lastSpans is how long the last spans may take when the service ends.
const lastSpans = 2 * time.Second

// Provider makes the spans of a service and sends them. It is safe for concurrent use.
type Provider struct {
	*sdk.TracerProvider
	client *client
}

// Open makes the provider of a service that the environment asks for, nil where it asks for none. Settings that make no
// sense are logged, and there is none: a service does not stay away for that.
func Open(service string, logger *slog.Logger) *Provider {
	on, err := wanted()
	if err == nil && !on {
		return nil
	}
	c, fault := read()
	if err := errors.Join(err, fault); err != nil {
		logger.Warn("no traces are sent", "cause", err)
		return nil
	}
	// What the SDK cannot do, such as read a setting, would go past the log.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { logger.Warn("tracing", "cause", err) }))
	p := &Provider{client: newClient(c, logger)}
	exporter := otlptrace.NewUnstarted(p.client)
	p.TracerProvider = sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(describe(service, logger)))
	logger.Info("traces are sent", "to", c.endpoint.Redacted())
	return p
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
	close(p.client.closing)
	ctx, cancel := context.WithTimeout(ctx, lastSpans)
	defer cancel()
	if err := p.Shutdown(ctx); err != nil {
		p.client.logger.Warn("the last traces are lost", "cause", err)
	}
	return p.client.Stop(ctx)
}
