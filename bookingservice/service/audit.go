package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"myevents/bookingservice/ledger"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// ErrFaults means that something was found to be as it must never be.
var ErrFaults = errors.New("not as it must be")

// Audit proves that the log, the bookings and the inventories agree, and that every decision about seats follows from
// the one before it. What waits in an outbox is waited for, as long as settle says, and then reported, but no fault.
// ErrFaults where there are faults. The embedded store and broker can be reached only while no service runs on them.
func Audit(ctx context.Context, s configuration.Settings, settle time.Duration, out, notes io.Writer) error {
	return onLedger(s, func(broker builder.Broker, store persistence.BookingHandler) error {
		reader, err := ledger.NewReader(broker, "", ledger.Progress(notes))
		if err != nil {
			return fmt.Errorf("%s: %w", s.BrokerType, err)
		}
		auditor := ledger.NewAuditor(reader, store)
		if err := auditor.Round(ctx, true); err != nil {
			return err
		}
		if err := auditor.Settle(ctx, settle); err != nil {
			return err
		}
		return reportAudit(out, auditor.Report())
	})
}

func reportAudit(out io.Writer, r ledger.Report) error {
	for _, f := range r.Faults {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d messages: %d decisions about %d events and %d bookings\n"+
		"%d events could not be compared, since something is still under way\n%d faults\n",
		r.Messages, r.Decisions, r.Events, r.Bookings, r.Pending, len(r.Faults))
	if err == nil && len(r.Faults) > 0 {
		err = fmt.Errorf("%d faults: %w", len(r.Faults), ErrFaults)
	}
	return err
}

// onLedger does something with the configured broker and store.
func onLedger(s configuration.Settings, do func(builder.Broker, persistence.BookingHandler) error) error {
	return onBroker(s, func(_ builder.Settings, broker builder.Broker) (err error) {
		store, err := dblayer.OpenBooking(dblayer.FromConfiguration(s, nil))
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		return do(broker, store)
	})
}

// startAudit has the service audit itself.
func (s *Service) startAudit(broker msgqueue.EventListener) error {
	reader, err := ledger.NewReader(broker, "", nil)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	watch := ledger.NewWatch(ledger.NewAuditor(reader, s.store), s.Metrics, s.Logger)
	s.Go("audit", func(ctx context.Context) error { return watch.Run(ctx, s.Report("audit")) })
	return nil
}
