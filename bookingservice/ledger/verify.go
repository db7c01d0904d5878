package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"myevents/lib/persistence"
)

const (
	// documents is how many are read from the store at once.
	documents = 100
	// settleEvery is how often what may settle by itself is looked at again.
	settleEvery = time.Second
	// readTimeout bounds a call of the store.
	readTimeout = 30 * time.Second
)

// Difference is a document that the service holds otherwise than the log says.
type Difference struct {
	// Kind is "event" or "location".
	Kind string
	ID   persistence.ID
	// What says, a line each, where they differ.
	What []string
}

// String is a few lines of a report.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s\n  %s", d.Kind, d.ID, strings.Join(d.What, "\n  "))
}

// Verify compares the copies of events and locations that the service holds with what the log says. What differs may
// still be under way, in the outbox of the event service or the queue of the booking service: as long as settle allows,
// it reads the log on and looks again. When the service learnt of a change (persistence.EventCopy.Moved) is left out,
// since it goes by its own clock. So are the seats sold, which are the business of Auditor. Locations that neither the
// log nor any event knows are not found.
func Verify(
	ctx context.Context, log *Reader, store persistence.BookingHandler, settle time.Duration,
) ([]Difference, error) {
	state := NewState(time.Time{})
	if err := log.Read(ctx, state.Add); err != nil {
		return nil, err
	}
	v := verifier{state: state, store: store}
	differences, err := v.all(ctx)
	for end := time.Now().Add(settle); err == nil && len(differences) > 0 && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(settleEvery):
		}
		if err = log.Read(ctx, state.Add); err == nil {
			differences, err = v.again(ctx, differences)
		}
	}
	return differences, err
}

type verifier struct {
	state *State
	store persistence.BookingHandler
}

// all compares everything that the log or the service has.
func (v verifier) all(ctx context.Context) ([]Difference, error) {
	events, locations := make(map[persistence.ID]bool), make(map[persistence.ID]bool)
	for id := range v.state.Locations {
		locations[id] = true
	}
	for id, i := range v.state.Inventories {
		if i.Event.Version > 0 {
			events[id] = true
		}
	}
	err := eachInventory(ctx, v.store, func(i persistence.Inventory) error {
		events[i.Event.ID] = true
		if !i.Event.LocationID.IsZero() {
			locations[i.Event.LocationID] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v.compare(ctx, sorted(events), sorted(locations))
}

func sorted(ids map[persistence.ID]bool) []persistence.ID {
	return slices.SortedFunc(maps.Keys(ids), func(a, b persistence.ID) int { return slices.Compare(a[:], b[:]) })
}

func (v verifier) again(ctx context.Context, differences []Difference) ([]Difference, error) {
	var events, locations []persistence.ID
	for _, d := range differences {
		if d.Kind == "event" {
			events = append(events, d.ID)
		} else {
			locations = append(locations, d.ID)
		}
	}
	return v.compare(ctx, events, locations)
}

func (v verifier) compare(ctx context.Context, events, locations []persistence.ID) ([]Difference, error) {
	var differences []Difference
	differ := func(kind string, id persistence.ID, holds, says any) {
		if what := compare(holds, says); len(what) > 0 {
			differences = append(differences, Difference{kind, id, what})
		}
	}
	err := eachBatch(ctx, events, v.store.FindEventCopies, func(id persistence.ID, holds persistence.EventCopy) {
		differ("event", id, holds, v.state.Inventories[id].Event)
	}, func(e persistence.EventCopy) persistence.ID { return e.ID })
	if err != nil {
		return nil, err
	}
	err = eachBatch(ctx, locations, v.store.FindLocations, func(id persistence.ID, holds persistence.Location) {
		differ("location", id, holds, v.state.Locations[id])
	}, func(l persistence.Location) persistence.ID { return l.ID })
	return differences, err
}

// eachBatch finds documents, so many at once, and hands each to f, an empty one where there is none.
func eachBatch[T any](
	ctx context.Context, ids []persistence.ID, find func(context.Context, ...persistence.ID) ([]T, error),
	f func(persistence.ID, T), idOf func(T) persistence.ID,
) error {
	for batch := range slices.Chunk(ids, documents) {
		ctx, cancel := context.WithTimeout(ctx, readTimeout)
		found, err := find(ctx, batch...)
		cancel()
		if err != nil {
			return err
		}
		byID := make(map[persistence.ID]T, len(found))
		for _, document := range found {
			byID[idOf(document)] = document
		}
		for _, id := range batch {
			f(id, byID[id])
		}
	}
	return nil
}

// eachInventory hands every inventory of the store to f, the latest events first.
func eachInventory(
	ctx context.Context, store persistence.OrganiserHandler, f func(persistence.Inventory) error,
) error {
	return eachPage(ctx, func(ctx context.Context, p persistence.Page) ([]persistence.Inventory, error) {
		return store.FindInventories(ctx, persistence.ID{}, p)
	}, func(i persistence.Inventory) (int64, persistence.ID) { return i.Event.StartDate, i.Event.ID }, f)
}

// eachPage hands everything in a list to f.
func eachPage[T any](
	ctx context.Context, find func(context.Context, persistence.Page) ([]T, error),
	place func(T) (date int64, id persistence.ID), f func(T) error,
) error {
	page := persistence.Page{Limit: 10 * documents}
	for {
		ctx, cancel := context.WithTimeout(ctx, readTimeout)
		found, err := find(ctx, page)
		cancel()
		if err != nil {
			return err
		}
		for _, document := range found {
			if err := f(document); err != nil {
				return err
			}
		}
		if len(found) < page.Limit {
			return nil
		}
		page.BeforeDate, page.BeforeID = place(found[len(found)-1])
	}
}

// compare says in which fields two documents of the same type differ, by their JSON.
func compare(holds, says any) (what []string) {
	a, b := fields(holds), fields(says)
	switch none := "0"; {
	case string(a["version"]) == none && string(b["version"]) == none:
		return nil
	case string(a["version"]) == none:
		return []string{"the service does not have it"}
	case string(b["version"]) == none:
		return []string{"the log does not have it"}
	}
	names := maps.Clone(a)
	maps.Copy(names, b)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name != "moved" && !bytes.Equal(a[name], b[name]) {
			what = append(what, fmt.Sprintf("%s: the service has %s, the log %s", name, a[name], b[name]))
		}
	}
	return what
}

func fields(document any) map[string]json.RawMessage {
	content, err := json.Marshal(document)
	if err != nil {
		panic(err) // the documents of persistence have nothing that JSON has not
	}
	all := make(map[string]json.RawMessage)
	_ = json.Unmarshal(content, &all) // it is what was just written
	return all
}
