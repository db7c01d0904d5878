package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"myevents/bookingservice/ledger"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
)

// ReplayOptions say what is to be rebuilt from the log.
type ReplayOptions struct {
	// Into is the address of the empty store that is filled, bolt:DIRECTORY, mongodb://… or dynamodb:PREFIX; the
	// service's own where it is empty.
	Into string
	// Until is the time (RFC 3339, or a date) behind which nothing counts.
	Until string
	// Verify compares a rebuild with what the service holds, and fills nothing. What differs is looked at again as long as
	// Settle says.
	Verify bool
	Settle time.Duration
	// Restored brings a store that came from a backup up to the log, bookings and all, instead of filling an empty one.
	Restored bool
}

// Replay rebuilds the booking service's copies of events and locations from the log, with the sums of their seats, or
// compares them, or brings a store that came from a backup up to the log. ErrFaults where they differ. The embedded
// store and broker can be reached only while no service runs on them.
func Replay(ctx context.Context, s configuration.Settings, o ReplayOptions, out, notes io.Writer) error {
	until, err := parseTime(o.Until)
	if err != nil {
		return fmt.Errorf("-until: %w", err)
	}
	if o.Verify {
		if o.Until != "" || o.Into != "" || o.Restored {
			return errors.New("-verify compares what is there now: -until, -into and -restored do not go with it")
		}
		return verify(ctx, s, o.Settle, out, notes)
	}
	if o.Restored && o.Until != "" {
		return errors.New("-restored goes up to the end of the log: -until does not go with it")
	}
	if s, err = intoStore(s, o.Into); err != nil {
		return fmt.Errorf("-into: %w", err)
	}
	return onLedger(s, func(broker builder.Broker, store persistence.BookingHandler) error {
		reader, err := ledger.NewReader(broker, "", ledger.Progress(notes))
		if err != nil {
			return fmt.Errorf("%s: %w", s.BrokerType, err)
		}
		if o.Restored {
			return recoverStore(ctx, reader, store, out)
		}
		state := ledger.NewState(until)
		if err := reader.Read(ctx, state.Add); err != nil {
			return err
		}
		if err := state.Write(ctx, store); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%d events and %d locations, from %d messages, of which %d make no sense\n",
			len(state.Inventories), len(state.Locations), state.Messages, state.Unreadable)
		return err
	})
}

// recoverStore brings a store that came from a backup up to the log.
func recoverStore(ctx context.Context, log *ledger.Reader, store persistence.BookingHandler, out io.Writer) error {
	r := ledger.NewRecovery()
	if err := r.Read(ctx, log); err != nil {
		return err
	}
	all, err := r.Write(ctx, store)
	bookings := 0
	for _, e := range all {
		bookings += e.Bookings
		if _, err := fmt.Fprintln(out, e); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d events were not as the log has them; %d bookings were written\n", len(all), bookings)
	return err
}

// intoStore chooses another store; the address is that of a database, bolt:DIRECTORY, or what the names of tables begin
// with, as dynamodb:PREFIX.
func intoStore(s configuration.Settings, address string) (configuration.Settings, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch {
	case address == "":
	case scheme == "bolt" && rest != "":
		s.DatabaseType, s.BoltDirectory = scheme, rest
	case scheme == "dynamodb" && rest != "":
		s.DatabaseType, s.DynamoDBPrefix = scheme, rest
	case scheme == "mongodb" || scheme == "mongodb+srv":
		s.DatabaseType, s.DBConnection = "mongodb", address
	default:
		return s, fmt.Errorf("%q is no address of a store: say bolt:DIRECTORY, mongodb://… or dynamodb:PREFIX", scheme)
	}
	return s, nil
}

func verify(ctx context.Context, s configuration.Settings, settle time.Duration, out, notes io.Writer) error {
	return onLedger(s, func(broker builder.Broker, store persistence.BookingHandler) error {
		reader, err := ledger.NewReader(broker, "", ledger.Progress(notes))
		if err != nil {
			return fmt.Errorf("%s: %w", s.BrokerType, err)
		}
		differences, err := ledger.Verify(ctx, reader, store, settle)
		if err != nil {
			return err
		}
		for _, d := range differences {
			if _, err := fmt.Fprintln(out, d); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(out, "%d events and locations differ\n", len(differences))
		if err == nil && len(differences) > 0 {
			err = fmt.Errorf("%d events and locations differ: %w", len(differences), ErrFaults)
		}
		return err
	})
}
