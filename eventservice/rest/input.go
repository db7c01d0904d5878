package rest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// Limits of what organisers enter.
const (
	maxName     = 200 // characters
	maxAddress  = 500
	maxHalls    = 500
	maxCapacity = 10_000_000 // seats of a hall
	maxDuration = 60 * 24 * 366 * 100
	firstSecond = -62135596800 // year 1, and
	lastSecond  = 253402300799 // year 9999: the years that RFC 3339 can write
)

// eventInput is an event as clients send it. What the service answers by itself is taken and not looked at, so that
// what was read can be sent back.
type eventInput struct {
	ID        *string
	Name      *string
	Duration  *int64
	StartDate *int64
	EndDate   *int64
	Location  *locationInput

	Capacity    json.RawMessage `json:",omitempty"`
	Cancelled   json.RawMessage `json:",omitempty"`
	Version     json.RawMessage `json:",omitempty"`
	OrganiserID json.RawMessage `json:",omitempty"`
}

type locationInput struct {
	ID        *string
	Name      *string
	Address   *string
	Country   *string
	OpenTime  *int
	CloseTime *int
	Halls     []hallInput // nil where they are absent or null
	TimeZone  *string

	Version     json.RawMessage `json:",omitempty"`
	OrganiserID json.RawMessage `json:",omitempty"`
}

// none says whether there is no place, which is also what the answer of an event without one says.
func (in *locationInput) none() bool {
	if in == nil {
		return true
	}
	for _, text := range []*string{in.ID, in.Name, in.Address, in.Country, in.TimeZone} {
		if text != nil && *text != "" {
			return false
		}
	}
	for _, hour := range []*int{in.OpenTime, in.CloseTime} {
		if hour != nil && *hour != 0 {
			return false
		}
	}
	return len(in.Halls) == 0
}

type hallInput struct {
	Name     *string `json:"name"`
	Location *string `json:"location"`
	Capacity *int64  `json:"capacity"`
}

// faults collects what is wrong with an input, field by field.
type faults []rest.FieldError

func (f *faults) add(field, format string, args ...any) {
	*f = append(*f, rest.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if len(*f) == 0 {
		return nil
	}
	return rest.Invalid(*f...)
}

// event reads all of an event but its location.
func (in *eventInput) event(f *faults) persistence.Event {
	e := persistence.Event{
		ID:        f.id("ID", in.ID),
		Name:      f.text("Name", in.Name, maxName),
		StartDate: f.date("StartDate", in.StartDate),
		EndDate:   f.date("EndDate", in.EndDate),
	}
	if strings.TrimSpace(e.Name) == "" {
		f.add("Name", "is required")
	}
	if in.StartDate != nil && in.EndDate != nil && e.EndDate < e.StartDate {
		f.add("EndDate", "must not be before StartDate")
	}
	e.Duration = (e.EndDate - e.StartDate) / 60
	if in.Duration != nil {
		e.Duration = f.number("Duration", *in.Duration, 0, maxDuration)
	}
	return e
}

// location reads a location of its own; prefix stands before the names of its fields.
func (in *locationInput) location(f *faults, prefix, zone string) persistence.Location {
	l := persistence.Location{
		ID:        f.id(prefix+"ID", in.ID),
		Name:      f.text(prefix+"Name", in.Name, maxName),
		Address:   f.text(prefix+"Address", in.Address, maxAddress),
		Country:   f.text(prefix+"Country", in.Country, maxName),
		OpenTime:  f.hour(prefix+"OpenTime", in.OpenTime),
		CloseTime: f.hour(prefix+"CloseTime", in.CloseTime),
		Halls:     f.halls(prefix+"Halls", in.Halls),
		TimeZone:  zone,
	}
	if strings.TrimSpace(l.Name) == "" {
		f.add(prefix+"Name", "is required")
	}
	if in.TimeZone != nil && *in.TimeZone != "" {
		l.TimeZone = *in.TimeZone
		if !isZone(l.TimeZone) {
			f.add(prefix+"TimeZone", "must be the IANA name of a time zone, such as Europe/Berlin")
		}
	}
	return l
}

// isZone says whether browsers, too, know a zone of this name. Some machines have more in their folder of zones.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local" && !strings.HasPrefix(name, "posix/") && !strings.HasPrefix(name, "right/")
}

// id reads an ID; absent, null and "" are none.
func (f *faults) id(field string, value *string) persistence.ID {
	if value == nil || *value == "" {
		return persistence.ID{}
	}
	id, err := persistence.ParseID(*value)
	if err != nil {
		f.add(field, "must have 24 hexadecimal digits")
	}
	return id
}

func (f *faults) text(field string, value *string, most int) string {
	if value == nil {
		return ""
	}
	if utf8.RuneCountInString(*value) > most {
		f.add(field, "must have at most %d characters", most)
	}
	if strings.ContainsFunc(*value, unicode.IsControl) {
		f.add(field, "must not have control characters")
	}
	return *value
}

func (f *faults) date(field string, value *int64) int64 {
	if value == nil {
		f.add(field, "is required, in Unix seconds")
		return 0
	}
	return f.number(field, *value, firstSecond, lastSecond)
}

func (f *faults) number(field string, value, least, most int64) int64 {
	if value < least || value > most {
		f.add(field, "must be from %d to %d", least, most)
	}
	return value
}

func (f *faults) hour(field string, value *int) int {
	if value == nil {
		return 0
	}
	return int(f.number(field, int64(*value), 0, 24))
}

func (f *faults) halls(field string, in []hallInput) []persistence.Hall {
	if len(in) > maxHalls {
		f.add(field, "must be at most %d halls", maxHalls)
	}
	halls := make([]persistence.Hall, len(in))
	for i, h := range in {
		name := field + "[" + strconv.Itoa(i) + "]."
		halls[i] = persistence.Hall{
			Name: f.text(name+"name", h.Name, maxName), Location: f.text(name+"location", h.Location, maxAddress),
		}
		if h.Capacity == nil {
			f.add(name+"capacity", "is required")
			continue
		}
		halls[i].Capacity = f.number(name+"capacity", *h.Capacity, 0, maxCapacity)
	}
	return halls
}

// instant reads a date of a query: a day, or a time by RFC 3339, or Unix seconds. As the end of a range, a day is all
// of that day.
func (f *faults) instant(field, value string, end bool) int64 {
	if value == "" {
		return 0
	}
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return day.Unix()
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.Unix()
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil || seconds < firstSecond || seconds > lastSecond {
		f.add(field, "must be a day like 2027-06-30, a time like 2027-06-30T19:00:00+02:00, or Unix seconds")
		return 0
	}
	return seconds
}

// limit reads how many are wanted.
func (f *faults) limit(value string, most int64) int {
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		n = math.MinInt64
	}
	return int(f.number("limit", n, 1, most))
}
