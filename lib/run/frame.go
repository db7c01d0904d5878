package run

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/configuration"
	"myevents/lib/rest"
	"myevents/lib/telemetry"
	"myevents/lib/telemetry/otlp"
	"myevents/lib/telemetry/tracing"
)

// Frame is what a service is built in: its settings, its log, metrics and health, and the servers of its API and of its
// operators. The parts that run are those of its Group.
type Frame struct {
	*Group
	Settings configuration.Settings
	Logger   *slog.Logger
	// Metrics takes the metrics of all parts.
	Metrics prometheus.Registerer
	// Health says what works.
	Health *telemetry.Health
	// Tracer begins the spans of requests and messages; nil where none are asked for.
	Tracer *tracing.Tracer
	// API answers the requests.
	API http.Handler
	// Address is the one of the API.
	Address net.Addr
	// MetricsAddress is the one of metrics and health, nil where somebody else serves them.
	MetricsAddress net.Addr

	registry *prometheus.Registry // nil where somebody else serves the metrics
}

// NewFrame makes the frame of a service by its name, whose parts have to work for it to be ready. Who gives metrics
// serves them, and the health, too.
func NewFrame(s configuration.Settings, name string, metrics prometheus.Registerer, parts ...string) *Frame {
	logger := slog.New(tracing.Log(s.Logger().Handler())).With("service", name)
	f := &Frame{
		Group: New(logger, s.ShutdownTimeout), Settings: s, Logger: logger, Metrics: metrics,
		Health: telemetry.NewHealth(logger, parts...),
	}
	if metrics == nil {
		f.registry = telemetry.NewRegistry()
		f.Metrics = f.registry
	}
	f.Metrics.MustRegister(f.Health)
	if p := otlp.Open(name, logger); p != nil {
		f.Tracer = tracing.New(p, s.BrokerType)
		f.OnStop("traces", p.Close)
	}
	return f
}

// Options are those of the service's API.
func (f *Frame) Options() rest.Options {
	s := f.Settings
	networks, err := s.Proxies()
	if err != nil {
		panic(err) // the settings were checked
	}
	return rest.Options{
		Logger: f.Logger, Registerer: f.Metrics, Tracer: f.Tracer, Open: s.Open(), Origins: s.AllowedOrigins,
		PublicURL: strings.TrimSuffix(s.PublicURL, "/"), HSTS: s.HSTS, Timeout: s.RequestTimeout,
		Proxies: rest.Proxies{Trusted: networks, Header: s.AddressHeader},
		Limits:  rest.Limits{PerAddress: s.LimitAddress, PerUser: s.LimitUser, Streams: s.LimitStreams},
	}
}

// Listen serves the API, and metrics and health on their own port. When the service stops, it is not ready any more,
// and stopping is called, before the servers finish what runs.
func (f *Frame) Listen(api http.Handler, stopping func()) error {
	f.API = api
	var err error
	if f.registry != nil {
		operators := telemetry.Handler(f.registry, f.Health)
		if f.MetricsAddress, err = f.Serve("metrics_endpoint", f.Settings.MetricsEndpoint, operators); err != nil {
			return err
		}
	}
	if f.Address, err = f.Serve("restfulapi_endpoint", f.Settings.Endpoint, api); err != nil {
		return err
	}
	secure, err := f.ServeTLS("restfulapi_tlsendpoint", f.Settings.TLSEndpoint, f.Settings.TLSCert, f.Settings.TLSKey, api)
	if err != nil {
		return err
	}
	if secure != nil {
		f.Metrics.MustRegister(f.expiry())
	}
	f.OnStop("readiness", func(context.Context) error {
		f.Health.Stopping()
		stopping()
		return nil
	})
	if f.Settings.Open() {
		f.Logger.Warn("auth=open: everyone may do everything, and scripts of all origins may call")
	}
	f.Logger.Info("the service listens", "http", f.Address.String(), "https", secure)
	return nil
}

// Report logs what goes wrong again and again in the background, once per change.
func (f *Frame) Report(part string) func(error) {
	failing := false
	return func(err error) {
		if err != nil && !failing {
			f.Logger.Warn("does not work at the moment", "part", part, "cause", err)
		}
		failing = err != nil
	}
}

// expiry is the metric of when the certificate expires that new connections are shown.
func (f *Frame) expiry() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "myevents_tls_certificate_expiry_timestamp_seconds", Help: "When the certificate expires, in Unix seconds.",
	}, func() float64 {
		pair, err := f.certificate.get(nil)
		if err != nil {
			return 0
		}
		return float64(pair.Leaf.NotAfter.Unix())
	})
}
