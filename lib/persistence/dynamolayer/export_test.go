package dynamolayer

import (
	"myevents/lib/persistence"
	"myevents/lib/persistence/schema"
)

// OfRelease makes a store that was just opened that of another release.
func OfRelease(store persistence.DatabaseHandler, v schema.Versions) {
	s, _ := store.(*eventStore)
	s.client.versions = v
}
