package rest_test

import (
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
)

func (w *world) calendar(t *testing.T, path string) []*ics.VEvent {
	t.Helper()
	a := w.Want(t, 200, "GET", path, nil)
	if got := a.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Errorf("%s is of type %q", path, got)
	}
	for line := range strings.SplitSeq(string(a.Body), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line has %d bytes: %s", len(line), line)
		}
	}
	read, err := ics.ParseCalendar(strings.NewReader(string(a.Body)))
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, a.Body)
	}
	return read.Events()
}

func value(e *ics.VEvent, property ics.ComponentProperty) string {
	if p := e.GetProperty(property); p != nil {
		return p.Value
	}
	return ""
}

func TestCalendarOfAnEvent(t *testing.T) {
	w := newWorld(t, true)
	name := "Talk; with, signs \\ " + strings.Repeat("é", 150)
	e := w.addEvent(t, object{
		"Name": name, "StartDate": start, "EndDate": end, "Location": object{"Name": "Hall", "Country": "Italy"},
	})
	path := "/events/" + e.ID + "/event.ics"
	entries := w.calendar(t, path)
	if len(entries) != 1 {
		t.Fatalf("there are %d entries", len(entries))
	}
	for property, want := range map[ics.ComponentProperty]string{
		ics.ComponentPropertyUniqueId: e.ID + "@myevents", ics.ComponentPropertySummary: name,
		ics.ComponentPropertyDtStart: "20300317T174640Z", ics.ComponentPropertyDtEnd: "20300317T194640Z",
		ics.ComponentPropertyLocation: "Hall, Italy", ics.ComponentPropertySequence: "1", ics.ComponentPropertyStatus: "",
	} {
		if got := value(entries[0], property); got != want {
			t.Errorf("%s is %q, want %q", property, got, want)
		}
	}
	if value(entries[0], ics.ComponentPropertyDtstamp) == "" {
		t.Error("DTSTAMP is missing")
	}

	w.Want(t, 200, "DELETE", "/events/"+e.ID, nil)
	cancelled := w.calendar(t, path)[0]
	if value(cancelled, ics.ComponentPropertyStatus) != "CANCELLED" ||
		value(cancelled, ics.ComponentPropertySequence) != "2" {
		t.Errorf("a cancelled event is shown as\n%+v", cancelled)
	}
	w.Want(t, 404, "GET", "/events/0123456789abcdef01234567/event.ics", nil)
}

func TestCalendarOfTheList(t *testing.T) {
	w := newWorld(t, true)
	w.addEvent(t, newEvent("A"))
	moment := newEvent("B, in no time")
	moment["EndDate"] = start
	w.addEvent(t, moment)
	gone := w.addEvent(t, newEvent("C"))
	w.Want(t, 200, "DELETE", "/events/"+gone.ID, nil)

	if entries := w.calendar(t, "/events.ics"); len(entries) != 2 {
		t.Errorf("the calendar has %d entries", len(entries))
	}
	entries := w.calendar(t, "/events.ics?q=no+time")
	if len(entries) != 1 || value(entries[0], ics.ComponentPropertyDtEnd) != "" {
		t.Errorf("an event of no duration is shown as %+v", entries)
	}
	if a := w.Want(t, 200, "GET", "/events.ics?limit=1", nil); a.Header.Get("Link") == "" {
		t.Error("a part of the list does not say where the rest is")
	}
	w.Want(t, 400, "GET", "/events.ics?after=nonsense", nil)
	w.Want(t, 400, "GET", "/events.ics?from=yesterday", nil)
}
