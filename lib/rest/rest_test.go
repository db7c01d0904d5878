package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/auth"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// newAPI makes an API whose log is in the buffer.
func newAPI(o rest.Options) (*rest.API, *bytes.Buffer) {
	log := new(bytes.Buffer)
	o.Logger = slog.New(slog.NewJSONHandler(log, nil))
	o.Registerer = prometheus.NewRegistry()
	o.Timeout = time.Second
	return rest.New(o), log
}

func call(t *testing.T, api http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) (p struct {
	Type, Title, Detail string
	Status              int
	RequestID           string `json:"request_id"`
}) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("the content type is %q", got)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != w.Code || p.Title != http.StatusText(w.Code) || p.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("the answer is %d with %+v", w.Code, p)
	}
	return p
}

func TestErrorsBecomeAnswers(t *testing.T) {
	own := errors.New("of the service")
	api, log := newAPI(rest.Options{Errors: []rest.Mapping{{Err: own, Status: http.StatusTeapot, Detail: "tea"}}})
	var next error
	api.Handle("GET", "/fails", auth.Public, func(http.ResponseWriter, *http.Request) error { return next })
	for _, c := range []struct {
		err    error
		status int
	}{
		{persistence.ErrNotFound, 404}, {persistence.ErrBadID, 404}, {persistence.ErrExists, 409},
		{persistence.ErrVersion, 412}, {persistence.ErrConflict, 503}, {persistence.ErrUnknown, 503},
		{persistence.ErrUnavailable, 503}, {context.DeadlineExceeded, 503}, {own, 418},
		{rest.Invalid(rest.FieldError{Field: "a", Message: "b"}), 422}, {rest.Malformed("a", "b"), 400},
		{errors.New("secret cause"), 500},
	} {
		next = errors.Join(errors.New("secret detail"), c.err)
		w := call(t, api, "GET", "/fails", "")
		if p := problemOf(t, w); w.Code != c.status || strings.Contains(w.Body.String(), "secret") || p.Detail == "" {
			t.Errorf("%v is answered with %d %s", c.err, w.Code, w.Body)
		}
		if got := w.Header().Get("Retry-After") != ""; got != (c.status == 503) {
			t.Errorf("%v: Retry-After is there: %t", c.err, got)
		}
	}
	if !strings.Contains(log.String(), "secret cause") {
		t.Error("the cause is not in the log")
	}
}

func TestPanic(t *testing.T) {
	api, log := newAPI(rest.Options{})
	api.Handle("GET", "/panics", auth.Public, func(http.ResponseWriter, *http.Request) error { panic("the plan") })
	w := call(t, api, "GET", "/panics", "")
	problemOf(t, w)
	if w.Code != 500 || strings.Contains(w.Body.String(), "plan") {
		t.Errorf("it is answered with %d %s", w.Code, w.Body)
	}
	entry, others, _ := strings.Cut(log.String(), "\n")
	if !strings.Contains(entry, `"fault":"the plan"`) || !strings.Contains(entry, w.Header().Get("X-Request-Id")) ||
		strings.Contains(others, "the plan") {
		t.Errorf("it is not logged once, under the request's ID: %s", log)
	}
}

// TestFailureAfterTheAnswerBegan must not let the client take half of an answer for all of it.
func TestFailureAfterTheAnswerBegan(t *testing.T) {
	api, log := newAPI(rest.Options{})
	for path, fail := range map[string]func() error{
		"/panics": func() error { panic("oh") },
		"/fails":  func() error { return errors.New("the store is gone") },
	} {
		for _, options := range [][]rest.RouteOption{nil, {rest.Compressed()}} {
			route := fmt.Sprint(path, len(options))
			api.Handle("GET", route, auth.Public, func(w http.ResponseWriter, _ *http.Request) error {
				w.WriteHeader(http.StatusOK)
				_, _ = w.Write([]byte("half"))
				return fail()
			}, options...)
			if whole(t, api, route) {
				t.Errorf("%s: the answer ended as if it were whole", route)
			}
		}
	}
	if strings.Count(log.String(), "the store is gone") != 2 || strings.Count(log.String(), `"msg":"panic"`) != 2 {
		t.Errorf("the failures are not logged once each: %s", log)
	}
}

// whole has a server answer, and says whether its client takes the answer for whole.
func whole(t *testing.T, api http.Handler, path string) bool {
	t.Helper()
	server := httptest.NewServer(api)
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := server.Client().Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	_, err = new(bytes.Buffer).ReadFrom(response.Body)
	return err == nil
}

