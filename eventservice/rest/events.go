package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"myevents/eventservice/announce"
	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

var errCancelled = errors.New("the event is cancelled")

func (s *Server) listEvents(w http.ResponseWriter, r *http.Request) error {
	list, err := s.list(r)
	if err != nil {
		return err
	}
	if list.Next != "" {
		next := r.URL.Query()
		next.Set("after", list.Next)
		w.Header().Set("Link", "<?"+next.Encode()+`>; rel="next"`)
	}
	return writeList(w, r, list)
}

// list finds the events that a request's query asks for.
func (s *Server) list(r *http.Request) (*catalogue.List, error) {
	query, err := readQuery(r)
	if err != nil {
		return nil, err
	}
	list, err := s.catalogue.List(now(), query)
	if errors.Is(err, catalogue.ErrCursor) {
		return nil, rest.Malformed("after", "must be the cursor of a page of this very query")
	}
	return list, err
}

func readQuery(r *http.Request) (catalogue.Query, error) {
	if r.URL.RawQuery == "" {
		return catalogue.Query{}, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return catalogue.Query{}, rest.Malformed("query", "cannot be read")
	}
	var f faults
	location := values.Get("location")
	q := catalogue.Query{
		Text:     f.parameter("q", values),
		From:     f.instant("from", values.Get("from"), false),
		To:       f.instant("to", values.Get("to"), true),
		Country:  f.parameter("country", values),
		Location: f.id("location", &location),
		Limit:    f.limit(values.Get("limit"), catalogue.MaxLimit),
		After:    values.Get("after"),
	}
	if len(f) > 0 {
		return q, &rest.Error{Status: http.StatusBadRequest, Detail: "the query is not right", Fields: f}
	}
	return q, nil
}

func (f *faults) parameter(name string, values url.Values) string {
	value := values.Get(name)
	return strings.TrimSpace(f.text(name, &value, maxName))
}

// writeList answers with a list that was encoded, and maybe compressed, long ago.
func writeList(w http.ResponseWriter, r *http.Request, list *catalogue.List) error {
	h := w.Header()
	h.Set("ETag", list.ETag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding, Origin")
	if rest.NotModified(r, list.ETag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	body := list.Body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = list.Gzip()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whether the client still listens makes no difference
	return nil
}

func (s *Server) getEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := s.event(r)
	if err != nil {
		return err
	}
	return writeDocument(w, r, http.StatusOK, e.JSON, e.Version)
}

func (s *Server) event(r *http.Request) (*catalogue.Entry, error) {
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return nil, err
	}
	return s.catalogue.Event(r.Context(), id)
}

// writeDocument answers with an event or a location.
func writeDocument(w http.ResponseWriter, r *http.Request, status int, body []byte, version int64) error {
	h := w.Header()
	tag := rest.VersionTag(version)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if r.Method == http.MethodGet && rest.NotModified(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whether the client still listens makes no difference
	return nil
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
		e, err = s.catalogue.EventNamed(search, now())
	default:
		err = rest.Errorf(http.StatusNotFound, "events are searched by id or by name, not by %q", criterion)
	}
	if err != nil {
		return err
	}
	return writeDocument(w, r, http.StatusOK, e.JSON, e.Version)
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
	place, err := s.place(r.Context(), in.Location, intent, &f)
	if err := errors.Join(err, f.err()); err != nil {
		return err
	}
	if place, err = s.storeNew(r.Context(), place, intent); err != nil {
		return err
	}
	wanted := e.ID
	e.ID, e.Version, e.Request, e.Location = intent.id("event", wanted), 1, intent.mark, place.withHalls(in.Location)
	if e, err = s.storeEvent(r.Context(), e, place.Location, intent, wanted); err != nil {
		return err
	}
	w.Header().Set("Location", "/events/"+e.ID.String())
	return s.writeEvent(w, r, http.StatusCreated, e.ID)
}

// storeEvent stores a new event. If the same request stored it before, it answers with that one.
func (s *Server) storeEvent(
	ctx context.Context, e persistence.Event, place persistence.Location, i intent, wanted persistence.ID,
) (persistence.Event, error) {
	message := announce.EventCreated(e, place)
	err := s.store.AddEvent(ctx, e, message)
	if errors.Is(err, persistence.ErrExists) {
		have, err := s.store.FindEvent(ctx, e.ID)
		if err != nil {
			return have, err
		}
		return have, i.repeated(have.Request, wanted)
	}
	if err != nil {
		return e, err
	}
	s.catalogue.ApplyEvent(e)
	s.publisher.Offer(message)
	return e, nil
}

func (s *Server) writeEvent(w http.ResponseWriter, r *http.Request, status int, id persistence.ID) error {
	e, err := s.catalogue.Event(r.Context(), id)
	if err != nil {
		return err
	}
	return writeDocument(w, r, status, e.JSON, e.Version)
}

func (s *Server) changeEvent(w http.ResponseWriter, r *http.Request) error {
	var in eventInput
	if err := s.Decode(r, &in); err != nil {
		return err
	}
	var f faults
	wish := in.event(&f)
	place, err := s.place(r.Context(), in.Location, intent{}, &f)
	if err := errors.Join(err, f.err()); err != nil {
		return err
	}
	have, ifVersion, err := s.target(r)
	if err != nil {
		return err
	}
	if have.Cancelled {
		return errCancelled
	}
	if place, err = s.storeNew(r.Context(), place, intent{}); err != nil {
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
	if have.Cancelled {
		return writeDocument(w, r, http.StatusOK, have.JSON, have.Version)
	}
	return s.rewrite(w, r, have.ID, ifVersion, func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		if !e.Cancelled {
			e.Cancelled = true
			e.Version++
		}
		return e, announce.EventCancelled(e, have.Location), nil
	})
}

// target finds the event that a request is to change, and the version that it is meant for, 0 for any. The catalogue
// may be behind, so that a newer version than its own can still turn out to be right.
func (s *Server) target(r *http.Request) (*catalogue.Entry, int64, error) {
	have, err := s.event(r)
	if err != nil {
		return nil, 0, err
	}
	ifVersion, err := rest.IfMatch(r)
	if err == nil && ifVersion != 0 && ifVersion < have.Version {
		err = persistence.ErrVersion
	}
	return have, ifVersion, err
}

func (s *Server) rewrite(
	w http.ResponseWriter, r *http.Request, id persistence.ID, ifVersion int64, change persistence.EventChange,
) error {
	e, err := s.store.ChangeEvent(r.Context(), id, ifVersion, change)
	if err != nil {
		return err
	}
	s.catalogue.ApplyEvent(e)
	s.publisher.Offer()
	return s.writeEvent(w, r, http.StatusOK, e.ID)
}
