package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"myevents/eventservice/announce"
	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
	"myevents/lib/rest"
	"myevents/lib/telemetry/tracing"
)

var errCancelled = errors.New("the event is cancelled")

func (s *Server) getEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := s.event(r)
	if err != nil {
		return err
	}
	return writeEvent(w, r, http.StatusOK, e)
}

func (s *Server) event(r *http.Request) (*catalogue.Entry, error) {
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return nil, err
	}
	return s.catalogue.Event(r.Context(), id)
}

// searchEvent is the book's way to one event: /events/id/… and /events/name/….
func (s *Server) searchEvent(w http.ResponseWriter, r *http.Request) error {
	search := rest.Var(r, "search")
	var e *catalogue.Entry
	var err error
	switch criterion := rest.Var(r, "SearchCriteria"); strings.ToLower(criterion) {
	case "id":
		var id persistence.ID
		if id, err = persistence.ParseID(search); err == nil {
			e, err = s.catalogue.Event(r.Context(), id)
		}
	case "name":
		if err = s.catalogue.Ready(); err == nil {
			e, err = s.catalogue.EventNamed(search, now())
		}
	default:
		err = rest.Errorf(http.StatusNotFound, "events are searched by id or by name, not by %q", criterion)
	}
	if err != nil {
		return err
	}
	return writeEvent(w, r, http.StatusOK, e)
}

func (s *Server) addEvent(w http.ResponseWriter, r *http.Request) error {
	var in eventInput
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	intent, err := s.intent(r, in)
	if err != nil {
		return err
	}
	var f faults
	e := in.event(&f)
	wanted := e.ID
	e.ID, e.Version, e.Request, e.OrganiserID = intent.id("event", wanted), 1, intent.mark, intent.organiser
	if len(f) == 0 && intent.namesID(wanted) { // nothing may be stored, also no location, if this one is there already
		have, err := s.repeatedEvent(r.Context(), e.ID, intent, wanted)
		if !errors.Is(err, persistence.ErrNotFound) {
			return s.created(w, r, have, err)
		}
	}
	place, err := s.place(r.Context(), in.Location, intent, persistence.Location{}, &f)
	if err := errors.Join(err, f.err()); err != nil {
		return err
	}
	if place, err = s.storeNew(r.Context(), place, intent); err != nil {
		return err
	}
	e.Location = place.withHalls(in.Location)
	e, err = s.storeEvent(r.Context(), e, place.Location, intent, wanted)
	return s.created(w, r, e, err)
}

func (s *Server) created(w http.ResponseWriter, r *http.Request, e persistence.Event, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/events/"+e.ID.String())
	return writeEvent(w, r, http.StatusCreated, s.catalogue.Show(e))
}

// repeatedEvent finds the event that the same request stored before. ErrNotFound if there is none of this ID.
func (s *Server) repeatedEvent(
	ctx context.Context, id persistence.ID, i intent, wanted persistence.ID,
) (persistence.Event, error) {
	have, err := s.store.FindEvent(ctx, id)
	if err != nil {
		return have, err
	}
	return have, i.repeated(have.Request, wanted)
}

// storeEvent stores a new event. If the same request stored it before, it answers with that one.
func (s *Server) storeEvent(
	ctx context.Context, e persistence.Event, place persistence.Location, i intent, wanted persistence.ID,
) (persistence.Event, error) {
	message := announce.EventCreated(e, place)
	message.Trace = tracing.Parent(ctx)
	err := s.store.AddEvent(ctx, e, message)
	if errors.Is(err, persistence.ErrExists) {
		return s.repeatedEvent(ctx, e.ID, i, wanted)
	}
	if err != nil {
		return e, err
	}
	s.publisher.Offer(message)
	return e, nil
}

func (s *Server) changeEvent(w http.ResponseWriter, r *http.Request) error {
	var in eventInput
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	have, ifVersion, err := s.target(r)
	if err != nil {
		return err
	}
	if have.Cancelled {
		return errCancelled
	}
	var f faults
	wish := in.event(&f)
	intent := intent{organiser: have.OrganiserID}
	place, err := s.place(r.Context(), in.Location, intent, have.Location, &f)
	if err := errors.Join(err, f.err()); err != nil {
		return err
	}
	if place, err = s.storeNew(r.Context(), place, intent); err != nil {
		return err
	}
	return s.rewrite(w, r, have.ID, ifVersion, func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		if e.Cancelled {
			return e, persistence.Message{}, errCancelled
		}
		e.Name, e.Duration, e.StartDate, e.EndDate = wish.Name, wish.Duration, wish.StartDate, wish.EndDate
		e.Location = place.withHalls(in.Location)
		e.Version++
		return e, announce.EventUpdated(e, place.Location), nil
	})
}

// cancelEvent cancels an event; one that is cancelled already stays as it is.
func (s *Server) cancelEvent(w http.ResponseWriter, r *http.Request) error {
	have, ifVersion, err := s.target(r)
	if err != nil {
		return err
	}
	shown := s.catalogue.Show(have)
	if have.Cancelled {
		return writeEvent(w, r, http.StatusOK, shown)
	}
	err = s.rewrite(w, r, have.ID, ifVersion, func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		if e.Cancelled {
			return e, persistence.Message{}, errCancelled
		}
		e.Cancelled = true
		e.Version++
		return e, announce.EventCancelled(e, shown.Location), nil
	})
	if errors.Is(err, errCancelled) { // by somebody else, just now
		if have, err = s.store.FindEvent(r.Context(), have.ID); err == nil {
			return writeEvent(w, r, http.StatusOK, s.catalogue.Show(have))
		}
	}
	return err
}

// target finds the event that a request is to change, which its caller may change, as the store has it, and the version
// that it is meant for, 0 for any. Whose an event is never changes. ErrNotFound, ErrVersion, auth.ErrNotYours.
func (s *Server) target(r *http.Request) (have persistence.Event, ifVersion int64, err error) {
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return have, 0, err
	}
	if have, err = s.store.FindEvent(r.Context(), id); err != nil {
		return have, 0, err
	}
	caller, _ := rest.Caller(r)
	if err := caller.MayChange(have.OrganiserID); err != nil {
		return have, 0, err
	}
	ifVersion, err = ifMatch(r)
	if err == nil && ifVersion != 0 && ifVersion != have.Version {
		err = persistence.ErrVersion
	}
	return have, ifVersion, err
}

func (s *Server) rewrite(
	w http.ResponseWriter, r *http.Request, id persistence.ID, ifVersion int64, change persistence.EventChange,
) error {
	traced := func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		e, message, err := change(e)
		message.Trace = tracing.Parent(r.Context())
		return e, message, err
	}
	e, err := s.store.ChangeEvent(r.Context(), id, ifVersion, traced)
	if err != nil {
		return err
	}
	s.publisher.Offer()
	return writeEvent(w, r, http.StatusOK, s.catalogue.Show(e))
}
