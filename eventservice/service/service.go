// Package service puts the event service together.
package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/eventservice/catalogue"
	"myevents/eventservice/rest"
	"myevents/lib/auth"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/outbox"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
	"myevents/lib/run"
	"myevents/lib/telemetry"
)

// loadTimeout bounds how long the start waits for the store before the service goes on without.
const loadTimeout = 5 * time.Second

// storePart is what has to work for the service to be ready.
const storePart = "events store"

// Dependencies are what the service shares with others in the same process. What is missing it opens by itself.
type Dependencies struct {
	Emitter msgqueue.EventEmitter
	// Keys verify access tokens.
	Keys auth.Keys
	// Metrics takes the service's metrics. Who gives one serves it, and the service's health, too.
	Metrics prometheus.Registerer
}

// Service is an event service that listens. It is made by New and ends with Run.
type Service struct {
	*run.Frame
	store     persistence.DatabaseHandler
	catalogue *catalogue.Catalogue
}

// New opens the store and the broker, and listens. On an error nothing is left open.
func New(ctx context.Context, s configuration.Settings, d Dependencies) (*Service, error) {
	service := &Service{Frame: run.NewFrame(s, "events", d.Metrics, storePart)}
	if err := service.start(ctx, d); err != nil {
		return nil, errors.Join(err, service.Stop())
	}
	return service, nil
}

func (s *Service) start(ctx context.Context, d Dependencies) error {
	var err error
	emitter := d.Emitter
	s.store, err = dblayer.OpenDatabase(dblayer.FromConfiguration(s.Settings, telemetry.StoreObserver(s.Metrics)))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	s.OnStop("store", func(context.Context) error { return s.store.Close() })
	if emitter == nil {
		if emitter, err = s.openBroker(); err != nil {
			return err
		}
	}
	if err := dblayer.Ping(ctx, s.store); errors.Is(err, persistence.ErrSchema) {
		return fmt.Errorf("store: %w", err)
	}
	s.Go("schema", func(ctx context.Context) error { return dblayer.Known(ctx, s.store) })
	s.startCatalogue(ctx)
	relay := outbox.New(s.store, emitter, outbox.Options{
		Logger: s.Logger, Registerer: s.Metrics, Tracer: s.Tracer,
	})
	s.OnStop("outbox", relay.Drain)
	s.Go("outbox", relay.Run)
	options := s.Options()
	options.Caller = s.verifier(d.Keys).Caller
	return s.Listen(rest.New(options, traced{s.store}, s.catalogue, relay, s.Settings.DefaultTimeZone), func() {})
}

// verifier knows callers by their tokens. Without accounts nobody asks it.
func (s *Service) verifier(keys auth.Keys) *auth.Verifier {
	if keys != nil || s.Settings.Open() {
		return auth.NewVerifier(keys)
	}
	source := auth.NewSource(s.Settings.AuthKeys, s.Metrics)
	s.Go("keys", func(ctx context.Context) error { return source.Run(ctx, s.Report("keys")) })
	return auth.Renewing(source.Keys, source.Renew)
}

func (s *Service) openBroker() (msgqueue.EventEmitter, error) {
	broker, err := builder.Open(builder.FromConfiguration(s.Settings, s.Logger, s.Metrics))
	if err != nil {
		return nil, fmt.Errorf("message_broker_type: %w", err)
	}
	s.OnStop("broker", func(context.Context) error { return broker.Close() })
	return broker, nil
}

// startCatalogue reads the catalogue, if the store answers, and keeps it up to date.
func (s *Service) startCatalogue(ctx context.Context) {
	s.catalogue = catalogue.New(s.store)
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	s.Health.Set(storePart, s.catalogue.Refresh(ctx))
	s.Go("catalogue", func(ctx context.Context) error {
		return s.catalogue.Run(ctx, func(err error) { s.Health.Set(storePart, err) })
	})
}
