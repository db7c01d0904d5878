package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"myevents/bookingservice/listener"
	"myevents/lib/contracts"
	"myevents/lib/inventory"
	"myevents/lib/msgqueue"
	"myevents/lib/persistence"
)

const (
	// writers is how many documents are written at the same time, so that an embedded store synchronises for many at once.
	writers = 64
	// writeTimeout bounds what is done for one of them.
	writeTimeout = 30 * time.Second
)

// ErrNotEmpty means that a store which is to be filled has events already.
var ErrNotEmpty = errors.New("the store is not empty")

// State is what a log says of the inventories and locations of the booking service. It grows with the number of events
// and locations, not with that of messages. It is used by one goroutine.
type State struct {
	// Until, if it is not zero, leaves out what happened later.
	Until       time.Time
	Inventories map[persistence.ID]persistence.Inventory
	Locations   map[persistence.ID]persistence.Location
	// Messages is how many were taken; Unreadable of these make no sense, and were left out, as the service does.
	Messages, Unreadable int

	mapper msgqueue.EventMapper
	// each, if not nil, is told of every decision.
	each func(decision)
}

// NewState makes an empty state, up to a moment, or up to now where that is zero.
func NewState(until time.Time) *State {
	return &State{
		Until: until, Inventories: make(map[persistence.ID]persistence.Inventory),
		Locations: make(map[persistence.ID]persistence.Location), mapper: msgqueue.NewMapper(contracts.New()),
	}
}

// Add takes what an envelope says, by versions and sequences: its place in the log does not matter. It is an Entry.
func (s *State) Add(_ msgqueue.Position, e msgqueue.Envelope) error {
	if !s.Until.IsZero() && e.Time.After(s.Until) {
		return nil
	}
	s.Messages++
	event, err := s.mapper.MapEvent(e.Name, e.Body)
	if errors.Is(err, msgqueue.ErrUnknownEvent) {
		return nil
	}
	if err == nil {
		err = s.add(event, e.Time)
	}
	if err != nil {
		s.Unreadable++
	}
	return nil
}

func (s *State) add(event msgqueue.Event, at time.Time) error {
	if d, ok, err := readDecision(event); ok || err != nil {
		if err == nil {
			s.decided(d)
		}
		return err
	}
	copied, err := listener.Read(event)
	if err != nil {
		return err
	}
	if l := copied.Location; l.Version > s.Locations[l.ID].Version {
		s.Locations[l.ID] = l
	}
	if !copied.Event.ID.IsZero() {
		s.adopt(copied.Event, at)
	}
	return nil
}

// adopt takes a copy over as the service does.
func (s *State) adopt(e persistence.EventCopy, at time.Time) {
	have := s.Inventories[e.ID]
	changes, _ := inventory.Decide(persistence.Snapshot{EventID: e.ID, Inventory: have},
		[]inventory.Request{inventory.Adopt{Event: e, Date: at.Unix()}})
	for _, c := range changes {
		have.Event = c.Inventory.Event // its sequence is that of the decisions that are in the log
		s.Inventories[e.ID] = have
	}
}

func (s *State) decided(d decision) {
	if s.each != nil {
		s.each(d)
	}
	have := s.Inventories[d.event]
	if d.Sequence > have.Sequence {
		have.Sequence, have.Booked = d.Sequence, d.Booked
		s.Inventories[d.event] = have
	}
}

// Write fills an empty store with the state. It tells nobody: the messages that told of it are those of the log.
// Bookings are not written. ErrNotEmpty.
func (s *State) Write(ctx context.Context, store persistence.BookingHandler) error {
	found, err := store.FindInventories(ctx, persistence.ID{}, persistence.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return ErrNotEmpty
	}
	err = each(ctx, maps.Values(s.Locations), store.SaveLocation)
	if err != nil {
		return fmt.Errorf("writing locations: %w", err)
	}
	err = each(ctx, maps.Values(s.Inventories), func(ctx context.Context, i persistence.Inventory) error {
		if i.Event.Version == 0 { // decisions about an event of which the log says nothing else
			return nil
		}
		empty, err := store.Load(ctx, i.Event.ID)
		if err != nil {
			return err
		}
		return store.Commit(ctx, empty, []persistence.Change{{Inventory: i}})
	})
	if err != nil {
		return fmt.Errorf("writing events: %w", err)
	}
	return nil
}

// each does something with every document, several at a time, and ends with the first error.
func each[T any](ctx context.Context, all iter.Seq[T], do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for document := range all {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, writeTimeout)
			defer cancel()
			return do(ctx, document)
		})
	}
	return group.Wait()
}
