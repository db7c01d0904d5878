// Command bookingservice sells seats; see README.md.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // the machine need not have the time zones

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/run"
)

func main() {
	run.Main(run.Program(configuration.BookingService, map[string]run.Command{
		"": {Usage: "serve", Run: serve},
		"deadletters": {
			Usage: "show the messages that could not be applied, or have them tried again", Arguments: "list | requeue [ID …]",
			Run: func(ctx context.Context, s configuration.Settings, args []string) error {
				return service.DeadLetters(ctx, s, os.Stdout, args)
			},
		},
	}))
}

func serve(ctx context.Context, s configuration.Settings, _ []string) error {
	running, err := service.New(ctx, s, service.Dependencies{})
	if err != nil {
		return err
	}
	return running.Run(ctx)
}
