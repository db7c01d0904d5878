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

// Republish puts the current state of all events and locations into the outbox again, for a new subscriber. It answers
// with how many there are. After the store was restored from a backup, the versions are raised above all that were told
// before: to the Unix milliseconds.
func Republish(ctx context.Context, s configuration.Settings, restored bool) (told int, err error) {
	store, err := dblayer.OpenDatabase(s.DatabaseType, s.DBConnection, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	version := func(v int64) int64 {
		if restored {
			return max(v+1, time.Now().UnixMilli())
		}
		return v
	}
	locations, _, err := store.LocationsSince(ctx, "")
	if err != nil {
		return 0, err
	}
	places := make(map[persistence.ID]persistence.Location)
	for _, l := range locations {
		if l.Deleted {
			continue
		}
		l, err := store.ChangeLocation(ctx, l.ID, 0, retellLocation(version))
		if err != nil {
			return told, fmt.Errorf("location %s: %w", l.ID, err)
		}
		places[l.ID] = l
		told++
	}
	events, _, err := store.EventsSince(ctx, "")
	if err != nil {
		return told, err
	}
	for _, e := range events {
		if _, err := store.ChangeEvent(ctx, e.ID, 0, retellEvent(version, places)); err != nil {
			return told, fmt.Errorf("event %s: %w", e.ID, err)
		}
		told++
	}
	return told, nil
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
