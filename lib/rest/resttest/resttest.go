// Package resttest checks every answer of a REST API against its OpenAPI document.
package resttest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Client calls an API over a real socket, as one visitor with cookies. It fails the test on an answer that the document
// does not have.
type Client struct {
	URL    string
	http   *http.Client
	router routers.Router
}

// Serve has an API served until the test ends, and makes a client of it.
func Serve(t *testing.T, api http.Handler, document []byte) *Client {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return NewClient(t, server.URL, document)
}

// NewClient makes a client of an API that is served already.
func NewClient(t *testing.T, url string, document []byte) *Client {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	for _, kind := range []string{"text/calendar", "text/csv"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder) // as a string
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return (&Client{URL: url, router: router}).Visitor(t)
}

// Visitor makes a client of the same API that is somebody else.
func (c *Client) Visitor(t *testing.T) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{URL: c.URL, router: c.router, http: &http.Client{Jar: jar, Transport: transport}}
}

// Answer is what an API answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON reads the body into a document.
func (a Answer) JSON(t *testing.T, document any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, document); err != nil {
		t.Fatalf("%s: %v", a.Body, err)
	}
}

// Problem is an error's answer.
type Problem struct {
	Detail    string
	Available *int64
	Errors    []struct{ Field, Message string }
}

// Problem reads the body as an error's answer.
func (a Answer) Problem(t *testing.T) Problem {
	t.Helper()
	var p Problem
	a.JSON(t, &p)
	return p
}

// Do makes a request, whose header fields are given as name and value in turn. A body that is a string is sent as it
// is, any other as JSON, nil is none.
func (c *Client) Do(t *testing.T, method, path string, body any, header ...string) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, c.URL+path, reader(t, body))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := Answer{Status: response.StatusCode, Header: response.Header, Body: content}
	c.check(t, request, a)
	return a
}

// Want is Do with the status that must come.
func (c *Client) Want(t *testing.T, status int, method, path string, body any, header ...string) Answer {
	t.Helper()
	a := c.Do(t, method, path, body, header...)
	if a.Status != status {
		t.Fatalf("%s %s: got %d, want %d: %s", method, path, a.Status, status, a.Body)
	}
	return a
}

func reader(t *testing.T, body any) io.Reader {
	t.Helper()
	switch body := body.(type) {
	case nil:
		return http.NoBody
	case string:
		return strings.NewReader(body)
	default:
		content, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(content)
	}
}

// check holds the answer against the document. Paths and methods that the document does not have are answered with 404
// and 405, and nothing else.
func (c *Client) check(t *testing.T, request *http.Request, a Answer) {
	t.Helper()
	if request.Method == http.MethodHead {
		return // as GET, without the body
	}
	local := request.Clone(t.Context())
	local.URL.Scheme, local.URL.Host, local.Host = "", "", ""
	route, params, err := c.router.FindRoute(local)
	if err != nil {
		if a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed && a.Status != http.StatusNoContent {
			t.Errorf("%s %s: %d is answered where the document has nothing", request.Method, request.URL.Path, a.Status)
		}
		return
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: local, PathParams: params, Route: route,
		},
		Status: a.Status, Header: a.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	input.SetBodyBytes(a.Body)
	input.Options.ExcludeResponseBody = a.Header.Get("Content-Encoding") != ""
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s %s: the answer is not as the document has it: %v", request.Method, request.URL.Path, err)
	}
}
