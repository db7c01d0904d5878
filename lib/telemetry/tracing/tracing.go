// Package tracing lets requests and messages be followed through the services: it begins spans, and carries what they
// belong to from one process to the next, as W3C Trace Context has it. It knows the interfaces of OpenTelemetry only;
// package otlp is what sends spans away. Where none are recorded, what came from outside is passed on all the same, and
// nothing costs anything where nothing came.
package tracing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Header is the name of the header in which a request or a message has its parent.
const Header = "traceparent"

// scope names who makes the spans.
const scope = "myevents"

// carrier is the one header that is carried. What vendors add (tracestate), and baggage, is not: it is free text of
// whoever sent the request, which would lie in every stored message.
type carrier struct{ parent string }

// Get implements propagation.TextMapCarrier.
func (c *carrier) Get(name string) string {
	if name == Header {
		return c.parent
	}
	return ""
}

// Set implements propagation.TextMapCarrier.
func (c *carrier) Set(name, value string) {
	if name == Header {
		c.parent = value
	}
}

// Keys implements propagation.TextMapCarrier.
func (*carrier) Keys() []string { return []string{Header} }

// With gives the context that belongs to a parent, which is the value of a header; one that cannot be read is none.
func With(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, &carrier{parent})
}

// Parent is what With made a context belong to, or the span that was begun since; empty where there is none.
func Parent(ctx context.Context) string {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ""
	}
	var c carrier
	propagation.TraceContext{}.Inject(ctx, &c)
	return c.parent
}

// Start begins a span within that of the context, if that is recorded.
func Start(ctx context.Context, name string) (context.Context, trace.Span) {
	within := trace.SpanFromContext(ctx)
	if !within.IsRecording() {
		return ctx, within
	}
	return within.TracerProvider().Tracer(scope).Start(ctx, name)
}

// End ends a span that Start or a Tracer has begun, with what became of it.
func End(span trace.Span, err error) {
	if !span.IsRecording() {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

// Link has two spans that had to do with each other name one another, unless they are of one trace.
func Link(one, other trace.Span) {
	if one.SpanContext().TraceID() == other.SpanContext().TraceID() {
		return
	}
	if one.IsRecording() {
		one.AddLink(trace.Link{SpanContext: other.SpanContext()})
	}
	if other.IsRecording() {
		other.AddLink(trace.Link{SpanContext: one.SpanContext()})
	}
}

// Tracer begins the spans whose cause is outside the process: a request, or a message. A nil Tracer begins none. It is
// safe for concurrent use.
type Tracer struct {
	tracer trace.Tracer
	broker attribute.KeyValue
}

// New makes a Tracer. broker is the type of the message broker, as the settings name it.
func New(p trace.TracerProvider, broker string) *Tracer {
	system, known := map[string]attribute.KeyValue{
		"amqp": semconv.MessagingSystemRabbitMQ, "kafka": semconv.MessagingSystemKafka, "sqs": semconv.MessagingSystemAWSSQS,
	}[broker]
	if !known {
		system = semconv.MessagingSystemKey.String(broker)
	}
	return &Tracer{tracer: p.Tracer(scope), broker: system}
}

// Request begins the span of a request that came with these headers. It has no name but the method before the route is
// known.
func (t *Tracer) Request(ctx context.Context, h http.Header, method string) (context.Context, trace.Span) {
	ctx = With(ctx, h.Get("Traceparent")) // written as Go keeps it: to change it for the look-up would cost something
	if t == nil {
		return ctx, noop.Span{}
	}
	return t.tracer.Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.HTTPRequestMethodKey.String(method)))
}

// Message is what spans tell of a message.
type Message struct {
	ID, Name string
	// Parent is what it belongs to: what made it, or sent it.
	Parent string
}

// Send begins the span of sending a message, and gives the parent of whoever receives it.
func (t *Tracer) Send(ctx context.Context, m Message) (parent string, span trace.Span) {
	if t == nil {
		return m.Parent, noop.Span{}
	}
	ctx, span = t.tracer.Start(With(ctx, m.Parent), "send "+m.Name, trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(t.attributes(m, semconv.MessagingOperationTypeSend)...))
	return Parent(ctx), span
}

// Process begins the span of handling a message that a group has received.
func (t *Tracer) Process(ctx context.Context, m Message, group string) (context.Context, trace.Span) {
	ctx = With(ctx, m.Parent)
	if t == nil {
		return ctx, noop.Span{}
	}
	attributes := append(t.attributes(m, semconv.MessagingOperationTypeProcess), semconv.MessagingConsumerGroupName(group))
	return t.tracer.Start(ctx, "process "+m.Name, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attributes...))
}

func (t *Tracer) attributes(m Message, operation attribute.KeyValue) []attribute.KeyValue {
	return []attribute.KeyValue{
		t.broker, operation, semconv.MessagingOperationName(operation.Value.AsString()),
		semconv.MessagingDestinationName(m.Name), semconv.MessagingMessageID(m.ID),
	}
}
