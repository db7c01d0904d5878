package catalogue_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
)

// TestDefaultPages reads 2,500 events without a filter: the first page is the default list, and the pages have each event
// once, in order.
func TestDefaultPages(t *testing.T) {
	full := &all{DatabaseHandler: newMemory()}
	for n := range 2_500 {
		full.events = append(full.events, event(n, 1))
	}
	c := catalogue.New(full)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	var last *catalogue.Entry
	for q := (catalogue.Query{}); ; {
		page, err := c.List(now, q)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Events))
		for _, e := range page.Events {
			if last != nil && (e.StartDate < last.StartDate || e.StartDate == last.StartDate &&
				bytes.Compare(e.ID[:], last.ID[:]) <= 0) {
				t.Fatalf("%s comes after %s", e.Name, last.Name)
			}
			last = e
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if diff := cmp.Diff([]int{1000, 1000, 500}, sizes); diff != "" {
		t.Errorf("the pages' sizes (-want +got):\n%s", diff)
	}
}

// TestPagesWhileEventsChange has the event at a page's end be cancelled, and one before it be added, between two pages:
// the others are each seen once all the same.
func TestPagesWhileEventsChange(t *testing.T) {
	c := catalogue.New(newMemory())
	for n := 10; n < 20; n++ {
		c.ApplyEvent(event(n, 1))
	}
	first, err := c.List(now, catalogue.Query{Limit: 4})
	if err != nil {
		t.Fatal(err)
	}
	gone := event(13, 2)
	gone.Cancelled = true
	c.ApplyEvent(gone)
	c.ApplyEvent(event(1, 1))
	got := names(t, c, now, catalogue.Query{Limit: 10, After: first.Next})
	want := []string{"Event 14", "Event 15", "Event 16", "Event 17", "Event 18", "Event 19"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the second page (-want +got):\n%s", diff)
	}
}

func TestCursors(t *testing.T) {
	c := catalogue.New(newMemory())
	for n := range 3 {
		e := event(n, 1)
		e.Location.Country = "Peru"
		c.ApplyEvent(e)
	}
	page, err := c.List(now, catalogue.Query{Text: "Event", Limit: 1})
	if err != nil || page.Next == "" {
		t.Fatal(err)
	}
	cursor := page.Next
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	for name, c2 := range map[string]struct {
		q  catalogue.Query
		ok bool
	}{
		"the same":         {catalogue.Query{Text: "Event", After: cursor}, true},
		"in another case":  {catalogue.Query{Text: "eVENT", After: cursor}, true},
		"another limit":    {catalogue.Query{Text: "Event", Limit: 2, After: cursor}, true},
		"another text":     {catalogue.Query{Text: "Even", After: cursor}, false},
		"no text":          {catalogue.Query{After: cursor}, false},
		"from":             {catalogue.Query{Text: "Event", From: 1, After: cursor}, false},
		"to":               {catalogue.Query{Text: "Event", To: now + 9, After: cursor}, false},
		"country":          {catalogue.Query{Text: "Event", Country: "Peru", After: cursor}, false},
		"location":         {catalogue.Query{Text: "Event", Location: persistence.ID{9}, After: cursor}, false},
		"cut off":          {catalogue.Query{Text: "Event", After: cursor[:len(cursor)-4]}, false},
		"too long":         {catalogue.Query{Text: "Event", After: cursor + "AAAA"}, false},
		"not base64":       {catalogue.Query{Text: "Event", After: "?" + cursor[1:]}, false},
		"without the hash": {catalogue.Query{Text: "Event", After: base64.RawURLEncoding.EncodeToString(raw[:20])}, false},
	} {
		l, err := c.List(now, c2.q)
		if c2.ok != (err == nil) || err != nil && !errors.Is(err, catalogue.ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
		if c2.ok && (err != nil || len(l.Events) == 0 || l.Events[0].Name != "Event 1") {
			t.Errorf("%s: the page begins with the wrong event", name)
		}
	}
}

// TestQueries filters three events in every way.
func TestQueries(t *testing.T) {
	c := catalogue.New(newMemory())
	for n, place := range []persistence.Location{
		{ID: persistence.ID{7}, Name: "Opera", Address: "Quay 1", Country: "Peru", Version: 1},
		{ID: persistence.ID{8}, Name: "Arena", Address: "Way 2", Country: "Perugia", Version: 1},
		{ID: persistence.ID{8}, Name: "Arena", Address: "Way 2", Country: "Perugia", Version: 1},
	} {
		e := event(n, 1)
		e.Location = place
		c.ApplyEvent(e)
	}
	for name, test := range map[string]struct {
		q    catalogue.Query
		want []string
	}{
		"nothing":            {catalogue.Query{}, []string{"Event 0", "Event 1", "Event 2"}},
		"name":               {catalogue.Query{Text: "EVENT 1"}, []string{"Event 1"}},
		"place":              {catalogue.Query{Text: "opera"}, []string{"Event 0"}},
		"address":            {catalogue.Query{Text: "way"}, []string{"Event 1", "Event 2"}},
		"country in text":    {catalogue.Query{Text: "peru"}, []string{"Event 0", "Event 1", "Event 2"}},
		"across two fields":  {catalogue.Query{Text: "0opera"}, []string{}},
		"country":            {catalogue.Query{Country: "peru"}, []string{"Event 0"}},
		"location":           {catalogue.Query{Location: persistence.ID{8}}, []string{"Event 1", "Event 2"}},
		"from, included":     {catalogue.Query{From: now + 1}, []string{"Event 1", "Event 2"}},
		"to, excluded":       {catalogue.Query{To: now + 1}, []string{"Event 0"}},
		"from and to":        {catalogue.Query{From: now + 1, To: now + 2}, []string{"Event 1"}},
		"limit":              {catalogue.Query{Limit: 2}, []string{"Event 0", "Event 1"}},
		"everything matches": {catalogue.Query{Text: "event", Country: "PERUGIA", From: now + 2}, []string{"Event 2"}},
	} {
		if diff := cmp.Diff(test.want, names(t, c, now, test.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
