package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"myevents/bookingservice/ledger"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// printed is what a printer makes of a log with everything in it.
func printed(t *testing.T, set func(*ledger.Printer)) []string {
	t.Helper()
	var out strings.Builder
	p := ledger.NewPrinter(&out)
	set(p)
	capacity := int64(5)
	state := contracts.BookingState{
		EventID: persistence.ID{1}.String(), UserID: persistence.ID{3}.String(), BookingID: persistence.ID{4}.String(),
		Seats: 2, Version: 1, Decision: contracts.Decision{Sequence: 2, Booked: 2, Capacity: &capacity}, Date: time.Unix(1, 0),
	}
	all := []msgqueue.Envelope{
		envelope(t, "1", &contracts.LocationCreated{LocationState: contracts.LocationState{
			ID: persistence.ID{2}.String(), Name: "Mill\n", Version: 1,
		}}),
		envelope(t, "2", &contracts.EventCreated{EventState: contracts.EventState{
			ID: persistence.ID{1}.String(), Name: "Concert", Start: time.Unix(0, 0).UTC(), End: time.Unix(1, 0), Version: 1,
		}}),
		envelope(t, "3", &contracts.AvailabilityChanged{
			EventID: persistence.ID{1}.String(), Decision: contracts.Decision{Sequence: 1}, Cancelled: true,
		}),
		envelope(t, "4", &contracts.EventBooked{BookingState: state}),
		{ID: "5", Name: "unheard.of", Body: []byte("what\n?")},
	}
	for n := range all {
		all[n].Time = time.Unix(int64(1000*n), 0).UTC()
	}
	all[3].Key = "" // of a sender who knows no keys
	for _, e := range all {
		if err := p.Print("7", e); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestPrint(t *testing.T) {
	event, booking := persistence.ID{1}.String(), persistence.ID{4}.String()
	got := printed(t, func(*ledger.Printer) {})
	want := []string{
		`1970-01-01T00:00:00Z  location.created      location ` + persistence.ID{2}.String() + `, version 1: "Mill\n", ""`,
		`1970-01-01T00:16:40Z  event.created         event ` + event + `, version 1: "Concert" on 1970-01-01T00:00:00Z, any number of seats`,
		`1970-01-01T00:33:20Z  availability.changed  event ` + event + `, decision 1: 0 booked of any number of seats, cancelled`,
		`1970-01-01T00:50:00Z  event.booked          event ` + event + `, decision 2: booking ` + booking + ` holds 2, 2 booked of 5 seats`,
		`1970-01-01T01:06:40Z  unheard.of            "what\n?"`,
	}
	if got, want := strings.Join(got, "\n"), strings.Join(want, "\n"); got != want {
		t.Errorf("it printed\n%s\nwant\n%s", got, want)
	}
	if got := printed(t, func(p *ledger.Printer) { p.Event = persistence.ID{1} }); len(got) != 3 {
		t.Errorf("of one event it printed\n%s", strings.Join(got, "\n"))
	}
	if got := printed(t, func(p *ledger.Printer) { p.From = time.Unix(3000, 0) }); len(got) != 2 {
		t.Errorf("from a time on it printed\n%s", strings.Join(got, "\n"))
	}
}

func TestPrintJSON(t *testing.T) {
	got := printed(t, func(p *ledger.Printer) { p.JSON = true })
	if len(got) != 5 {
		t.Fatalf("it printed\n%s", strings.Join(got, "\n"))
	}
	var line struct {
		Position, Name, ID string
		Time               time.Time
		Body               contracts.EventBooked
	}
	if err := json.Unmarshal([]byte(got[3]), &line); err != nil || line.Position != "7" || line.Name != "event.booked" ||
		line.ID != "4" || line.Time.Unix() != 3000 || line.Body.Booked != 2 {
		t.Errorf("%s is %+v, %v", got[3], line, err)
	}
	if want := `"body":"what\n?"`; !strings.Contains(got[4], want) {
		t.Errorf("%s lacks %s", got[4], want)
	}
}
