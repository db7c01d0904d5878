// Command eventservice keeps events and locations; see README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	_ "time/tzdata" // the machine need not have the time zones

	"myevents/eventservice/service"
	"myevents/lib/configuration"
	"myevents/lib/run"
)

func main() {
	restored := false
	run.Main(run.Program(configuration.EventService, map[string]run.Command{
		"": {Usage: "serve", Run: serve},
		"tables": {
			Usage: "make the tables and indexes that are missing (DynamoDB)",
			Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
				return service.CreateTables(ctx, s)
			},
		},
		"republish": {
			Usage: "tell the state of all events and locations again",
			Flags: func(f *flag.FlagSet) {
				f.BoolVar(&restored, "restored", false, "the store was restored from a backup: raise all versions")
			},
			Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
				told, err := service.Republish(ctx, s, restored)
				if told > 0 || err == nil {
					fmt.Printf("%d events and locations will be told again when the service runs\n", told)
				}
				return err
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
