package service

import (
	"context"

	"myevents/lib/persistence"
	"myevents/lib/telemetry/tracing"
)

// traced is a store whose writing is seen in the traces of requests.
type traced struct{ persistence.DatabaseHandler }

// AddEvent implements persistence.DatabaseHandler.
func (t traced) AddEvent(ctx context.Context, e persistence.Event, m persistence.Message) error {
	ctx, span := tracing.Start(ctx, "add event")
	err := t.DatabaseHandler.AddEvent(ctx, e, m)
	tracing.End(span, err)
	return err
}

// ChangeEvent implements persistence.DatabaseHandler.
func (t traced) ChangeEvent(
	ctx context.Context, id persistence.ID, ifVersion int64, change persistence.EventChange,
) (persistence.Event, error) {
	ctx, span := tracing.Start(ctx, "change event")
	e, err := t.DatabaseHandler.ChangeEvent(ctx, id, ifVersion, change)
	tracing.End(span, err)
	return e, err
}

// AddLocation implements persistence.DatabaseHandler.
func (t traced) AddLocation(ctx context.Context, l persistence.Location, m persistence.Message) error {
	ctx, span := tracing.Start(ctx, "add location")
	err := t.DatabaseHandler.AddLocation(ctx, l, m)
	tracing.End(span, err)
	return err
}

// ChangeLocation implements persistence.DatabaseHandler.
func (t traced) ChangeLocation(
	ctx context.Context, id persistence.ID, ifVersion int64, change persistence.LocationChange,
) (persistence.Location, error) {
	ctx, span := tracing.Start(ctx, "change location")
	l, err := t.DatabaseHandler.ChangeLocation(ctx, id, ifVersion, change)
	tracing.End(span, err)
	return l, err
}
