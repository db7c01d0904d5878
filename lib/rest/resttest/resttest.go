// Package resttest checks every answer of a REST API against its OpenAPI document.
package resttest

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	token  string // shown with each request, if not empty
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
	for _, kind := range []string{"text/calendar", "text/csv", "text/event-stream"} {
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

// As makes a client of the same API who shows an access token with each request.
func (c *Client) As(t *testing.T, token string) *Client {
	t.Helper()
	visitor := c.Visitor(t)
	visitor.token = token
	return visitor
}

// At makes the client, with its cookies and its token, one of another API.
func (c *Client) At(other *Client) *Client {
	moved := *c
	moved.URL, moved.router = other.URL, other.router
	return &moved
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
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
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

// check holds the answer against the document.
func (c *Client) check(t *testing.T, request *http.Request, a Answer) {
	t.Helper()
	if request.Method == http.MethodHead {
		return // as GET, without the body
	}
	if err := c.verify(request, a); err != nil {
		t.Errorf("%s %s: the answer is not as the document has it: %v", request.Method, request.URL.Path, err)
	}
}

// verify finds what the document does not have: the status, the header fields, the content type, the body.
func (c *Client) verify(request *http.Request, a Answer) error {
	local := request.Clone(request.Context())
	local.URL.Scheme, local.URL.Host, local.Host = "", "", ""
	route, params, err := c.router.FindRoute(local)
	if err != nil {
		return verifyUnknown(request, a)
	}
	if err := noUndescribedBody(route.Operation, a); err != nil {
		return err
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
	return openapi3filter.ValidateResponse(request.Context(), input)
}

// verifyUnknown has paths and methods that the document does not have answered with the problems 404 and 405, and
// nothing else but a preflight.
func verifyUnknown(request *http.Request, a Answer) error {
	switch {
	case request.Method == http.MethodOptions && a.Status == http.StatusNoContent:
		return nil
	case a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed:
		return fmt.Errorf("%d is answered where it has nothing", a.Status)
	case a.Header.Get("Content-Type") != "application/problem+json":
		return fmt.Errorf("%d is answered with the content type %q", a.Status, a.Header.Get("Content-Type"))
	}
	return nil
}

// noUndescribedBody closes a gap of the validator, to which a response without content may have any.
func noUndescribedBody(operation *openapi3.Operation, a Answer) error {
	response := operation.Responses.Status(a.Status)
	if response == nil || response.Value == nil || len(response.Value.Content) > 0 || len(a.Body) == 0 {
		return nil
	}
	return fmt.Errorf("%d has a body, of which the document has nothing", a.Status)
}
