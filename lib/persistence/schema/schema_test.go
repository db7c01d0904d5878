package schema_test

import (
	"errors"
	"strings"
	"testing"

	"myevents/lib/persistence"
	"myevents/lib/persistence/schema"
)

// TestTwoReleases goes through a new version, step by step: each release gets along with the one before and the one
// after, and no further.
func TestTwoReleases(t *testing.T) {
	before, knows, writes := schema.Versions{Written: 1, Known: 1}, schema.Versions{Written: 1, Known: 2},
		schema.Versions{Written: 2, Known: 2}
	for _, c := range []struct {
		release schema.Versions
		mark    int
		anew    bool
		refused bool
	}{
		{before, 0, true, false},
		{before, 1, false, false},
		{knows, 1, false, false},
		{writes, 1, true, false},
		{writes, 2, false, false},
		{knows, 2, false, false},
		{before, 2, false, true},
		{writes, 3, false, true},
	} {
		anew, err := c.release.Check("MongoDB's shop", c.mark)
		if anew != c.anew || errors.Is(err, persistence.ErrSchema) != c.refused {
			t.Errorf("%+v on %d: %t, %v", c.release, c.mark, anew, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "MongoDB's shop was written by a newer version of this program: it has") {
			t.Errorf("it says %v", err)
		}
	}
	if now := schema.Now(); now.Written > now.Known || now.Known > now.Written+1 {
		t.Errorf("%+v can't be rolled out", now)
	}
}