func TestRouting(t *testing.T) {
	api, log := newAPI(rest.Options{OpenAPI: []byte(`{"openapi":"3.0.3"}`)})
	echo := func(w http.ResponseWriter, r *http.Request) error {
		return rest.WriteJSON(w, 200, rest.Var(r, "ticketID")+rest.Var(r, "name"))
	}
	api.Handle("GET", "/tickets/{ticketID}", auth.Public, echo)
	api.Handle("PUT", "/tickets/{ticketID}", auth.Public, echo)
	api.Handle("GET", "/named/{name}", auth.Public, echo)
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/tickets/0123456789abcDEF01234567", 200, `"0123456789abcDEF01234567"`},
		{"GET", "/tickets/0123456789abcdef0123456", 404, ""},
		{"GET", "/named/a%2Fb%20c", 200, `"a/b c"`},
		{"GET", "/openapi.json", 200, `{"openapi":"3.0.3"}`},
		{"HEAD", "/named/x", 200, `"x"`}, // a server leaves the body out
		{"DELETE", "/tickets/0123456789abcdef01234567", 405, ""},
		{"OPTIONS", "/tickets/0123456789abcdef01234567", 405, ""}, // no preflight
		{"OPTIONS", "/", 404, ""},
		{"GET", "//named/x", 404, ""},
		{"GET", "/", 404, ""},
	} {
		w := call(t, api, c.method, c.path, "")
		if w.Code != c.status || c.body != "" && w.Body.String() != c.body {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
		if c.status >= 400 {
			problemOf(t, w)
		}
		if c.status == 405 && w.Header().Get("Allow") != "GET, HEAD, PUT" {
			t.Errorf("Allow is %q", w.Header().Get("Allow"))
		}
	}
	if strings.Contains(log.String(), "0123456789abc") || !strings.Contains(log.String(), `"route":"/tickets/{ticketID}"`) {
		t.Errorf("the log has paths: %s", log)
	}
}

func TestDecode(t *testing.T) {
	type inner struct{ Count int64 }
	type document struct {
		Name  string
		Inner *inner
		List  []inner
		Flag  bool
	}
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"right":                 {`{"Name":"a","inner":{"COUNT":3}}`, 200, ""},
		"nothing":               {"{}", 200, ""},
		"empty":                 {" ", 400, "body"},
		"null":                  {"null", 400, "body"},
		"cut off":               {`{"Name":"a"`, 400, "body"},
		"garbage behind":        {`{} x`, 400, "body"},
		"not UTF-8":             {"{\"Name\":\"\xc3\"}", 400, "body"},
		"deep":                  {deep, 400, "body"},
		"brackets in a text":    {`{"Name":"` + strings.Repeat("[", 100) + `\"` + strings.Repeat("[", 100) + `"}`, 200, ""},
		"unknown":               {`{"Nam":"a"}`, 422, "Nam"},
		"number for text":       {`{"Name":1}`, 422, "Name"},
		"text for flag":         {`{"Flag":"yes"}`, 422, "Flag"},
		"fraction within":       {`{"Inner":{"Count":1.5}}`, 422, "Inner.Count"},
		"too large a number":    {`{"Inner":{"Count":1e30}}`, 422, "Inner.Count"},
		"object for a list":     {`{"List":{}}`, 422, "List"},
		"wrong type in a list":  {`{"List":[{"Count":1},{"Count":"x"}]}`, 422, "List.Count"},
		"larger than is wanted": {`{"Name":"` + strings.Repeat("a", 64<<10) + `"}`, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			api, _ := newAPI(rest.Options{})
			api.Handle("POST", "/", auth.Public, func(_ http.ResponseWriter, r *http.Request) error {
				return api.Decode(r, new(document))
			})
			w := call(t, api, "POST", "/", c.body, "Content-Type", "application/json")
			if w.Code != c.status {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			var problem struct{ Errors []rest.FieldError }
			if c.field == "" {
				return
			}
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Errors[0].Field != c.field {
				t.Errorf("%s names another field than %q", w.Body, c.field)
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	for _, open := range []bool{false, true} {
		api, _ := newAPI(rest.Options{Open: open})
		api.Handle("POST", "/", auth.Public, func(_ http.ResponseWriter, r *http.Request) error { return api.Decode(r, new(struct{})) })
		for kind, always := range map[string]bool{
			"application/json": true, "application/json; charset=utf-8": true, "application/merge-patch+json": true,
			"text/plain": false, "application/x-www-form-urlencoded": false, "": false,
		} {
			want := 415
			if always || open {
				want = 200
			}
			if w := call(t, api, "POST", "/", "{}", "Content-Type", kind); w.Code != want {
				t.Errorf("open=%t, %q: %d", open, kind, w.Code)
			}
		}
		if w := call(t, api, "POST", "/", "{}", "Content-Type", "image/png"); w.Code != 415 {
			t.Errorf("a picture is answered with %d", w.Code)
		}
	}
}

func TestCORS(t *testing.T) {
	const origin, foreign = "https://shop.example", "https://evil.example"
	for name, c := range map[string]struct {
		options      rest.Options
		origin, want string
		credentials  bool
	}{
		"open":                {rest.Options{Open: true}, foreign, "*", false},
		"configured":          {rest.Options{Origins: []string{origin}}, origin, origin, true},
		"open and configured": {rest.Options{Open: true, Origins: []string{origin}}, origin, origin, true},
		"foreign":             {rest.Options{Origins: []string{origin}}, foreign, "", false},
		"closed":              {rest.Options{}, foreign, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			api, _ := newAPI(c.options)
			w := call(t, api, "GET", "/nothing", "", "Origin", c.origin) // errors, too, can be read
			if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != 404 || got != c.want {
				t.Errorf("%d, the origin %q may read", w.Code, got)
			}
			if got := w.Header().Get("Access-Control-Allow-Credentials") == "true"; c.want != "" && got != c.credentials {
				t.Errorf("with cookies: %t", got)
			}
			w = call(t, api, "OPTIONS", "/openapi.json", "", "Origin", c.origin,
				"Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "Idempotency-Key")
			if got := w.Header().Get("Access-Control-Allow-Methods"); (got == "PATCH") != (c.want != "") {
				t.Errorf("the preflight allows %q", got)
			}
		})
	}
}

// TestCORSAndCaches has answers told apart by origin where they differ by it.
func TestCORSAndCaches(t *testing.T) {
	const origin = "https://shop.example"
	for name, c := range map[string]struct {
		options rest.Options
		want    string
	}{
		"one origin":  {rest.Options{Origins: []string{origin}}, "Origin"},
		"two origins": {rest.Options{Origins: []string{origin, "https://other.example"}}, "Origin"},
		"all":         {rest.Options{Open: true}, ""},
	} {
		api, _ := newAPI(c.options)
		for _, header := range [][]string{nil, {"Origin", origin}, {"Origin", "https://evil.example"}} {
			if got := call(t, api, "GET", "/nothing", "", header...).Header().Values("Vary"); strings.Join(got, "|") != c.want {
				t.Errorf("%s, with %v: the answer varies by %q", name, header, got)
			}
		}
	}
	api, _ := newAPI(rest.Options{Open: true})
	w := call(t, api, "OPTIONS", "/openapi.json", "", "Origin", origin) // open as it is, this asks for no permission
	problemOf(t, w)
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("it is answered with %d, Allow: %s", w.Code, w.Header().Get("Allow"))
	}
}

func TestHeaders(t *testing.T) {
	api, _ := newAPI(rest.Options{})
	w := call(t, api, "GET", "/openapi.json", "", "X-Request-Id", "from-the-proxy.1")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Request-Id": "from-the-proxy.1",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	w = call(t, api, "GET", "/openapi.json", "", "X-Request-Id", "two\nlines")
	if got := w.Header().Get("X-Request-Id"); len(got) != 16 {
		t.Errorf("an ID that cannot be logged became %q", got)
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, _ := newAPI(rest.Options{})
		api.Handle("GET", "/slow", auth.Public, func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		})
		if w := call(t, api, "GET", "/slow", ""); w.Code != 503 {
			t.Errorf("it was answered with %d", w.Code)
		}
	})
}

