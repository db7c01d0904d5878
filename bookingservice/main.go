// Command bookingservice sells seats; see README.md.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // the machine need not have the time zones

	"myevents/bookingservice/ledger"
	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/run"
)

func main() {
	run.Main(run.Program(configuration.BookingService, map[string]run.Command{
		"": {Usage: "serve", Run: serve},
		"tables": {
			Usage: "make the tables and indexes that are missing (DynamoDB)",
			Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
				return service.CreateTables(ctx, s)
			},
		},
		"deadletters": {
			Usage: "show the messages that could not be applied, or have them tried again", Arguments: "list | requeue [ID …]",
			Run: func(ctx context.Context, s configuration.Settings, args []string) error {
				return service.DeadLetters(ctx, s, os.Stdout, args)
			},
		},
		"keys": {
			Usage:     "show the keys of access tokens, add a new one, or replace them all at once",
			Arguments: "list | rotate | replace",
			Run: func(ctx context.Context, s configuration.Settings, args []string) error {
				return service.Keys(ctx, s, os.Stdout, args)
			},
		},
		"log":    logCommand(),
		"audit":  auditCommand(),
		"replay": replayCommand(),
		"admin": {
			Usage: "make the account of admin_email an admin with admin_password, also where it has another one",
			Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
				return service.Admin(ctx, s, os.Stdout)
			},
		},
	}), run.Status{Of: service.ErrFaults, Exit: 2}, run.Status{Of: ledger.ErrNoLog, Exit: 3})
}

func serve(ctx context.Context, s configuration.Settings, _ []string) error {
	running, err := service.New(ctx, s, service.Dependencies{})
	if err != nil {
		return err
	}
	return running.Run(ctx)
}
