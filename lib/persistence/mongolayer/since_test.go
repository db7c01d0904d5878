package mongolayer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/mgo.v2/bson"

	backends "myevents/deploy/test"
	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// TestLaterWithEarlierStamp shows that a write which becomes visible late, with a stamp from before others that were
// seen, is not missed; and that a quiet store answers with nothing.
func TestLaterWithEarlierStamp(t *testing.T) {
	url := database(backends.SharedMongo(t))
	stamp := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	written := func(name string, changed time.Duration) {
		id := persistence.NewID()
		backends.Insert(t, url, "events", bson.M{"_id": bson.ObjectId(id[:]), "name": name, "changed": stamp.Add(changed)})
	}
	written("newest", 0)
	store := openEvents(t, mongolayer.Config{URL: url})
	since := func(m persistence.Mark, want ...string) persistence.Mark {
		t.Helper()
		events, next, err := store.EventsSince(t.Context(), m)
		var names []string
		for _, e := range events {
			names = append(names, e.Name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(want, names); err != nil || diff != "" {
			t.Errorf("%v; other events were read (-want +got):\n%s", err, diff)
		}
		return next
	}
	mark := since("", "newest")
	written("a little earlier", -9*time.Second)
	written("long before", -11*time.Second)
	mark = since(mark, "a little earlier", "newest")
	quiet := persistence.Mark(fmt.Sprintf("%d/%d", stamp.UnixMilli(), time.Now().Add(-time.Minute).UnixMilli()))
	quiet = since(quiet)
	written("later", time.Millisecond)
	since(mark, "a little earlier", "later", "newest")
	since(since(quiet, "later"), "a little earlier", "later", "newest")
}

// TestManyEvents reads more than a server answers with at once.
func TestManyEvents(t *testing.T) {
	const many = 1500
	url := database(backends.SharedMongo(t))
	docs := make([]any, many)
	for n := range docs {
		id := persistence.NewID()
		docs[n] = bson.M{"_id": bson.ObjectId(id[:]), "name": "Concert"}
	}
	backends.Insert(t, url, "events", docs...)
	events, _, err := openEvents(t, mongolayer.Config{URL: url}).EventsSince(t.Context(), "")
	seen := make(map[persistence.ID]bool)
	for _, e := range events {
		seen[e.ID] = true
	}
	if err != nil || len(events) != many || len(seen) != many {
		t.Errorf("%d events were read, %d different ones, %v", len(events), len(seen), err)
	}
}

func TestMarkOfNothing(t *testing.T) {
	url := database(backends.SharedMongo(t))
	store := openEvents(t, mongolayer.Config{URL: url})
	_, mark, err := store.EventsSince(t.Context(), "")
	if err != nil || mark == "" {
		t.Fatalf("the mark of an empty store is %q, %v", mark, err)
	}
	id := persistence.NewID()
	backends.Insert(t, url, "events", bson.M{"_id": bson.ObjectId(id[:]), "changed": time.Now()})
	if events, _, err := store.EventsSince(t.Context(), mark); err != nil || len(events) != 1 {
		t.Errorf("then there are %d events, %v", len(events), err)
	}
	if _, _, err := store.EventsSince(t.Context(), "nonsense"); err == nil {
		t.Error("a mark of nonsense is none")
	}
}
