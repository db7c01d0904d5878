package rest

import (
	"net/http"
	"strconv"
	"strings"

	"myevents/eventservice/catalogue"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

func writeEvent(w http.ResponseWriter, r *http.Request, status int, e *catalogue.Entry) error {
	return writeDocument(w, r, status, e.JSON, eventTag(e))
}

func writeLocation(w http.ResponseWriter, r *http.Request, status int, l persistence.Location) error {
	return writeDocument(w, r, status, catalogue.EncodeLocation(l), rest.VersionTag(l.Version))
}

// eventTag is an event's entity tag: its version and, since it is shown with its location as that is now, the
// location's.
func eventTag(e *catalogue.Entry) string {
	if e.Location.ID.IsZero() {
		return rest.VersionTag(e.Version)
	}
	return `"` + strconv.FormatInt(e.Version, 10) + "." + strconv.FormatInt(e.Location.Version, 10) + `"`
}

// ifMatch is rest.IfMatch for the tags of events. Only the event's own version counts: a location that was renamed in
// the meantime is no reason to refuse a change of the event.
func ifMatch(r *http.Request) (int64, error) {
	own, place, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(r.Header.Get("If-Match")), `"`), ".")
	if _, err := strconv.ParseUint(place, 10, 63); ok && err == nil {
		r = &http.Request{Header: http.Header{"If-Match": {own + `"`}}}
	}
	return rest.IfMatch(r)
}

// writeDocument answers with an event or a location.
func writeDocument(w http.ResponseWriter, r *http.Request, status int, body []byte, tag string) error {
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && rest.NotModified(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whether the client still listens makes no difference
	return nil
}
