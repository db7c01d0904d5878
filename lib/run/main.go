package run

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Status is the exit status of a program that ends with an error.
type Status struct {
	Of   error
	Exit int
}

// Main runs a program until it ends or is asked to end, by SIGTERM or Interrupt; asked a second time, it ends at
// once. The exit status of an error is that of the first of the statuses that it is of, and else 1. Main does not
// return.
func Main(program func(ctx context.Context, args []string) error, statuses ...Status) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(1)
	}()
	err := program(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "%s\n", err)
	}
	os.Exit(exitOf(err, statuses))
}

func exitOf(err error, statuses []Status) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for _, s := range statuses {
		if errors.Is(err, s.Of) {
			return s.Exit
		}
	}
	return 1
}
