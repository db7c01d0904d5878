// Command bookingservice sells seats; see README.md.
package main

import (
	"context"
	_ "time/tzdata" // the machine need not have the time zones

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/run"
)

func main() {
	run.Main(run.Program(configuration.BookingService, map[string]run.Command{
		"": {Usage: "serve", Run: serve},
	}))
}

func serve(ctx context.Context, s configuration.Settings) error {
	running, err := service.New(ctx, s, service.Dependencies{})
	if err != nil {
		return err
	}
	return running.Run(ctx)
}
