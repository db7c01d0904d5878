package inventory

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"myevents/lib/persistence"
)

// model is the naive idea of an event: it decides one request at a time and remembers everything.
type model struct {
	event    persistence.EventCopy
	bookings map[persistence.ID]persistence.Booking
	sequence int64
}

func (m *model) booked() (sum int64) {
	for _, b := range m.bookings {
		sum += b.Seats
	}
	return sum
}

// want is the answer that the model gives: the booking and whether it was refused.
func (m *model) want(r Request) (persistence.Booking, bool) {
	switch r := r.(type) {
	case Adopt:
		m.adopt(r.Event, r.Date)
		return persistence.Booking{}, true
	case Book:
		return m.book(r)
	case Keep:
		return m.keep(r)
	}
	return persistence.Booking{}, false
}

func (m *model) adopt(e persistence.EventCopy, date int64) {
	if e.Version <= m.event.Version {
		return
	}
	e.Cancelled = e.Cancelled || m.event.Cancelled
	if m.event.Version == 0 || m.event.Capacity != e.Capacity || m.event.Cancelled != e.Cancelled {
		m.sequence++
	}
	e.Moved = m.event.Moved
	if m.event.Version > 0 && (m.event.StartDate != e.StartDate || m.event.LocationID != e.LocationID) {
		e.Moved = date
	}
	m.event = e
}

func (m *model) book(r Book) (persistence.Booking, bool) {
	if b, ok := m.bookings[r.ID]; ok {
		return b, b.Asked == r.Seats && b.UserID == r.UserID
	}
	fits := !m.event.Capacity.Limited() || m.booked()+r.Seats <= int64(m.event.Capacity)
	if m.event.Version == 0 || m.event.Cancelled || r.Date >= m.event.EndDate || !fits {
		return persistence.Booking{}, false
	}
	b := persistence.Booking{
		ID: r.ID, EventID: eventID, UserID: r.UserID, Seats: r.Seats, Asked: r.Seats, Date: r.Date, Version: 1,
	}
	m.bookings[r.ID] = b
	m.sequence++
	return b, true
}

func (m *model) keep(r Keep) (persistence.Booking, bool) {
	b, ok := m.bookings[r.ID]
	if !ok || b.Seats == r.Seats && r.Reason == "" || b.Reason != "" && r.Seats == 0 {
		return b, ok
	}
	if b.Seats == 0 || r.Seats > b.Seats || m.event.Cancelled || r.Date >= m.event.EndDate {
		return b, false
	}
	b.Seats, b.Reason = r.Seats, r.Reason
	b.Version++
	m.bookings[r.ID] = b
	m.sequence++
	return b, true
}

var eventID = persistence.ID{1}

func requests() *rapid.Generator[Request] {
	id := rapid.Custom(func(t *rapid.T) persistence.ID { return persistence.ID{2, rapid.Byte().Draw(t, "id") % 6} })
	user := rapid.Custom(func(t *rapid.T) persistence.ID { return persistence.ID{3, rapid.Byte().Draw(t, "user") % 2} })
	date := rapid.SampledFrom([]int64{50, 50, 50, 50, 150})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) Request {
			return Book{
				ID: id.Draw(t, "booking"), UserID: user.Draw(t, "by"), Seats: rapid.Int64Range(1, 4).Draw(t, "seats"),
				Date: date.Draw(t, "date"),
			}
		}),
		rapid.Custom(func(t *rapid.T) Request {
			k := Keep{ID: id.Draw(t, "booking"), Seats: rapid.Int64Range(0, 4).Draw(t, "keep"), Date: date.Draw(t, "date")}
			if k.Seats == 0 {
				k.Reason = rapid.SampledFrom([]string{"", "ill", "late"}).Draw(t, "reason")
			}
			return k
		}),
		rapid.Custom(func(t *rapid.T) Request {
			return Adopt{Date: date.Draw(t, "date"), Event: persistence.EventCopy{
				ID: eventID, Version: rapid.Int64Range(1, 9).Draw(t, "version"), EndDate: 100,
				StartDate:  rapid.Int64Range(1, 2).Draw(t, "start"),
				LocationID: persistence.ID{rapid.Byte().Draw(t, "location") % 2},
				Capacity:   rapid.SampledFrom([]persistence.Capacity{0, 3, 7, 12, persistence.Unlimited}).Draw(t, "capacity"),
				Cancelled:  rapid.IntRange(0, 9).Draw(t, "cancelled") == 0,
			}}
		}),
	)
}

// TestDecideIsTheNaiveModel commits any rounds of any requests and compares every answer and the state after each
// round.
func TestDecideIsTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{bookings: make(map[persistence.ID]persistence.Booking)}
		s := persistence.Snapshot{EventID: eventID, Bookings: make(map[persistence.ID]persistence.Booking)}
		for _, round := range rapid.SliceOfN(rapid.SliceOfN(requests(), 1, 8), 1, 12).Draw(t, "rounds") {
			for len(round) > 0 {
				round = decideAndCompare(t, m, &s, round)
			}
			want := persistence.Inventory{Event: m.event, Booked: m.booked(), Sequence: m.sequence}
			if d := cmp.Diff(want, s.Inventory); d != "" {
				t.Fatalf("the inventory differs (-model +decided):\n%s", d)
			}
			if d := cmp.Diff(m.bookings, s.Bookings); d != "" {
				t.Fatalf("the bookings differ (-model +decided):\n%s", d)
			}
		}
	})
}