func TestEntityTags(t *testing.T) {
	for header, want := range map[string]struct {
		version int64
		status  int
	}{
		"": {0, 0}, "*": {0, 0}, `"7"`: {7, 0}, `"x"`: {0, 412}, `"0"`: {0, 412}, `W/"7"`: {0, 412}, `"1", "2"`: {0, 400},
		"7": {0, 400}, `"`: {0, 400},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/", http.NoBody)
		r.Header.Set("If-Match", header)
		version, err := rest.IfMatch(r)
		status := 0
		if e := new(rest.Error); errors.As(err, &e) {
			status = e.Status
		}
		if version != want.version || status != want.status {
			t.Errorf("If-Match: %s means %d, %v", header, version, err)
		}
	}
	for header, want := range map[string]bool{
		"": false, `"a"`: true, `W/"a"`: true, `"b"`: false, `"b", "a"`: true, "*": true,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("If-None-Match", header)
		if got := rest.NotModified(r, `"a"`); got != want {
			t.Errorf("If-None-Match: %s gives %t", header, got)
		}
	}
}

// FuzzDecode has any body either decoded or answered as an error of the client.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"Name":"a","Inner":{"Count":1},"List":[{"Count":2}]}`, `{"Name":null}`, `{"name":"\ud800"}`, "{}{}", "[", `{"Inner":1e999}`,
		strings.Repeat(`{"Inner":`, 50), "\xff", `{"List":[1.5]}`, "",
	} {
		f.Add([]byte(seed))
	}
	api, _ := newAPI(rest.Options{})
	api.Handle("POST", "/", auth.Public, func(_ http.ResponseWriter, r *http.Request) error {
		var document struct {
			Name  string
			Inner *struct{ Count int64 }
			List  []struct{ Count int64 }
		}
		return api.Decode(r, &document)
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		w := call(t, api, "POST", "/", string(body), "Content-Type", "application/json")
		if w.Code >= 500 || w.Code == 200 && !json.Valid(body) {
			t.Errorf("%q is answered with %d", body, w.Code)
		}
	})
}
