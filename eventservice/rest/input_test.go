package rest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// changed is a right event with one thing made wrong.
func changed(field string, value any) object {
	e := newEvent("Right")
	e[field] = value
	return e
}

func inLocation(field string, value any) object {
	return changed("Location", object{"Name": "Hall", field: value})
}

// TestBadEvents has everything that is refused, and checks that the answer names the field and that nothing is stored.
func TestBadEvents(t *testing.T) {
	w := newWorld(t, false)
	for name, c := range map[string]struct {
		body   any
		status int
		field  string
	}{
		"not JSON":                {"{", 400, "body"},
		"empty":                   {"", 400, "body"},
		"an array":                {"[]", 400, "body"},
		"more than one document":  {`{"Name":"A"} {}`, 400, "body"},
		"not UTF-8":               {"{\"Name\":\"\xff\"}", 400, "body"},
		"too deep":                {`{"Capacity":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "}", 400, "body"},
		"too long":                {`{"Name":"` + strings.Repeat("a", 65<<10) + `"}`, 413, ""},
		"a string for a number":   {changed("StartDate", "tomorrow"), 422, "StartDate"},
		"a fraction":              {changed("EndDate", 1.5), 422, "EndDate"},
		"a number for a string":   {changed("Name", 5), 422, "Name"},
		"a text for an object":    {changed("Location", "here"), 422, "Location"},
		"a wrong type within":     {inLocation("OpenTime", "early"), 422, "Location.OpenTime"},
		"an unknown field":        {changed("Colour", "red"), 422, "Colour"},
		"no name":                 {object{"StartDate": start, "EndDate": end}, 422, "Name"},
		"an empty name":           {changed("Name", "  "), 422, "Name"},
		"a long name":             {changed("Name", strings.Repeat("a", 10_000)), 422, "Name"},
		"control characters":      {changed("Name", "a\u0007b"), 422, "Name"},
		"no start":                {object{"Name": "A", "EndDate": end}, 422, "StartDate"},
		"the end before":          {changed("EndDate", start-1), 422, "EndDate"},
		"after the year 9999":     {changed("EndDate", 253402300800), 422, "EndDate"},
		"a negative duration":     {changed("Duration", -1), 422, "Duration"},
		"a malformed ID":          {changed("ID", "123"), 422, "ID"},
		"an unknown location":     {changed("Location", object{"ID": "0123456789abcdef01234567"}), 422, "Location.ID"},
		"a malformed location ID": {changed("Location", object{"ID": "?", "Name": "A"}), 422, "Location.ID"},
		"a location without name": {changed("Location", object{"Address": "A"}), 422, "Location.Name"},
		"an unknown zone":         {inLocation("TimeZone", "Mars/Base"), 422, "Location.TimeZone"},
		"an hour that is none":    {inLocation("CloseTime", 25), 422, "Location.CloseTime"},
		"a negative hall":         {inLocation("Halls", halls(5, -1)), 422, "Location.Halls[1].capacity"},
		"a hall without capacity": {inLocation("Halls", []object{{"name": "A"}}), 422, "Location.Halls[0].capacity"},
		"too many halls":          {inLocation("Halls", halls(make([]int, 501)...)), 422, "Location.Halls"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.Want(t, c.status, "POST", "/events", c.body)
			problem := a.Problem(t)
			if problem.Detail == "" || c.field != "" && (len(problem.Errors) == 0 || problem.Errors[0].Field != c.field) {
				t.Errorf("the answer does not name %q: %s", c.field, a.Body)
			}
		})
	}
	events, _, err := w.store.EventsSince(t.Context(), "")
	if err != nil || len(events) != 0 {
		t.Errorf("%d events are stored, %v", len(events), err)
	}
	locations, _, err := w.store.LocationsSince(t.Context(), "")
	if err != nil || len(locations) != 0 {
		t.Errorf("%d locations are stored, %v", len(locations), err)
	}
	if w.offered.calls != 0 {
		t.Errorf("the relay was called %d times", w.offered.calls)
	}
}

var longName = strings.Repeat("a", 201)

// TestBadLocations is the same for locations, new ones and changed ones.
func TestBadLocations(t *testing.T) {
	w := newWorld(t, false)
	there := w.addLocation(t, object{"Name": "There"})
	for name, c := range map[string]struct {
		body   any
		status int
		field  string
	}{
		"not JSON":               {`{"Name":`, 400, "body"},
		"too long":               {`{"Name":"` + strings.Repeat("a", 65<<10) + `"}`, 413, ""},
		"a wrong type":           {object{"Name": "A", "Halls": "all"}, 422, "Halls"},
		"a fraction of a seat":   {object{"Name": "A", "Halls": []object{{"capacity": 1.5}}}, 422, "Halls.capacity"},
		"an unknown field":       {object{"Name": "A", "Colour": "red"}, 422, "Colour"},
		"no name":                {object{"Address": "A"}, 422, "Name"},
		"null as name":           {object{"Name": nil}, 422, "Name"},
		"a long name":            {object{"Name": strings.Repeat("ä", 201)}, 422, "Name"},
		"a long address":         {object{"Name": "A", "Address": strings.Repeat("a", 501)}, 422, "Address"},
		"control characters":     {object{"Name": "A", "Country": "a\x00b"}, 422, "Country"},
		"a negative hour":        {object{"Name": "A", "OpenTime": -1}, 422, "OpenTime"},
		"an unknown zone":        {object{"Name": "A", "TimeZone": "Mars/Base"}, 422, "TimeZone"},
		"the machine's zone":     {object{"Name": "A", "TimeZone": "Local"}, 422, "TimeZone"},
		"a file as zone":         {object{"Name": "A", "TimeZone": "../../etc/passwd"}, 422, "TimeZone"},
		"a negative hall":        {object{"Name": "A", "Halls": halls(-1)}, 422, "Halls[0].capacity"},
		"more seats than can be": {object{"Name": "A", "Halls": halls(10_000_001)}, 422, "Halls[0].capacity"},
		"a hall's long name":     {object{"Name": "A", "Halls": []object{{"name": longName, "capacity": 1}}}, 422, "Halls[0].name"},
		"a malformed ID":         {object{"Name": "A", "ID": "xyz"}, 422, "ID"},
	} {
		t.Run(name, func(t *testing.T) {
			for method, path := range map[string]string{"POST": "/locations", "PUT": "/locations/" + there.ID} {
				a := w.Want(t, c.status, method, path, c.body)
				problem := a.Problem(t)
				if problem.Detail == "" || c.field != "" && (len(problem.Errors) == 0 || problem.Errors[0].Field != c.field) {
					t.Errorf("the answer does not name %q: %s", c.field, a.Body)
				}
			}
		})
	}
	if places := w.locations(t); len(places) != 1 || places[0].Version != 1 {
		t.Errorf("the locations are %+v", places)
	}
}

// TestBadChanges shows that a bad change of an event changes nothing, and makes no location.
func TestBadChanges(t *testing.T) {
	w := newWorld(t, false)
	e := w.addEvent(t, newEvent("There"))
	barn := object{"Name": "Barn"}
	for _, c := range []struct {
		status int
		body   any
		header []string
	}{
		{400, "{", nil},
		{412, object{"Name": "A", "StartDate": start, "EndDate": end, "Location": barn}, []string{"If-Match", `"9"`}},
		{415, newEvent("A"), []string{"Content-Type", "text/plain"}},
		{422, object{"Name": "", "StartDate": start, "EndDate": end, "Location": barn}, nil},
		{422, object{"Name": "A", "StartDate": end, "EndDate": start, "Location": barn}, nil},
		{422, object{"Name": "A", "StartDate": start, "EndDate": end, "Location": object{"ID": e.ID}}, nil},
	} {
		w.Want(t, c.status, "PUT", "/events/"+e.ID, c.body, c.header...)
	}
	if places := w.locations(t); len(places) != 0 {
		t.Errorf("the locations are %+v", places)
	}
	var now event
	w.Want(t, 200, "GET", "/events/"+e.ID, nil).JSON(t, &now)
	if now.Name != "There" || now.Version != 1 {
		t.Errorf("it was changed to %+v", now)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	w := newWorld(t, false)
	a := w.Want(t, 422, "POST", "/events", object{"Name": "", "Duration": -1, "Location": object{"TimeZone": "?"}})
	fields := make(map[string]bool)
	for _, e := range a.Problem(t).Errors {
		fields[e.Field] = true
	}
	want := map[string]bool{
		"Name": true, "StartDate": true, "EndDate": true, "Duration": true, "Location.Name": true, "Location.TimeZone": true,
	}
	if !maps.Equal(fields, want) {
		t.Errorf("the answer names %v", fields)
	}
}

func TestBadRequests(t *testing.T) {
	w := newWorld(t, false)
	e := w.addEvent(t, newEvent("There"))
	for _, c := range []struct {
		status       int
		method, path string
		header       []string
		field        string
	}{
		{400, "GET", "/events?from=yesterday", nil, "from"},
		{400, "GET", "/events?to=2027-13-01", nil, "to"},
		{400, "GET", "/events?limit=0", nil, "limit"},
		{400, "GET", "/events?limit=1001", nil, "limit"},
		{400, "GET", "/events?limit=ten", nil, "limit"},
		{400, "GET", "/events?after=nonsense", nil, "after"},
		{400, "GET", "/events.ics?after=nonsense", nil, "after"},
		{400, "GET", "/events?location=12", nil, "location"},
		{400, "GET", "/events?q=%zz", nil, "query"},
		{400, "PUT", "/events/" + e.ID, []string{"If-Match", `"1", "2"`}, "If-Match"},
		{400, "POST", "/events", []string{"Idempotency-Key", "short"}, "Idempotency-Key"},
		{400, "POST", "/events", []string{"Idempotency-Key", "has spaces in it, which is wrong"}, "Idempotency-Key"},
		{404, "GET", "/events/0123456789abcdef01234567", nil, ""},
		{404, "PUT", "/events/0123456789abcdef01234567", nil, ""},
		{404, "GET", "/events/123", nil, ""},
		{404, "GET", "/nothing", nil, ""},
		{404, "GET", "/locations/0123456789abcdef01234567", nil, ""},
		{404, "PUT", "/locations/0123456789abcdef01234567", nil, ""},
		{415, "POST", "/events", []string{"Content-Type", "text/plain"}, ""},
		{415, "POST", "/locations", []string{"Content-Type", "image/png"}, ""},
	} {
		var body any
		if c.method != "GET" {
			body = newEvent("Fine")
			if strings.HasPrefix(c.path, "/locations") {
				body = object{"Name": "Fine"}
			}
		}
		a := w.Want(t, c.status, c.method, c.path, body, c.header...)
		problem := a.Problem(t)
		if problem.Detail == "" || c.field != "" && (len(problem.Errors) == 0 || problem.Errors[0].Field != c.field) {
			t.Errorf("%s %s %v does not name %q: %s", c.method, c.path, c.header, c.field, a.Body)
		}
	}
	if names, places := w.list(t, ""), w.locations(t); len(names) != 1 || names[0] != "There" || len(places) != 0 {
		t.Errorf("there are the events %v and the locations %v", names, places)
	}
}

func TestWrongMethods(t *testing.T) {
	w := newWorld(t, false)
	for path, allow := range map[string]string{
		"/events": "GET, HEAD, POST", "/events/0123456789abcdef01234567": "DELETE, GET, HEAD, PUT",
		"/events.ics": "GET, HEAD", "/locations": "GET, HEAD, POST", "/openapi.json": "GET, HEAD",
	} {
		a := w.Want(t, 405, "PATCH", path, object{})
		if got := a.Header.Get("Allow"); got != allow {
			t.Errorf("%s allows %q, want %q", path, got, allow)
		}
	}
}

// TestPages walks through a list with filters, page by page.
func TestPages(t *testing.T) {
	w := newWorld(t, true)
	place := w.addLocation(t, object{"Name": "Hall", "Address": "Lyon", "Country": "France"})
	for n := range 7 {
		w.addEvent(t, object{
			"Name": fmt.Sprintf("Night %d", n), "StartDate": start + n/2*86400, "EndDate": end + n/2*86400,
			"Location": object{"ID": place.ID},
		})
	}
	w.addEvent(t, newEvent("Elsewhere"))
	past := newEvent("Past night")
	past["StartDate"], past["EndDate"] = 1000, 2000
	w.addEvent(t, past)

	var seen []string
	path := "/events?country=france&q=NIGHT&limit=3"
	for path != "" {
		a := w.Want(t, 200, "GET", path, nil)
		var page []event
		a.JSON(t, &page)
		for _, e := range page {
			seen = append(seen, e.Name)
		}
		link := a.Header.Get("Link")
		path = ""
		if link != "" {
			target, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			path = "/events" + target
		}
	}
	if len(seen) != 7 || len(uniq(seen)) != 7 {
		t.Errorf("the pages have %v", seen)
	}
	first := w.Want(t, 200, "GET", "/events?limit=2", nil).Header.Get("Link")
	cursor := first[strings.Index(first, "after=")+6 : strings.Index(first, "&")]
	w.Want(t, 200, "GET", "/events?limit=3&after="+cursor, nil)
	w.Want(t, 400, "GET", "/events?q=other&after="+cursor, nil)

	for query, want := range map[string]int{
		"?q=lyon": 7, "?q=lyon+night": 0, "?country=Germany": 0, "?location=" + place.ID: 7, "?from=2030-03-18": 5,
		"?to=2030-03-17": 3, "?from=2030-03-18&to=2030-03-18": 2, "?from=2030-03-17T19:46:40Z": 5, "?from=1900007199": 5,
		"?from=1900000000": 8, "?to=1900000000": 0, "?to=1900000001": 3,
	} {
		if got := w.list(t, query); len(got) != want {
			t.Errorf("%s finds %v, want %d", query, got, want)
		}
	}
}

func uniq(names []string) map[string]bool {
	set := make(map[string]bool)
	for _, n := range names {
		set[n] = true
	}
	return set
}

func TestListIsCachedByClients(t *testing.T) {
	w := newWorld(t, true)
	w.addEvent(t, newEvent("A"))
	tag := w.Want(t, 200, "GET", "/events", nil).Header.Get("ETag")
	if a := w.Want(t, 304, "GET", "/events", nil, "If-None-Match", tag); len(a.Body) != 0 {
		t.Errorf("304 has a body: %s", a.Body)
	}
	zipped := w.Want(t, 200, "GET", "/events", nil, "Accept-Encoding", "gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Error("it is not compressed")
	}
	if a := w.Want(t, 200, "HEAD", "/events", nil); len(a.Body) != 0 {
		t.Errorf("HEAD is answered with %s", a.Body)
	}
	w.addEvent(t, newEvent("B"))
	w.Want(t, 200, "GET", "/events", nil, "If-None-Match", tag)
}
