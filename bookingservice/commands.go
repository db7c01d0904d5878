package main

import (
	"context"
	"flag"
	"os"

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/run"
)

func logCommand() run.Command {
	var o service.LogOptions
	return run.Command{
		Usage: "show the log of all domain events, or copy it to another broker",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&o.Event, "event", "", "show only what is about the event, or location, with this `ID`")
			f.StringVar(&o.From, "from", "", "show only what happened since a `time`: 2026-05-01 or 2026-05-01T19:30:00Z")
			f.BoolVar(&o.JSON, "json", false, "show it as JSON, a line each")
			f.BoolVar(&o.Follow, "f", false, "go on at the end of the log, until the process is asked to end")
			f.StringVar(&o.To, "to", "", "copy it to the broker at this `address`: amqp://…, amqps://… or inproc:DIRECTORY")
			f.StringVar(&o.Bookmark, "bookmark", "", "`file` that says how far it was copied (default one for the two brokers)")
		},
		Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
			return service.Log(ctx, s, o, os.Stdout, os.Stderr)
		},
	}
}
