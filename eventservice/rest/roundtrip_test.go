package rest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadAndSentBack shows that what was read can be sent back as it is, and changes nothing but the version.
func TestReadAndSentBack(t *testing.T) {
	w := newWorld(t, true)
	known := w.addLocation(t, object{
		"Name": "Opera", "Address": "1 Square", "Country": "Italy", "OpenTime": 8, "CloseTime": 24, "TimeZone": "Europe/Rome",
		"Halls": []object{{"name": "Stalls", "location": "Ground floor", "capacity": 12}},
	})
	for name, place := range map[string]any{
		"nowhere": nil, "nowhere, as an empty object": object{}, "at a location": object{"ID": known.ID},
		"at a location without seats": object{"ID": known.ID, "Halls": halls(0)}, "at a new one": object{"Name": "Barn"},
		"at a location without halls": object{"ID": known.ID, "Halls": halls()},
	} {
		t.Run(name, func(t *testing.T) {
			document := newEvent("Aida")
			document["Location"], document["Duration"] = place, 7
			made := w.addEvent(t, document)
			var read, written event
			a := w.Want(t, 200, "GET", "/events/"+made.ID, nil)
			a.JSON(t, &read)
			w.Want(t, 200, "PUT", "/events/"+made.ID, string(a.Body), "If-Match", a.Header.Get("ETag")).JSON(t, &written)
			read.Version++
			if diff := cmp.Diff(read, written); diff != "" {
				t.Errorf("(-read +written):\n%s", diff)
			}
		})
	}
	a := w.Want(t, 200, "GET", "/locations/"+known.ID, nil)
	var written location
	w.Want(t, 200, "PUT", "/locations/"+known.ID, string(a.Body)).JSON(t, &written)
	known.Version++
	if diff := cmp.Diff(known, written); diff != "" {
		t.Errorf("(-read +written):\n%s", diff)
	}
}

// TestEventOfADeletedLocation shows that an event whose place is gone can still be changed, and stays there.
func TestEventOfADeletedLocation(t *testing.T) {
	w := newWorld(t, true)
	l := w.addLocation(t, object{"Name": "Tent", "Halls": halls(5)})
	past := object{"Name": "Bygone", "StartDate": 1000, "EndDate": 2000, "Location": object{"ID": l.ID}}
	made := w.addEvent(t, past)
	w.Want(t, 200, "PUT", "/locations/"+l.ID, object{"Name": "Big tent"})
	w.Want(t, 204, "DELETE", "/locations/"+l.ID, nil)
	var read event
	a := w.Want(t, 200, "GET", "/events/"+made.ID, nil)
	a.JSON(t, &read)
	if read.Location.Name != "Big tent" || *read.Capacity != 5 {
		t.Errorf("it is shown at %+v", read.Location)
	}
	w.Want(t, 200, "PUT", "/events/"+made.ID, strings.Replace(string(a.Body), "Bygone", "Gone", 1)).JSON(t, &read)
	if read.Name != "Gone" || read.Location.ID != l.ID || *read.Capacity != 5 {
		t.Errorf("it was changed to %+v", read)
	}
	w.Want(t, 422, "POST", "/events", past)
}

// TestDuration shows that it is kept as it was sent, and made from the dates only where it is absent.
func TestDuration(t *testing.T) {
	w := newWorld(t, true)
	for _, c := range []struct {
		sent any
		want int64
	}{{nil, 120}, {0, 0}, {45, 45}, {100_000, 100_000}} {
		document := newEvent("A")
		document["Duration"] = c.sent
		if got := w.addEvent(t, document).Duration; got != c.want {
			t.Errorf("%v is kept as %d, want %d", c.sent, got, c.want)
		}
	}
}
