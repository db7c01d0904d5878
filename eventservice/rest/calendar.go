package rest

import (
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"myevents/eventservice/catalogue"
)

// eventsCalendar is the list of events, with the same query, as an iCalendar (RFC 5545) that can be subscribed to.
func (s *Server) eventsCalendar(w http.ResponseWriter, r *http.Request) error {
	list, err := s.list(w, r)
	if err != nil {
		return err
	}
	return writeCalendar(w, list.Events...)
}

func (s *Server) eventCalendar(w http.ResponseWriter, r *http.Request) error {
	e, err := s.event(r)
	if err != nil {
		return err
	}
	return writeCalendar(w, e)
}

func writeCalendar(w http.ResponseWriter, entries ...*catalogue.Entry) error {
	calendar := ics.NewCalendarFor("MyEvents")
	calendar.SetMethod(ics.MethodPublish)
	for _, e := range entries {
		entry := calendar.AddEvent(e.ID.String() + "@myevents")
		entry.SetDtStampTime(time.Now())
		entry.SetStartAt(time.Unix(e.StartDate, 0))
		if e.EndDate > e.StartDate { // an end must be later than the start
			entry.SetEndAt(time.Unix(e.EndDate, 0))
		}
		entry.SetSummary(e.Name)
		entry.SetSequence(int(e.Version))
		if place := joined(e.Location.Name, e.Location.Address, e.Location.Country); place != "" {
			entry.SetLocation(place)
		}
		if e.Cancelled {
			entry.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	return calendar.SerializeTo(w, ics.WithNewLine("\r\n")) // RFC 5545 knows no other, whatever the machine has
}

func joined(parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, ", ")
}
