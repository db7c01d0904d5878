package main

import (
	"context"
	"flag"
	"os"
	"time"

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
			f.StringVar(&o.To, "to", "", "copy it to the broker at this `address`: amqp://…, kafka://… or inproc:DIRECTORY")
			f.StringVar(&o.Bookmark, "bookmark", "", "`file` that says how far it was copied (default one for the two brokers)")
		},
		Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
			return service.Log(ctx, s, o, os.Stdout, os.Stderr)
		},
	}
}

// settle is how long it takes at most, on a system that runs, until a message has arrived everywhere.
const settle = 10 * time.Second

const settleUsage = "how long to wait for what is still under way, in an outbox or a queue"

func auditCommand() run.Command {
	within := settle
	return run.Command{
		Usage: "prove that the log, the bookings and the seats sold agree; it fails where they do not",
		Flags: func(f *flag.FlagSet) { f.DurationVar(&within, "settle", within, settleUsage) },
		Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
			return service.Audit(ctx, s, within, os.Stdout, os.Stderr)
		},
	}
}

func replayCommand() run.Command {
	o := service.ReplayOptions{Settle: settle}
	return run.Command{
		Usage: "fill an empty store with events and locations from the log, compare them (-verify), " +
			"or bring a store that came from a backup up to the log (-restored)",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&o.Into, "into", "",
				"`address` of the empty store: bolt:DIRECTORY, mongodb://… or dynamodb:PREFIX (default the service's own)")
			f.StringVar(&o.Until, "until", "", "leave out what happened after a `time`: 2026-05-01 or 2026-05-01T19:30:00Z")
			f.BoolVar(&o.Verify, "verify", false, "fill nothing, but compare with what the service holds; fail where it differs")
			f.DurationVar(&o.Settle, "settle", o.Settle, "with -verify: "+settleUsage)
			f.BoolVar(&o.Restored, "restored", false,
				"the store came from a backup: write the bookings that the log has since, and go on behind its last decisions")
		},
		Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
			return service.Replay(ctx, s, o, os.Stdout, os.Stderr)
		},
	}
}
