package rest

import (
	"context"
	"errors"
	"net/http"

	"myevents/eventservice/announce"
	"myevents/lib/persistence"
	"myevents/lib/rest"
	"myevents/lib/telemetry/tracing"
)

var errLocationInUse = errors.New("the location is in use")

// place is where an event is to happen: nowhere, at a location that is there, or at a new one that is yet to be stored.
type place struct {
	persistence.Location
	isNew  bool
	wanted persistence.ID // the ID that the client gave to the new one
}

// withHalls gives the location as the event keeps it: with halls of its own, where the input has any, and otherwise
// with those that the location has now.
func (p place) withHalls(in *locationInput) persistence.Location {
	l := p.Location
	if in != nil && in.Halls != nil {
		var none faults // they were checked when the input was read
		l.Halls = none.halls("", in.Halls)
	}
	l.Request = ""
	return l
}

// place finds the location that an event's input means, or reads the new one that it describes. had is the place that
// the event has now: there it can stay, even if the location was deleted.
func (s *Server) place(
	ctx context.Context, in *locationInput, i intent, had persistence.Location, f *faults,
) (place, error) {
	if in.none() {
		return place{}, nil
	}
	const prefix = "Location."
	id := f.id(prefix+"ID", in.ID)
	if !id.IsZero() {
		known, err := s.store.FindLocation(ctx, id)
		if errors.Is(err, persistence.ErrNotFound) && id == had.ID {
			known, err = had, nil
		}
		if err == nil {
			f.halls(prefix+"Halls", in.Halls)
			return place{Location: known}, nil
		}
		if !errors.Is(err, persistence.ErrNotFound) {
			return place{}, err
		}
		if in.Name == nil || *in.Name == "" {
			f.add(prefix+"ID", "there is no such location")
			return place{}, nil
		}
	}
	l := in.location(f, prefix, s.zone)
	l.ID, l.Version, l.Request, l.OrganiserID = i.id("place", id), 1, i.mark, i.organiser
	return place{Location: l, isNew: true, wanted: id}, nil
}

// storeNew stores the location if it is a new one.
func (s *Server) storeNew(ctx context.Context, p place, i intent) (place, error) {
	if !p.isNew {
		return p, nil
	}
	l, err := s.storeLocation(ctx, p.Location, i, p.wanted)
	return place{Location: l}, err
}

// storeLocation stores a new location. If the same request stored it before, it answers with that one.
func (s *Server) storeLocation(
	ctx context.Context, l persistence.Location, i intent, wanted persistence.ID,
) (persistence.Location, error) {
	message := announce.LocationCreated(l)
	message.Trace = tracing.Parent(ctx)
	err := s.store.AddLocation(ctx, l, message)
	if errors.Is(err, persistence.ErrExists) {
		have, err := s.store.FindLocation(ctx, l.ID)
		if errors.Is(err, persistence.ErrNotFound) {
			return have, persistence.ErrExists // as a tombstone
		}
		if err != nil {
			return have, err
		}
		return have, i.repeated(have.Request, wanted)
	}
	if err != nil {
		return l, err
	}
	s.catalogue.ApplyLocation(l)
	s.publisher.Offer(message)
	return l, nil
}

func (s *Server) addLocation(w http.ResponseWriter, r *http.Request) error {
	var in locationInput
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	intent, err := s.intent(r, in)
	if err != nil {
		return err
	}
	var f faults
	l := in.location(&f, "", s.zone)
	if err := f.err(); err != nil {
		return err
	}
	wanted := l.ID
	l.ID, l.Version, l.Request, l.OrganiserID = intent.id("location", wanted), 1, intent.mark, intent.organiser
	stored, err := s.storeLocation(r.Context(), l, intent, wanted)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/locations/"+stored.ID.String())
	return writeLocation(w, r, http.StatusCreated, stored)
}

func locationID(r *http.Request) (persistence.ID, error) {
	return persistence.ParseID(rest.Var(r, "locationID"))
}

func (s *Server) getLocation(w http.ResponseWriter, r *http.Request) error {
	id, err := locationID(r)
	if err != nil {
		return err
	}
	l, err := s.store.FindLocation(r.Context(), id)
	if err != nil {
		return err
	}
	return writeLocation(w, r, http.StatusOK, l)
}

func (s *Server) changeLocation(w http.ResponseWriter, r *http.Request) error {
	var in locationInput
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	var f faults
	wish := in.location(&f, "", s.zone)
	if err := f.err(); err != nil {
		return err
	}
	l, err := s.rewriteLocation(r, func(l persistence.Location) (persistence.Location, persistence.Message, error) {
		wish.ID, wish.OrganiserID, wish.Request, wish.Version = l.ID, l.OrganiserID, l.Request, l.Version+1
		return wish, announce.LocationUpdated(wish), nil
	})
	if err != nil {
		return err
	}
	return writeLocation(w, r, http.StatusOK, l)
}

// deleteLocation deletes a location, unless events that are still to come take place there.
func (s *Server) deleteLocation(w http.ResponseWriter, r *http.Request) error {
	id, err := locationID(r)
	if err != nil {
		return err
	}
	have, err := s.store.FindLocation(r.Context(), id)
	if err != nil {
		return err
	}
	ifVersion, err := rest.IfMatch(r)
	if err == nil && ifVersion != 0 && ifVersion != have.Version {
		err = persistence.ErrVersion
	}
	if err != nil {
		return err
	}
	if err := s.catalogue.Ready(); err != nil {
		return err
	}
	if s.catalogue.Used(id, now()) {
		return errLocationInUse
	}
	_, err = s.rewriteLocation(r, func(l persistence.Location) (persistence.Location, persistence.Message, error) {
		l.Deleted = true
		l.Version++
		return l, announce.LocationDeleted(l), nil
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// rewriteLocation changes the location that a request names, if it is the caller's.
func (s *Server) rewriteLocation(r *http.Request, change persistence.LocationChange) (persistence.Location, error) {
	id, err := locationID(r)
	if err != nil {
		return persistence.Location{}, err
	}
	ifVersion, err := rest.IfMatch(r)
	if err != nil {
		return persistence.Location{}, err
	}
	caller, _ := rest.Caller(r)
	own := func(l persistence.Location) (persistence.Location, persistence.Message, error) {
		if err := caller.MayChange(l.OrganiserID); err != nil {
			return l, persistence.Message{}, err
		}
		l, message, err := change(l)
		message.Trace = tracing.Parent(r.Context())
		return l, message, err
	}
	l, err := s.store.ChangeLocation(r.Context(), id, ifVersion, own)
	if err != nil {
		return l, err
	}
	s.catalogue.ApplyLocation(l)
	s.publisher.Offer()
	return l, nil
}
