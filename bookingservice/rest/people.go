package rest

import (
	"context"

	"myevents/lib/persistence"
)

// People knows the users who have accounts.
type People interface {
	// People answers with those of the users who have an account, be it as the guest that they once were.
	People(ctx context.Context, users ...persistence.ID) (map[persistence.ID]persistence.User, error)
}
