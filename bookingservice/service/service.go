// Package service puts the booking service together.
package service

import (
	"context"
	"errors"
	"fmt"
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
	*run.Frame
	// Accounts are those of the service.
	Accounts *accounts.Accounts

	store persistence.BookingHandler
}

// New opens the store and the broker, and listens. On an error nothing is left open.
func New(ctx context.Context, s configuration.Settings, d Dependencies) (*Service, error) {
	service := &Service{Frame: run.NewFrame(s, "bookings", d.Metrics, storePart)}
	if err := service.start(ctx, d); err != nil {
		return nil, errors.Join(err, service.Stop())
	}
	return service, nil
}

func (s *Service) start(ctx context.Context, d Dependencies) error {
	var err error
	s.store, err = dblayer.OpenBooking(dblayer.FromConfiguration(s.Settings, telemetry.StoreObserver(s.Metrics)))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	s.OnStop("store", func(context.Context) error { return s.store.Close() })
	if d.Emitter == nil {
		if err := s.openBroker(&d); err != nil {
			return err
		}
	}
	return s.startParts(ctx, d)
}

func (s *Service) openBroker(d *Dependencies) error {
	broker, err := builder.Open(builder.FromConfiguration(s.Settings, s.Logger, s.Metrics))
	if err != nil {
		return fmt.Errorf("message_broker_type: %w", err)
	}
	s.OnStop("broker", func(context.Context) error { return broker.Close() })
	d.Emitter, d.Listener = broker, broker
	return nil
}

// startParts starts what runs behind the API, and serves the API.
func (s *Service) startParts(ctx context.Context, d Dependencies) error {
	err := dblayer.Ping(ctx, s.store)
	if errors.Is(err, persistence.ErrSchema) {
		return fmt.Errorf("store: %w", err)
	}
	s.Health.Set(storePart, err)
	s.Go("schema", func(ctx context.Context) error { return dblayer.Known(ctx, s.store) })
	s.Go("store", func(ctx context.Context) error { return s.Health.Watch(ctx, storePart, pingEvery, s.store.Ping) })

	relay := outbox.New(s.store, d.Emitter, outbox.Options{
		Logger: s.Logger, Registerer: s.Metrics, Tracer: s.Tracer,
	})
	s.OnStop("outbox", relay.Drain)
	s.Go("outbox", relay.Run)

	hub := availability.New(s.store, s.Metrics)
	s.Go("availability", func(ctx context.Context) error { return hub.Run(ctx, s.Report("availability")) })

	stock := availability.NewStock(s.store, s.Metrics)
	s.Go("stock", func(ctx context.Context) error { return stock.Run(ctx, s.Report("stock")) })
	seats := inventory.New(s.store, announce.Decision, relay, hub.Changed)
	s.OnStop("inventory", func(context.Context) error {
		seats.Close()
		return nil
	})
	applier := listener.New(seats, s.store, s.Metrics, s.Tracer)
	s.Go("listener", func(ctx context.Context) error { return applier.Listen(ctx, d.Listener) })

	if s.Settings.Audit {
		if err := s.startAudit(d.Listener); err != nil {
			return err
		}
	}

	people, err := newAccounts(s.Settings, s.store)
	if err != nil {
		return err
	}
	s.Accounts = people
	s.Go("sessions", func(ctx context.Context) error { return people.Run(ctx, s.Report("sessions")) })
	if s.Settings.AdminEmail != "" {
		s.Go("admin", s.ensureAdmin)
	}

	api := rest.New(s.Options(), rest.Parts{
		Store: s.store, Inventory: seats, Accounts: people, Hub: hub, MaxSeats: s.Settings.MaxSeats,
		NoGuests: !s.Settings.GuestCheckout,
		PerEvent: s.Settings.LimitEvent,
	})
	s.Go("places", func(ctx context.Context) error { return api.Run(ctx, s.Report("places")) })
	return s.Listen(api, hub.Close)
}
