package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"myevents/bookingservice/availability"
	"myevents/lib/inventory"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

const (
	// maxWatched is how many events one stream may watch.
	maxWatched = 50
	// heartbeat is how often a stream shows that it lives: proxies end connections on which nothing happens.
	heartbeat = 15 * time.Second
	// writeTimeout is how long a slow client may take before its stream is dropped.
	writeTimeout = 10 * time.Second
)

// availabilityJSON is how many seats an event has, on the wire.
type availabilityJSON struct {
	EventID   persistence.ID
	Capacity  *int64
	Booked    int64
	Available *int64
	Sequence  int64
}

func newAvailabilityJSON(i persistence.Inventory) availabilityJSON {
	view := availabilityJSON{
		EventID: i.Event.ID, Capacity: i.Event.Capacity.Seats(), Booked: i.Booked, Sequence: i.Sequence,
	}
	if left, limited := i.Left(); limited {
		view.Available = &left
	}
	return view
}

func (s *Server) getAvailability(w http.ResponseWriter, r *http.Request) error {
	id, err := persistence.ParseID(rest.Var(r, "eventID"))
	if err != nil {
		return err
	}
	found, err := s.Store.Availability(r.Context(), id)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return inventory.ErrUnknownEvent
	}
	return rest.WriteJSON(w, http.StatusOK, newAvailabilityJSON(found[0]))
}

// streamAvailability tells of events as server-sent events, until the client goes or the service stops.
func (s *Server) streamAvailability(w http.ResponseWriter, r *http.Request) error {
	ids, err := readWatched(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx must pass everything on at once
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil // it would never notice that its client has all that it wants
	}
	watcher := s.Hub.Watch(ids...)
	defer watcher.Stop()
	s.stream(w, r, watcher)
	return nil
}

func readWatched(r *http.Request) ([]persistence.ID, error) {
	values := r.URL.Query()["event"]
	if len(values) == 0 || len(values) > maxWatched {
		return nil, rest.Malformed("event", "must be given once to "+strconv.Itoa(maxWatched)+" times")
	}
	ids := make([]persistence.ID, len(values))
	for n, value := range values {
		id, err := persistence.ParseID(value)
		if err != nil {
			return nil, rest.Malformed("event", "must have 24 hexadecimal digits")
		}
		ids[n] = id
	}
	return distinct(ids), nil
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, watcher *availability.Watcher) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for text := []byte(": hello\n\n"); ; {
		if err := send(w, text); err != nil {
			return // the client is gone, or too slow
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.Hub.Closed():
			return
		case <-ticker.C:
			text = []byte(": still here\n\n")
		case <-watcher.News:
			text = encode(watcher.Take())
		}
	}
}

func encode(news []persistence.Inventory) []byte {
	var b bytes.Buffer
	for _, i := range news {
		line, err := json.Marshal(newAvailabilityJSON(i))
		if err != nil {
			panic(err) // it has nothing that JSON has not
		}
		b.WriteString("data: ")
		b.Write(line)
		b.WriteString("\n\n")
	}
	return b.Bytes()
}

func send(w http.ResponseWriter, text []byte) error {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return c.Flush()
}
