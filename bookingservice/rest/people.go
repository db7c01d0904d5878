package rest

import (
	"context"

	"myevents/lib/persistence"
)

// Person is what organisers are shown of a user who has an account.
type Person struct{ Name, Email string }

// People knows the users who have accounts.
type People interface {
	// People answers with those of the users who have an account, be it as the guest that they once were.
	People(ctx context.Context, users ...persistence.ID) (map[persistence.ID]Person, error)
}

// nobody is People where there are no accounts.
type nobody struct{}

// People implements People.
func (nobody) People(context.Context, ...persistence.ID) (map[persistence.ID]Person, error) {
	return map[persistence.ID]Person{}, nil
}
