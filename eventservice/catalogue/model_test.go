package catalogue_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
)

// farAway is when the events of the model happen: long after any test.
const farAway = 4_000_000_000

// model is a catalogue as simple as can be: the newest version of each document.
type model struct {
	events    map[persistence.ID]persistence.Event
	locations map[persistence.ID]persistence.Location
}

func (m *model) place(e persistence.Event) string {
	if l, ok := m.locations[e.Location.ID]; ok {
		return l.Name
	}
	return e.Location.Name
}

// list gives the names of the events that are to come, each with its place.
func (m *model) list(now int64) []string {
	var found []persistence.Event
	for _, e := range m.events {
		if !e.Cancelled && e.EndDate > now {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b persistence.Event) int {
		return cmp.Or(cmp.Compare(a.StartDate, b.StartDate), strings.Compare(string(a.ID[:]), string(b.ID[:])))
	})
	names := make([]string, len(found))
	for n, e := range found {
		names[n] = e.Name + " at " + m.place(e)
	}
	return names
}

// named gives the event that a search by name finds.
func (m *model) named(name string, now int64) (found persistence.ID) {
	var best persistence.Event
	better := func(e persistence.Event) bool {
		first := cmp.Or(cmp.Compare(e.StartDate, best.StartDate), strings.Compare(string(e.ID[:]), string(best.ID[:]))) < 0
		was, is := !best.Cancelled && best.EndDate > now, !e.Cancelled && e.EndDate > now
		switch {
		case best.ID.IsZero() || is && !was:
			return true
		case was && !is:
			return false
		default:
			return first == is // the next to come, or the last that was
		}
	}
	for _, e := range m.events {
		if strings.EqualFold(e.Name, name) && better(e) {
			best = e
		}
	}
	return best.ID
}

func drawEvent(t *rapid.T) persistence.Event {
	start := farAway + rapid.Int64Range(0, 5).Draw(t, "start")
	return persistence.Event{
		ID:   persistence.ID{rapid.ByteRange(1, 9).Draw(t, "id")},
		Name: rapid.SampledFrom([]string{"Aida", "AIDA", "Tosca"}).Draw(t, "name"), StartDate: start,
		EndDate: start + rapid.Int64Range(0, 3).Draw(t, "length"), Version: rapid.Int64Range(1, 4).Draw(t, "version"),
		Cancelled: rapid.Float64Range(0, 1).Draw(t, "cancelled") < 0.2,
		Location:  persistence.Location{ID: persistence.ID{rapid.ByteRange(1, 3).Draw(t, "place")}, Name: "as written"},
	}
}

// TestModel holds the catalogue against the model, after any sequence of writes, in any order of versions.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := catalogue.New(newMemory())
		m := model{make(map[persistence.ID]persistence.Event), make(map[persistence.ID]persistence.Location)}
		now := int64(farAway)
		t.Repeat(map[string]func(*rapid.T){
			"event": func(t *rapid.T) {
				e := drawEvent(t)
				c.ApplyEvent(e)
				if e.Version > m.events[e.ID].Version {
					m.events[e.ID] = e
				}
			},
			"location": func(t *rapid.T) {
				l := persistence.Location{
					ID: persistence.ID{rapid.ByteRange(1, 3).Draw(t, "id")}, Version: rapid.Int64Range(1, 4).Draw(t, "version"),
					Name: rapid.StringMatching("[a-z]{3}").Draw(t, "name"),
				}
				c.ApplyLocation(l)
				if l.Version > m.locations[l.ID].Version {
					m.locations[l.ID] = l
				}
			},
			"time": func(t *rapid.T) { now += rapid.Int64Range(0, 2).Draw(t, "seconds") },
			"":     func(t *rapid.T) { compare(t, c, &m, now) },
		})
	})
}

func compare(t *rapid.T, c *catalogue.Catalogue, m *model, now int64) {
	all, err := c.List(now, catalogue.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want := m.list(now)
	if got := described(all.Events); !slices.Equal(got, want) {
		t.Fatalf("the list has %v, want %v", got, want)
	}
	var paged []string
	for q := (catalogue.Query{Limit: 2}); ; {
		page, err := c.List(now, q)
		if err != nil {
			t.Fatal(err)
		}
		paged = append(paged, described(page.Events)...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(paged, want) {
		t.Fatalf("page by page it has %v, want %v", paged, want)
	}
	for _, name := range []string{"aida", "Tosca"} {
		var got persistence.ID
		if e, err := c.EventNamed(name, now); err == nil {
			got = e.ID
		}
		if want := m.named(name, now); got != want {
			t.Fatalf("%s is %s, want %s", name, got, want)
		}
	}
}

func described(events []*catalogue.Entry) []string {
	names := make([]string, len(events))
	for n, e := range events {
		names[n] = e.Name + " at " + e.Location.Name
	}
	return names
}
