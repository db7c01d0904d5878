package run

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"myevents/lib/configuration"
	"myevents/lib/telemetry"
)

// Command is something that a service's program can do.
type Command struct {
	// Usage is a line of help.
	Usage string
	// Flags, if not nil, adds the command's own flags.
	Flags func(*flag.FlagSet)
	// Arguments says what may stand behind the flags; "" means nothing.
	Arguments string
	// Run does it.
	Run func(ctx context.Context, s configuration.Settings, arguments []string) error
}

// healthTimeout bounds the command healthcheck.
const healthTimeout = 3 * time.Second

// Program makes a service's program of its commands: it does the one that the arguments begin with, or the one named
// "", with the settings. Every service also has the command healthcheck.
func Program(service configuration.Service, commands map[string]Command) func(context.Context, []string) error {
	commands["healthcheck"] = Command{
		Usage: "ask the service that runs with these settings whether it is ready",
		Run: func(ctx context.Context, s configuration.Settings, _ []string) error {
			ctx, cancel := context.WithTimeout(ctx, healthTimeout)
			defer cancel()
			return telemetry.CheckReady(ctx, s.MetricsEndpoint)
		},
	}
	return func(ctx context.Context, args []string) error {
		name := ""
		if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			name, args = args[0], args[1:]
		}
		command, ok := commands[name]
		if !ok {
			return fmt.Errorf("there is no command %q, see %s -help", name, service)
		}
		file, args, err := command.parse(service, args, commands)
		if err != nil {
			return err
		}
		settings, err := configuration.Load(service, file, os.LookupEnv)
		if err != nil {
			return err
		}
		return command.Run(ctx, settings, args)
	}
}

// parse reads the flags, and answers with the file that has the settings, and with what stands behind the flags.
func (c Command) parse(
	service configuration.Service, args []string, commands map[string]Command,
) (file string, arguments []string, err error) {
	flags := flag.NewFlagSet(string(service), flag.ContinueOnError)
	flags.StringVar(&file, "conf", "", "JSON file with settings (default "+configuration.DefaultFile+", if there is one)")
	if c.Flags != nil {
		c.Flags(flags)
	}
	flags.Usage = func() { help(flags, service, commands) }
	if err := flags.Parse(args); err != nil {
		return "", nil, err
	}
	if flags.NArg() > 0 && c.Arguments == "" {
		return "", nil, fmt.Errorf("%q is not understood, see %s -help", flags.Arg(0), service)
	}
	return file, flags.Args(), nil
}

func help(flags *flag.FlagSet, service configuration.Service, commands map[string]Command) {
	w := flags.Output()
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	_, _ = fmt.Fprintf(w, "Usage: %s [command] [flags]\n\n", service)
	for _, name := range names {
		_, _ = fmt.Fprintf(w, "  %-32s %s\n", name+" "+commands[name].Arguments, commands[name].Usage)
	}
	_, _ = fmt.Fprintln(w)
	flags.PrintDefaults()
	_, _ = fmt.Fprintln(w)
	configuration.Usage(w, service)
}
