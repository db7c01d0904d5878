package ledger

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

// Printer writes what the log has, a line each. It is made by NewPrinter.
type Printer struct {
	// JSON has it write JSON instead of text.
	JSON bool
	// Event, if it is not zero, leaves out what is about other events, and From what is older.
	Event persistence.ID
	From  time.Time

	out    io.Writer
	mapper msgqueue.EventMapper
}

// NewPrinter makes a printer of everything, as text.
func NewPrinter(out io.Writer) *Printer {
	return &Printer{out: out, mapper: msgqueue.NewMapper(contracts.New())}
}

// Print writes an envelope, unless it is to be left out. It is an Entry.
func (p *Printer) Print(at msgqueue.Position, e msgqueue.Envelope) error {
	if e.Time.Before(p.From) {
		return nil
	}
	event, err := p.mapper.MapEvent(e.Name, e.Body)
	if !p.Event.IsZero() && p.Event.String() != keyOf(e, event) {
		return nil
	}
	if p.JSON {
		return p.printJSON(at, e)
	}
	what := fmt.Sprintf("%q", e.Body)
	if err == nil {
		what = describe(event)
	}
	_, err = fmt.Fprintf(p.out, "%s  %-20s  %s\n", e.Time.Format(time.RFC3339), e.Name, what)
	return err
}

// keyOf is the ID of the event or location that an envelope is about, as whoever sent it says, or as its event does.
func keyOf(e msgqueue.Envelope, event msgqueue.Event) string {
	if e.Key == "" && event != nil {
		return strings.ToLower(event.PartitionKey())
	}
	return strings.ToLower(e.Key)
}

func (p *Printer) printJSON(at msgqueue.Position, e msgqueue.Envelope) error {
	var body any = string(e.Body)
	if json.Valid(e.Body) {
		body = json.RawMessage(e.Body)
	}
	return json.NewEncoder(p.out).Encode(struct {
		Position msgqueue.Position `json:"position"`
		ID       string            `json:"id"`
		Name     string            `json:"name"`
		Key      string            `json:"key"`
		Time     time.Time         `json:"time"`
		Body     any               `json:"body"`
	}{at, e.ID, e.Name, e.Key, e.Time, body})
}

// describe says in a few words what a domain event says.
func describe(e msgqueue.Event) string {
	switch e := e.(type) {
	case interface{ State() contracts.EventState }:
		s := e.State()
		return fmt.Sprintf("event %s, version %d: %q on %s, %s", s.ID, s.Version, s.Name, s.Start.Format(time.RFC3339),
			seats(s.Capacity))
	case interface {
		State() contracts.LocationState
	}:
		s := e.State()
		return fmt.Sprintf("location %s, version %d: %q, %q", s.ID, s.Version, s.Name, s.Address)
	case interface{ State() contracts.BookingState }:
		s := e.State()
		return fmt.Sprintf("event %s, decision %d: booking %s holds %d, %s", s.EventID, s.Sequence, s.BookingID, s.Seats,
			booked(s.Decision))
	case *contracts.AvailabilityChanged:
		text := fmt.Sprintf("event %s, decision %d: %s", e.EventID, e.Sequence, booked(e.Decision))
		if e.Cancelled {
			text += ", cancelled"
		}
		return text
	}
	return e.PartitionKey()
}

func booked(d contracts.Decision) string {
	return fmt.Sprintf("%d booked of %s", d.Booked, seats(d.Capacity))
}

func seats(capacity *int64) string {
	if capacity == nil {
		return "any number of seats"
	}
	return fmt.Sprintf("%d seats", *capacity)
}