// decideAndCompare decides a round, applies it to the snapshot, and gives back the requests that wait for the next one.
func decideAndCompare(t *rapid.T, m *model, s *persistence.Snapshot, round []Request) (again []Request) {
	before := s.Inventory
	changes, answers := Decide(*s, round)
	for n, r := range round {
		if errors.Is(answers[n].Err, errNextRound) {
			again = append(again, r)
			continue
		}
		booking, ok := m.want(r)
		if (answers[n].Err == nil) != ok {
			t.Fatalf("%+v was answered %v, the model says %t", r, answers[n].Err, ok)
		}
		if ok && answers[n].Booking != booking {
			t.Fatalf("%+v was answered with %+v, the model has %+v", r, answers[n].Booking, booking)
		}
	}
	ops := make(map[persistence.ID]bool)
	for _, c := range changes {
		s.Inventory = c.Inventory
		if c.Booking == nil {
			continue
		}
		if ops[c.Booking.ID] {
			t.Fatalf("two changes of the booking %v in one commit", c.Booking.ID)
		}
		ops[c.Booking.ID] = true
		s.Bookings[c.Booking.ID] = *c.Booking
		if c.Inventory.Booked > before.Booked && c.Inventory.Event.Capacity.Limited() &&
			c.Inventory.Booked > int64(c.Inventory.Event.Capacity) {
			t.Fatalf("oversold: %+v", c.Inventory)
		}
		before = c.Inventory
	}
	return again
}

// TestRefusals has each refusal by name.
func TestRefusals(t *testing.T) {
	open := persistence.EventCopy{ID: eventID, Version: 1, EndDate: 100, Capacity: 5}
	cancelled, over := open, open
	cancelled.Cancelled, over.EndDate = true, 10
	id, user := persistence.ID{2}, persistence.ID{3}
	booked := persistence.Booking{ID: id, EventID: eventID, UserID: user, Seats: 2, Asked: 3, Date: 20, Version: 2}
	none, foreign := booked, booked
	none.Seats, foreign.EventID = 0, persistence.ID{9}
	withReason := none
	withReason.Reason = "ill"

	for name, c := range map[string]struct {
		event   persistence.EventCopy
		have    *persistence.Booking
		request Request
		want    error
	}{
		"unknown event":           {persistence.EventCopy{}, nil, Book{ID: id, Seats: 1}, ErrUnknownEvent},
		"cancelled":               {cancelled, nil, Book{ID: id, Seats: 1}, ErrCancelled},
		"over":                    {over, nil, Book{ID: id, Seats: 1, Date: 10}, ErrOver},
		"no seats":                {open, nil, Book{ID: id}, ErrSeats},
		"negative seats":          {open, nil, Book{ID: id, Seats: -1}, ErrSeats},
		"another request":         {open, &booked, Book{ID: id, UserID: user, Seats: 2}, ErrOtherRequest},
		"another user":            {open, &booked, Book{ID: id, UserID: persistence.ID{4}, Seats: 3}, ErrOtherUser},
		"another event's booking": {open, &foreign, Book{ID: id, UserID: user, Seats: 3}, ErrOtherEvent},
		"repeated":                {cancelled, &booked, Book{ID: id, UserID: user, Seats: 3}, nil},
		"keep of nothing":         {open, nil, Keep{ID: id}, ErrNoBooking},
		"keep of another event's": {open, &foreign, Keep{ID: id}, ErrNoBooking},
		"keep what was given up":  {open, &none, Keep{ID: id, Seats: 1}, ErrGivenBack},
		"keep of a past event":    {over, &booked, Keep{ID: id, Seats: 1, Date: 10}, ErrOver},
		"keep of a cancelled one": {cancelled, &booked, Keep{ID: id, Seats: 1}, ErrCancelled},
		"keep repeated":           {cancelled, &booked, Keep{ID: id, Seats: 2}, nil},
		"a reason too late":       {open, &none, Keep{ID: id, Reason: "ill"}, ErrGivenBack},
		"another reason":          {open, &withReason, Keep{ID: id, Reason: "late"}, nil},
		"none any more":           {open, &withReason, Keep{ID: id}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := persistence.Snapshot{EventID: eventID, Inventory: persistence.Inventory{Event: c.event}}
			if c.have != nil {
				s.Bookings = map[persistence.ID]persistence.Booking{id: *c.have}
			}
			changes, answers := Decide(s, []Request{c.request})
			if !errors.Is(answers[0].Err, c.want) || len(changes) != 0 {
				t.Errorf("got %v and %d changes, want %v and none", answers[0].Err, len(changes), c.want)
			}
		})
	}

	t.Run("sold out", func(t *testing.T) {
		s := persistence.Snapshot{EventID: eventID, Inventory: persistence.Inventory{Event: open, Booked: 3}}
		_, answers := Decide(s, []Request{Book{ID: id, Seats: 3}})
		var soldOut *SoldOutError
		if !errors.As(answers[0].Err, &soldOut) || soldOut.Left != 2 {
			t.Errorf("got %v, want 2 left", answers[0].Err)
		}
	})
	t.Run("keep more", func(t *testing.T) {
		s := persistence.Snapshot{
			EventID: eventID, Inventory: persistence.Inventory{Event: open},
			Bookings: map[persistence.ID]persistence.Booking{id: booked},
		}
		_, answers := Decide(s, []Request{Keep{ID: id, Seats: 3}})
		var keep *KeepError
		if !errors.As(answers[0].Err, &keep) || keep.Holds != 2 {
			t.Errorf("got %v, want that it holds 2", answers[0].Err)
		}
	})
}
