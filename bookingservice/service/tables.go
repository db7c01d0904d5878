package service

import (
	"context"
	"errors"
	"fmt"

	"myevents/lib/configuration"
	"myevents/lib/persistence/dblayer"
)

// CreateTables makes what is missing of the store's tables, and waits until they can be used. It may be repeated.
func CreateTables(ctx context.Context, s configuration.Settings) (err error) {
	store, err := dblayer.OpenBooking(dblayer.FromConfiguration(s, nil))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return dblayer.CreateTables(ctx, store)
}
