// Package service puts the booking service together.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/bookingservice/accounts"
	"myevents/bookingservice/announce"
	"myevents/bookingservice/availability"
	"myevents/bookingservice/listener"
	"myevents/bookingservice/rest"
	"myevents/lib/configuration"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
	librest "myevents/lib/rest"
	"myevents/lib/run"
	"myevents/lib/telemetry"
)

const (
	storePart = "bookings store"
	// pingEvery is how often the store is asked whether it is there.
	pingEvery = 2 * time.Second
)

// Dependencies are what the service shares with others in the same process. What is missing it opens by itself.
type Dependencies struct {
	Emitter  msgqueue.EventEmitter
	Listener msgqueue.EventListener
	// Metrics takes the service's metrics. Who gives one serves it, and the service's health, too.
	Metrics prometheus.Registerer
}

// Service is a booking service that listens. It is made by New and ends with Run.
type Service struct {
	// API answers the requests.
	API http.Handler
	// Health says what works.
	Health *telemetry.Health
	// Address is the one of the REST API.
	Address net.Addr
	// MetricsAddress is the one of metrics and health, nil where somebody else serves them.
	MetricsAddress net.Addr

	settings configuration.Settings
	logger   *slog.Logger
	group    *run.Group
	store    persistence.BookingHandler
	hub      *availability.Hub
}

// New opens the store and the broker, and listens. On an error nothing is left open.
func New(ctx context.Context, s configuration.Settings, d Dependencies) (*Service, error) {
	logger := s.Logger().With("service", "bookings")
	service := &Service{
		settings: s, logger: logger, group: run.New(logger, s.ShutdownTimeout),
		Health: telemetry.NewHealth(logger, storePart),
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
	s.store, err = dblayer.OpenBooking(kind, connection, telemetry.StoreObserver(metrics))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	s.group.OnStop("store", func(context.Context) error { return s.store.Close() })
	if err := s.openBroker(&d, metrics); err != nil {
		return err
	}
	s.startParts(ctx, d, metrics)
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
	d.Emitter, d.Listener = broker, broker
	return nil
}

// startParts starts what runs behind the API, and makes the API.
func (s *Service) startParts(ctx context.Context, d Dependencies, metrics prometheus.Registerer) {
	s.Health.Set(storePart, s.ping(ctx))
	s.group.Go("store", func(ctx context.Context) error { return s.Health.Watch(ctx, storePart, pingEvery, s.store.Ping) })

	relay := outbox.New(s.store, d.Emitter, outbox.Options{Logger: s.logger, Registerer: metrics})
	s.group.OnStop("outbox", relay.Drain)
	s.group.Go("outbox", relay.Run)

	s.hub = availability.New(s.store, metrics)
	s.group.Go("availability", func(ctx context.Context) error { return s.hub.Run(ctx, s.report("availability")) })

	seats := inventory.New(s.store, announce.Decision, relay, s.hub.Changed)
	s.group.OnStop("inventory", func(context.Context) error {
		seats.Close()
		return nil
	})
	applier := listener.New(seats, s.store, metrics)
	s.group.Go("listener", func(ctx context.Context) error { return applier.Listen(ctx, d.Listener) })

	people := accounts.New(s.store, strings.HasPrefix(s.settings.PublicURL, "https:"))
	s.group.Go("sessions", func(ctx context.Context) error { return people.Sweep(ctx, s.report("sessions")) })

	s.API = rest.New(librest.Options{
		Logger: s.logger, Registerer: metrics, Open: s.settings.Auth == "open",
		Origins: s.settings.AllowedOrigins, Timeout: s.settings.RequestTimeout,
	}, rest.Parts{
		Store: s.store, Inventory: seats, Accounts: people, Hub: s.hub, MaxSeats: s.settings.MaxSeats,
	})
}

func (s *Service) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingEvery)
	defer cancel()
	return s.store.Ping(ctx)
}

// report logs what goes wrong again and again in the background, once per change.
func (s *Service) report(part string) func(error) {
	failing := false
	return func(err error) {
		if err != nil && !failing {
			s.logger.Warn("does not work at the moment", "part", part, "cause", err)
		}
		failing = err != nil
	}
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
	s.group.OnStop("streams", func(context.Context) error {
		s.Health.Stopping()
		s.hub.Close()
		return nil
	})
	if s.settings.Auth == "open" {
		s.logger.Warn("auth=open: all callers are guests, and scripts of all origins may call")
	}
	s.logger.Info("the booking service listens", "http", s.Address.String(), "https", secure)
	return nil
}
