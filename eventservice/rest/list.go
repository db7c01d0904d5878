package rest

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"myevents/eventservice/catalogue"
	"myevents/lib/rest"
)

func (s *Server) listEvents(w http.ResponseWriter, r *http.Request) error {
	list, err := s.list(w, r)
	if err != nil {
		return err
	}
	return writeList(w, r, list)
}

func (s *Server) listLocations(w http.ResponseWriter, r *http.Request) error {
	if err := s.catalogue.Ready(); err != nil {
		return err
	}
	return writeList(w, r, s.catalogue.Locations())
}

// list finds the events that a query asks for, and says where the next page is.
func (s *Server) list(w http.ResponseWriter, r *http.Request) (*catalogue.List, error) {
	query, err := readQuery(r)
	if err := errors.Join(err, s.catalogue.Ready()); err != nil {
		return nil, err
	}
	list, err := s.catalogue.List(now(), query)
	if errors.Is(err, catalogue.ErrCursor) {
		return nil, rest.Malformed("after", "must be the cursor of a page of this very query")
	}
	if err != nil {
		return nil, err
	}
	if list.Next != "" {
		next := r.URL.Query()
		next.Set("after", list.Next)
		w.Header().Set("Link", "<?"+next.Encode()+`>; rel="next"`)
	}
	return list, nil
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
	zipped := takesGzip(r)
	tag := list.ETag
	if zipped {
		tag = list.GzipETag
	}
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding, Origin")
	if rest.NotModified(r, list.ETag) || rest.NotModified(r, list.GzipETag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	body := list.Body
	if zipped {
		h.Set("Content-Encoding", "gzip")
		body = list.Gzip()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whether the client still listens makes no difference
	return nil
}

// takesGzip says whether the client can read a compressed answer.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(coding, ";")
		if strings.TrimSpace(name) == "gzip" {
			weight, given := strings.CutPrefix(strings.TrimSpace(quality), "q=")
			q, err := strconv.ParseFloat(weight, 64)
			return !given || err == nil && q > 0
		}
	}
	return false
}
