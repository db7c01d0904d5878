// Command local is the whole system in one process, on embedded stores and the embedded broker: `make run`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the machine need not have the time zones

	"github.com/prometheus/client_golang/prometheus"

	bookings "myevents/bookingservice/service"
	"myevents/deploy/local/gateway"
	events "myevents/eventservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/run"
	"myevents/lib/telemetry"
)

// stopTimeout bounds the shutdown of everything; the services have theirs within it.
const stopTimeout = 25 * time.Second

func main() { run.Main(program) }

// options are what the flags say.
type options struct {
	data, gateway, events, bookings, metrics string
	app, eventsAPI, bookingsAPI              string
	demo, newPassword                        bool
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("local", flag.ContinueOnError)
	f.StringVar(&o.data, "data", configuration.StateDirectory(), "directory of all data")
	f.StringVar(&o.gateway, "addr", "localhost:8080", "address of the web app, and of both APIs under /api")
	f.StringVar(&o.events, "events", "localhost:8181", "address of the event service")
	f.StringVar(&o.bookings, "bookings", "localhost:8282", "address of the booking service")
	f.StringVar(&o.metrics, "metrics", "localhost:9100", "address of /metrics, /healthz and /readyz")
	f.StringVar(&o.app, "app", "frontend/dist", "folder of the web app's production build")
	f.StringVar(&o.eventsAPI, "events-api", "", "origin where the app finds the event service; empty: under /api")
	f.StringVar(&o.bookingsAPI, "bookings-api", "", "origin where the app finds the booking service; empty: under /api")
	f.BoolVar(&o.demo, "demo", true, "make sample events on the first start")
	f.BoolVar(&o.newPassword, "new-password", false,
		"set the admin's password again: to ADMIN_PASSWORD, or else to a random one")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood, see -help", f.Arg(0))
	}
	return o, nil
}

func program(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	began := time.Now()
	s, err := newSystem(o)
	if err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return errors.Join(err, s.group.Stop())
	}
	fmt.Printf("MyEvents is ready after %d ms.\n\n%s\n", time.Since(began).Milliseconds(), s.addresses)
	return s.group.Run(ctx)
}

// system is everything that runs.
type system struct {
	options   options
	settings  map[configuration.Service]configuration.Settings
	logger    *slog.Logger
	group     *run.Group
	addresses string
}

func newSystem(o options) (*system, error) {
	s := &system{options: o, settings: make(map[configuration.Service]configuration.Settings)}
	for service, address := range map[configuration.Service]string{
		configuration.EventService: o.events, configuration.BookingService: o.bookings,
	} {
		settings, err := configuration.Load(service, "", withAdmin(quiet(os.LookupEnv)))
		if err != nil {
			return nil, err
		}
		settings.Endpoint = address
		settings.DatabaseType, settings.BoltDirectory = "bolt", o.data
		settings.BrokerType, settings.InprocDirectory = "inproc", o.data
		s.settings[service] = settings
	}
	s.logger = s.settings[configuration.EventService].Logger()
	s.group = run.New(s.logger, stopTimeout)
	return s, nil
}

// quiet is an environment in which only warnings are logged, as text, unless it says otherwise.
func quiet(lookup func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := lookup(name); ok && value != "" {
			return value, true
		}
		standard := map[string]string{"LOG_LEVEL": "warn", "LOG_FORMAT": "text"}
		value, ok := standard[name]
		return value, ok
	}
}

func (s *system) openBroker() (builder.Broker, error) {
	broker, err := builder.Open(builder.Settings{
		Type: "inproc", Directory: s.options.data, Subscriptions: contracts.Subscriptions(),
	})
	if err == nil {
		s.group.OnStop("broker", func(context.Context) error { return broker.Close() })
	}
	return broker, err
}

