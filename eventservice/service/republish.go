package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"myevents/eventservice/announce"
	"myevents/lib/configuration"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// republishTimeout bounds each call of the store; one of them reads everything.
const republishTimeout = time.Minute

// Republish puts the current state of all events and locations into the outbox again, for a new subscriber. It answers
// with how many there are. After the store was restored from a backup, the versions are raised above all that were told
// before: to the Unix milliseconds. It may be repeated, also after an error in the middle.
func Republish(ctx context.Context, s configuration.Settings, restored bool) (told int, err error) {
	store, err := dblayer.OpenDatabase(dblayer.FromConfiguration(s, nil))
	if err != nil {
		return 0, fmt.Errorf("dbconnection: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	version := func(v int64) int64 { return v }
	if restored {
		now := time.Now().UnixMilli()
		version = func(v int64) int64 { return max(v+1, now) }
	}
	places, told, err := republishLocations(ctx, store, version)
	if err != nil {
		return told, err
	}
	n, err := republishEvents(ctx, store, version, places)
	return told + n, err
}

// within makes a call of the store that has a deadline.
func within[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, republishTimeout)
	defer cancel()
	return call(ctx)
}

func republishLocations(
	ctx context.Context, store persistence.DatabaseHandler, version func(int64) int64,
) (places map[persistence.ID]persistence.Location, told int, err error) {
	locations, err := within(ctx, func(ctx context.Context) ([]persistence.Location, error) {
		locations, _, err := store.LocationsSince(ctx, "")
		return locations, err
	})
	places = make(map[persistence.ID]persistence.Location)
	for _, l := range locations {
		if l.Deleted {
			continue
		}
		now, err := within(ctx, func(ctx context.Context) (persistence.Location, error) {
			return store.ChangeLocation(ctx, l.ID, 0, retellLocation(version))
		})
		if errors.Is(err, persistence.ErrNotFound) { // deleted just now, and told
			continue
		}
		if err != nil {
			return places, told, fmt.Errorf("location %s: %w", l.ID, err)
		}
		places[l.ID] = now
		told++
	}
	return places, told, err
}

func republishEvents(
	ctx context.Context, store persistence.DatabaseHandler, version func(int64) int64,
	places map[persistence.ID]persistence.Location,
) (told int, err error) {
	events, err := within(ctx, func(ctx context.Context) ([]persistence.Event, error) {
		events, _, err := store.EventsSince(ctx, "")
		return events, err
	})
	for _, e := range events {
		_, err := within(ctx, func(ctx context.Context) (persistence.Event, error) {
			return store.ChangeEvent(ctx, e.ID, 0, retellEvent(version, places))
		})
		if err != nil {
			return told, fmt.Errorf("event %s: %w", e.ID, err)
		}
		told++
	}
	return told, err
}

func retellLocation(version func(int64) int64) persistence.LocationChange {
	return func(l persistence.Location) (persistence.Location, persistence.Message, error) {
		l.Version = version(l.Version)
		return l, announce.LocationUpdated(l), nil
	}
}

func retellEvent(version func(int64) int64, places map[persistence.ID]persistence.Location) persistence.EventChange {
	return func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		e.Version = version(e.Version)
		place, ok := places[e.Location.ID]
		if !ok {
			place = e.Location
		}
		if e.Cancelled {
			return e, announce.EventCancelled(e, place), nil
		}
		return e, announce.EventUpdated(e, place), nil
	}
}
