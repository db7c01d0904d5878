package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
)

const (
	// maxListed is how many dead letters are shown at once.
	maxListed = 1000
	// deadLettersTimeout bounds the command.
	deadLettersTimeout = time.Minute
)

// DeadLetters does what the arguments say with the messages that the booking service could not apply: "list" them, or
// "requeue" those with the IDs that follow, all where none follows. The embedded broker can be reached only while no
// service runs on it.
func DeadLetters(ctx context.Context, s configuration.Settings, out io.Writer, args []string) (err error) {
	if len(args) == 0 || args[0] != "list" && args[0] != "requeue" {
		return errors.New("say deadletters list, or deadletters requeue [ID …]")
	}
	ctx, cancel := context.WithTimeout(ctx, deadLettersTimeout)
	defer cancel()
	logger := slog.New(slog.DiscardHandler)
	broker, err := builder.Open(builder.FromConfiguration(s, logger, prometheus.NewRegistry()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, broker.Close()) }()
	letters, ok := broker.(msgqueue.DeadLetters)
	if !ok {
		return fmt.Errorf("the message broker %s keeps no dead letters", s.BrokerType)
	}
	if args[0] == "requeue" {
		n, err := letters.Requeue(ctx, contracts.BookingService, args[1:]...)
		if err == nil {
			_, err = fmt.Fprintf(out, "%d messages will be tried again\n", n)
		}
		return err
	}
	return list(ctx, letters, out)
}

func list(ctx context.Context, letters msgqueue.DeadLetters, out io.Writer) error {
	found, err := letters.DeadLetters(ctx, contracts.BookingService, maxListed)
	if err != nil {
		return err
	}
	for _, l := range found {
		_, err := fmt.Fprintf(out, "%s  %s  %s  after %d tries: %s\n  %s\n",
			l.Since.Format(time.RFC3339), l.ID, l.Name, l.Tries, l.Reason, l.Body)
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d messages\n", len(found))
	return err
}
