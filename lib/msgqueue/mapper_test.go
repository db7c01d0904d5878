package msgqueue_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
)

const (
	changed = `{"eventId":"5a8c0f2e9d3b4c1a7e6f0001","sequence":18,"booked":40,"capacity":1000,"cancelled":true}`
	later   = `{"eventId":"5a8c0f2e9d3b4c1a7e6f0001","sequence":18,"booked":40,"capacity":1000,"cancelled":true,"x":[{}]}`
)

func TestMapEvent(t *testing.T) {
	mapper := msgqueue.NewMapper(contracts.New())
	want := &contracts.AvailabilityChanged{
		EventID:   "5a8c0f2e9d3b4c1a7e6f0001",
		Decision:  contracts.Decision{Sequence: 18, Booked: 40, Capacity: new(int64(1000))},
		Cancelled: true,
	}
	for _, body := range []string{changed, later} {
		got, err := mapper.MapEvent("availability.changed", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(msgqueue.Event(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestMapEventRefuses(t *testing.T) {
	mapper := msgqueue.NewMapper(contracts.New())
	for _, c := range []struct {
		name, event, body string
		says              string
		unknown           bool
	}{
		{"unknown name", "event.postponed", changed, `"event.postponed"`, true},
		{"no name", "", changed, `""`, true},
		{"name in another case", "Availability.Changed", changed, `"Availability.Changed"`, true},
		{"no JSON", "availability.changed", "sold out", "invalid character", false},
		{"no body", "availability.changed", "", "unexpected end", false},
		{"half a body", "availability.changed", changed[:40], "unexpected end", false},
		{"two bodies", "availability.changed", changed + changed, "after top-level value", false},
		{"null", "availability.changed", "null", "sequence must be at least 1", false},
		{"another type", "availability.changed", `[1]`, "array", false},
		{"a field of another type", "availability.changed", `{"booked":"40"}`, "booked", false},
		{"an invalid event", "availability.changed", `{}`, "sequence must be at least 1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			event, err := mapper.MapEvent(c.event, []byte(c.body))
			if err == nil {
				t.Fatalf("got %v, want an error", event)
			}
			if got := errors.Is(err, msgqueue.ErrUnknownEvent); got != c.unknown {
				t.Errorf("is ErrUnknownEvent: %t, want %t (%v)", got, c.unknown, err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// bare is an event that cannot be invalid.
type bare struct{ Name string }

func (*bare) EventName() string    { return "bare" }
func (*bare) PartitionKey() string { return "" }

func TestMapEventWithoutValidation(t *testing.T) {
	mapper := msgqueue.NewMapper(map[string]func() *bare{"bare": func() *bare { return new(bare) }})
	got, err := mapper.MapEvent("bare", []byte(`{"Name":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(msgqueue.Event(&bare{Name: "x"}), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMapped(t *testing.T) {
	failure := errors.New("the handler fails")
	var unknown []string
	var handled []msgqueue.Event
	handle := msgqueue.Mapped(msgqueue.NewMapper(contracts.New()),
		func(name string) { unknown = append(unknown, name) },
		func(_ context.Context, e msgqueue.Event) error {
			handled = append(handled, e)
			return failure
		})
	send := func(name, body string) error {
		return handle(t.Context(), msgqueue.Envelope{ID: "1", Name: name, Body: []byte(body)})
	}
	if err := send("event.postponed", `{}`); err != nil {
		t.Errorf("an unknown event is not skipped: %v", err)
	}
	if err := send("availability.changed", `{}`); err == nil || errors.Is(err, failure) {
		t.Errorf("a body that will never be right gives %v", err)
	}
	if err := send("availability.changed", changed); !errors.Is(err, failure) {
		t.Errorf("the handler's error comes back as %v", err)
	}
	if !slices.Equal(unknown, []string{"event.postponed"}) {
		t.Errorf("reported as unknown: %q", unknown)
	}
	if len(handled) != 1 {
		t.Errorf("%d events were handled, want 1", len(handled))
	}
}

// FuzzMapEvent feeds the mapper what anybody could put on the broker: it never panics, and what it lets through is
// valid and of the name that was asked for.
func FuzzMapEvent(f *testing.F) {
	bodies, err := filepath.Glob("../contracts/testdata/*.golden.json")
	if err != nil || len(bodies) == 0 {
		f.Fatalf("there are no seeds: %v", err)
	}
	for _, path := range bodies {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".golden.json")
		f.Add(name, body)
		f.Add(name, body[:len(body)/2])
	}
	for _, body := range []string{
		``, `null`, `{}`, `[]`, `"x"`, `{"id":null}`, `{"seats":1e99}`, `{"version":9223372036854775808}`,
		`{"start_date":"9999-99-99"}`, `{"halls":[null]}`, "\xff", `{"ID":"5A8C0F2E9D3B4C1A7E6F0001"}`, later,
	} {
		for _, name := range contracts.Names() {
			f.Add(name, []byte(body))
		}
	}
	f.Add("event.postponed", []byte(changed))
	mapper := msgqueue.NewMapper(contracts.New())
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		event, err := mapper.MapEvent(name, body)
		if err != nil {
			if event != nil {
				t.Errorf("an event comes with the error %v", err)
			}
			return
		}
		if event.EventName() != name {
			t.Errorf("asked for %q, got %q", name, event.EventName())
		}
		if err := event.(contracts.Event).Validate(); err != nil {
			t.Errorf("let through: %v", err)
		}
	})
}