func (s *system) start(ctx context.Context) error {
	demo, err := s.prepare()
	if err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	broker, err := s.openBroker()
	if err != nil {
		return fmt.Errorf("-data: %w", err)
	}

	registry := telemetry.NewRegistry()
	labelled := func(service string) prometheus.Registerer {
		return prometheus.WrapRegistererWith(prometheus.Labels{"service": service}, registry)
	}
	bookingService, err := bookings.New(ctx, s.settings[configuration.BookingService],
		bookings.Dependencies{Emitter: broker, Listener: broker, Metrics: labelled("bookings")})
	if err != nil {
		return fmt.Errorf("booking service (-bookings, -data): %w", err)
	}
	s.group.Go("booking service", bookingService.Run)
	eventService, err := events.New(ctx, s.settings[configuration.EventService],
		events.Dependencies{Emitter: broker, Keys: bookingService.Accounts.Keys, Metrics: labelled("events")})
	if err != nil {
		return fmt.Errorf("event service (-events, -data): %w", err)
	}
	s.group.Go("event service", eventService.Run)

	metrics, err := s.group.Serve("-metrics", s.options.metrics,
		telemetry.Handler(registry, eventService.Health, bookingService.Health))
	if err != nil {
		return err
	}
	g, address, err := s.serveGateway(eventService.API, bookingService.API)
	if err != nil {
		return err
	}
	admin, err := s.admin(ctx, bookingService.Accounts) // the last that can fail: nobody would see the password
	if err != nil {
		return fmt.Errorf("admin: %w", err)
	}
	s.addresses = fmt.Sprintf(`  MyEvents         http://%s/
  both APIs        http://%[1]s/api
  event service    http://%s
  booking service  http://%s
  metrics, health  http://%s/metrics
  admin            %s
  data             %s
`, address, eventService.Address, bookingService.Address, metrics, admin, s.options.data)
	if demo {
		s.group.Go("sample events", func(ctx context.Context) error {
			s.makeSamples(ctx, g)
			return nil
		})
	}
	return nil
}

// serveGateway serves the web app and both APIs.
func (s *system) serveGateway(eventsAPI, bookingsAPI http.Handler) (*gateway.Gateway, net.Addr, error) {
	app, err := gateway.NewApp(s.options.app, gateway.Config{
		Events: s.options.eventsAPI, Bookings: s.options.bookingsAPI,
		Auth: s.settings[configuration.BookingService].Auth,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("-events-api, -bookings-api: %w", err)
	}
	g := gateway.New(eventsAPI, bookingsAPI, app)
	address, err := s.group.Serve("-addr", s.options.gateway, g)
	if err != nil {
		return nil, nil, err
	}
	s.group.OnStop("streams", func(context.Context) error {
		g.EndStreams()
		return nil
	})
	return g, address, nil
}

// samplesFile is there from the first start until all sample events are made. Its time is that of the first start.
const samplesFile = "samples-to-be-made"

// prepare makes the data directory, and says whether there are sample events to be made.
func (s *system) prepare() (bool, error) {
	if err := os.MkdirAll(s.options.data, 0o700); err != nil {
		return false, err
	}
	todo := filepath.Join(s.options.data, samplesFile)
	_, err := os.Stat(filepath.Join(s.options.data, "events.db"))
	if errors.Is(err, os.ErrNotExist) && s.options.demo {
		return true, os.WriteFile(todo, nil, 0o600)
	}
	_, err = os.Stat(todo)
	return err == nil && s.options.demo, nil
}

// makeSamples makes the sample events. Where that fails, the next start tries again.
func (s *system) makeSamples(ctx context.Context, api http.Handler) {
	todo := filepath.Join(s.options.data, samplesFile)
	first, err := os.Stat(todo)
	if err == nil {
		err = makeSamples(ctx, api, first.ModTime())
	}
	if err == nil {
		err = os.Remove(todo)
	}
	if err != nil && ctx.Err() == nil {
		s.logger.Error("the sample events could not all be made", "cause", err)
	}
}
