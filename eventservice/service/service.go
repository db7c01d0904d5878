// Package service puts the event service together.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/eventservice/catalogue"
	"myevents/eventservice/rest"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
	librest "myevents/lib/rest"
	"myevents/lib/run"
	"myevents/lib/telemetry"
)

// loadTimeout bounds how long the start waits for the store before the service goes on without.
const loadTimeout = 5 * time.Second

// Dependencies are what the service shares with others in the same process. What is missing it opens by itself.
type Dependencies struct {
	Emitter msgqueue.EventEmitter
	// Metrics takes the service's metrics. Who gives one serves it, and the service's health, too.
	Metrics prometheus.Registerer
}

// Service is an event service that listens. It is made by New and ends with Run.
type Service struct {
	// API answers the requests.
	API http.Handler
	// Health says what works.
	Health *telemetry.Health
	// Address is the one of the REST API.
	Address net.Addr
	// MetricsAddress is the one of metrics and health, nil where somebody else serves them.
	MetricsAddress net.Addr

	settings  configuration.Settings
	logger    *slog.Logger
	group     *run.Group
	store     persistence.DatabaseHandler
	catalogue *catalogue.Catalogue
}

// New opens the store and the broker, and listens. On an error nothing is left open.
func New(ctx context.Context, s configuration.Settings, d Dependencies) (*Service, error) {
	logger := s.Logger().With("service", "events")
	service := &Service{
		settings: s, logger: logger, group: run.New(logger, s.ShutdownTimeout),
		Health: telemetry.NewHealth(logger, "events store"),
	}
	if err := service.start(ctx, d); err != nil {
		return nil, errors.Join(err, service.group.Stop())
	}
	return service, nil
}

// Run serves until the context ends or a part fails, and stops everything.
func (s *Service) Run(ctx context.Context) error { return s.group.Run(ctx) }

func (s *Service) start(ctx context.Context, d Dependencies) error {
	registry := telemetry.NewRegistry()
	metrics := d.Metrics
	if metrics == nil {
		metrics = registry
	}
	var err error
	kind, connection := s.settings.Database()
	s.store, err = dblayer.OpenDatabase(kind, connection, telemetry.StoreObserver(metrics))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	s.group.OnStop("store", func(context.Context) error { return s.store.Close() })
	if err := s.openBroker(&d, metrics); err != nil {
		return err
	}
	s.startCatalogue(ctx)
	relay := outbox.New(s.store, d.Emitter, outbox.Options{Logger: s.logger, Registerer: metrics})
	s.group.OnStop("outbox", relay.Drain)
	s.group.Go("outbox", relay.Run)
	s.API = rest.New(librest.Options{
		Logger: s.logger, Registerer: metrics, Open: s.settings.Auth == "open",
		Origins: s.settings.AllowedOrigins, Timeout: s.settings.RequestTimeout,
	}, s.store, s.catalogue, relay, s.settings.DefaultTimeZone)
	if d.Metrics == nil {
		operators := telemetry.Handler(registry, s.Health)
		if s.MetricsAddress, err = s.group.Serve("metrics_endpoint", s.settings.MetricsEndpoint, operators); err != nil {
			return err
		}
	}
	return s.listen()
}

func (s *Service) openBroker(d *Dependencies, metrics prometheus.Registerer) error {
	if d.Emitter != nil {
		return nil
	}
	broker, err := builder.Open(builder.FromConfiguration(s.settings, s.logger, metrics))
	if err != nil {
		return fmt.Errorf("message_broker_type: %w", err)
	}
	s.group.OnStop("broker", func(context.Context) error { return broker.Close() })
	d.Emitter = broker
	return nil
}

// startCatalogue reads the catalogue, if the store answers, and keeps it up to date.
func (s *Service) startCatalogue(ctx context.Context) {
	s.catalogue = catalogue.New(s.store)
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	s.Health.Set("events store", s.catalogue.Refresh(ctx))
	s.group.Go("catalogue", func(ctx context.Context) error {
		return s.catalogue.Run(ctx, func(err error) { s.Health.Set("events store", err) })
	})
}

func (s *Service) listen() error {
	var err error
	s.Address, err = s.group.Serve("restfulapi_endpoint", s.settings.Endpoint, s.API)
	if err != nil {
		return err
	}
	secure, err := s.group.ServeTLS(
		"restfulapi_tlsendpoint", s.settings.TLSEndpoint, s.settings.TLSCert, s.settings.TLSKey, s.API,
	)
	if err != nil {
		return err
	}
	s.group.OnStop("readiness", func(context.Context) error {
		s.Health.Stopping()
		return nil
	})
	if s.settings.Auth == "open" {
		s.logger.Warn("auth=open: everyone may create, change and cancel events")
	}
	s.logger.Info("the event service listens", "http", s.Address.String(), "https", secure)
	return nil
}
