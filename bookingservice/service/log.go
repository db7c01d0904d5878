package service

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/bookingservice/ledger"
	"myevents/lib/configuration"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
)

// LogOptions say what is wanted of the log.
type LogOptions struct {
	// Event is the ID of the only event that is wanted, From the time (RFC 3339, or a date) before which nothing is.
	Event, From string
	// JSON writes JSON lines; Follow goes on at the end of the log, until the context ends.
	JSON, Follow bool
	// To is the address of another broker, to which the log is copied instead of shown. Bookmark is the file that says how
	// far; one of its own for the two brokers, where it is empty.
	To, Bookmark string
}

// Log shows the log of all domain events, or copies it to another broker. What is not the result goes to notes. The
// embedded broker can be reached only while no service runs on it.
func Log(ctx context.Context, s configuration.Settings, o LogOptions, out, notes io.Writer) error {
	printer, err := o.printer(out)
	if err != nil {
		return err
	}
	return onBroker(s, func(from builder.Settings, broker builder.Broker) error {
		reader, err := ledger.NewReader(broker, "", nil)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", s.BrokerType, err)
		case o.To != "":
			return copyLog(ctx, from, broker, o, notes)
		case !o.Follow:
			return reader.Read(ctx, printer.Print)
		default:
			return reader.Follow(ctx, printer.Print, func() error { return nil }, noteChanges(notes, "the log"))
		}
	})
}

func (o LogOptions) printer(out io.Writer) (p *ledger.Printer, err error) {
	if o.To != "" && (o.Event != "" || o.From != "" || o.JSON) {
		return nil, errors.New("-to copies all of the log: -event, -from and -json do not go with it")
	}
	p = ledger.NewPrinter(out)
	p.JSON = o.JSON
	if err := p.Event.UnmarshalText([]byte(o.Event)); err != nil {
		return nil, fmt.Errorf("-event: %w", err)
	}
	if p.From, err = parseTime(o.From); err != nil {
		return nil, fmt.Errorf("-from: %w", err)
	}
	return p, nil
}

// parseTime reads a time with its zone, or a date in UTC; "" is the zero time.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, nil
	}
	return time.Parse(time.RFC3339, text)
}

// onBroker does something with the configured broker.
func onBroker(s configuration.Settings, do func(builder.Settings, builder.Broker) error) (err error) {
	settings := builder.FromConfiguration(s, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	broker, err := builder.Open(settings)
	if err != nil {
		return fmt.Errorf("message_broker_type: %w", err)
	}
	defer func() { err = errors.Join(err, broker.Close()) }()
	return do(settings, broker)
}

// noteChanges notes what goes wrong again and again, once per change.
func noteChanges(notes io.Writer, what string) func(error) {
	failing := false
	return func(err error) {
		switch {
		case err != nil && !failing:
			_, _ = fmt.Fprintf(notes, "waiting for %s: %v\n", what, err)
		case err == nil && failing:
			_, _ = fmt.Fprintf(notes, "%s is back\n", what)
		}
		failing = err != nil
	}
}

// copyLog sends everything that is behind the bookmark to another broker.
func copyLog(
	ctx context.Context, from builder.Settings, broker builder.Broker, o LogOptions, notes io.Writer,
) (err error) {
	settings, err := from.At(o.To)
	if err != nil {
		return fmt.Errorf("-to: %w", err)
	}
	if settings.Address() == from.Address() {
		return errors.New("-to: that is the broker whose log it is")
	}
	settings.Registerer = prometheus.NewRegistry() // the other one has the metrics of the same names
	target, err := builder.Open(settings)
	if err != nil {
		return fmt.Errorf("-to: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if o.Bookmark == "" {
		o.Bookmark = bookmarkOf(from.Address(), settings.Address())
	}
	bookmark, err := ledger.OpenBookmark(o.Bookmark, from.Address(), settings.Address())
	if err != nil {
		return fmt.Errorf("-bookmark: %w", err)
	}
	if err := o.resume(ctx, bookmark, target, notes); err != nil {
		return fmt.Errorf("-to: %w", err)
	}
	defer func() { err = errors.Join(err, bookmark.Write()) }()
	reader, err := ledger.NewReader(broker, bookmark.Position(), ledger.Progress(notes))
	if err != nil {
		return fmt.Errorf("%s: %w", from.Type, err)
	}
	return o.copyTo(ctx, reader, ledger.NewCopier(target, bookmark.Move, noteChanges(notes, settings.Address())), notes)
}

// bookmarkOf is the file for a copy between two brokers, where none is named.
func bookmarkOf(from, to string) string {
	sum := sha256.Sum256([]byte(from + "\n" + to))
	return filepath.Join(configuration.StateDirectory(), fmt.Sprintf("copy-%x.json", sum[:6]))
}

// resume says that the copy goes on in the middle, unless the target has nothing of what went before.
func (o LogOptions) resume(ctx context.Context, b *ledger.Bookmark, target builder.Broker, notes io.Writer) error {
	if b.Position() == "" {
		return nil
	}
	empty, err := ledger.IsEmpty(ctx, target)
	if err != nil {
		return err
	}
	if empty {
		return fmt.Errorf("the log is empty, but %s says that something was copied there: remove the file to begin anew",
			o.Bookmark)
	}
	_, err = fmt.Fprintf(notes, "going on behind position %s, which %s has\n", b.Position(), o.Bookmark)
	return err
}

func (o LogOptions) copyTo(ctx context.Context, r *ledger.Reader, c *ledger.Copier, notes io.Writer) error {
	add := func(p msgqueue.Position, e msgqueue.Envelope) error { return c.Add(ctx, p, e) }
	flush := func() error { return c.Flush(ctx) }
	if o.Follow {
		return r.Follow(ctx, add, flush, noteChanges(notes, "the log"))
	}
	if err := r.Read(ctx, add); err != nil {
		return err
	}
	return flush()
}
