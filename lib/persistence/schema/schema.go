// Package schema is for stores that several replicas use at the same time, perhaps of different releases of a service.
// The database is marked with the version of the documents in it, and who does not know that version keeps off.
//
// A new version comes in two releases, so that no replica has to stop for it: the first one knows it, and keeps what it
// finds of it, but goes on writing the one before; the second one writes it, and marks the database. While the second
// one is rolled out, and if it has to be undone, the replicas of the first get along with what it wrote.
package schema

import (
	"fmt"

	"myevents/lib/persistence"
)

// Versions are those of the documents in a database. What has no mark, such as the documents of the book's services, is
// version 1.
type Versions struct {
	// Written is what this program writes, and Known the newest that it can read and keep, at least Written.
	Written, Known int
}

// Now are the versions of this program.
func Now() Versions { return Versions{Written: 1, Known: 1} }

// Check compares with the mark of a database, 0 where it has none. It says whether the database is to be marked anew,
// with Written; persistence.ErrSchema, with the names of all, where the mark is not known.
func (v Versions) Check(database string, mark int) (anew bool, err error) {
	if mark > v.Known {
		return false, fmt.Errorf("%s %w: it has the schema version %d, and %d is the newest known to this one",
			database, persistence.ErrSchema, mark, v.Known)
	}
	return mark < v.Written, nil
}
