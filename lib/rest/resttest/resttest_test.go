package resttest

import (
	"net/http"
	"testing"
)

const document = `{
  "openapi": "3.0.3", "info": {"title": "A test's API", "version": "1"},
  "paths": {
    "/things": {
      "get": {"responses": {"200": {"description": "all", "headers": {"ETag": {"required": true, "schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"type": "object", "required": ["n"], "additionalProperties": false,
          "properties": {"n": {"type": "integer"}}}}}}}},
      "delete": {"responses": {"200": {"description": "gone"}}}
    },
    "/stream": {"get": {"responses": {"200": {"description": "news", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}}}
  }
}`

// TestFindsWhatIsNotDescribed shows that the tests of the services fail where an answer is not as its document has it.
func TestFindsWhatIsNotDescribed(t *testing.T) {
	client := NewClient(t, "http://localhost", []byte(document))
	const json, problem = "application/json", "application/problem+json"
	tag := http.Header{"Etag": {`"1"`}}
	for name, c := range map[string]struct {
		method, path string
		status       int
		header       http.Header
		kind, body   string
		right        bool
	}{
		"as described":             {"GET", "/things", 200, tag, json, `{"n":1}`, true},
		"no body":                  {"DELETE", "/things", 200, nil, "", "", true},
		"a stream":                 {"GET", "/stream", 200, nil, "text/event-stream", "data: 1\n\n", true},
		"unknown path":             {"GET", "/nothing", 404, nil, problem, "{}", true},
		"unknown method":           {"PUT", "/things", 405, nil, problem, "{}", true},
		"preflight":                {"OPTIONS", "/things", 204, nil, "", "", true},
		"another type":             {"GET", "/things", 200, tag, json, `{"n":"1"}`, false},
		"a missing field":          {"GET", "/things", 200, tag, json, `{}`, false},
		"a field too many":         {"GET", "/things", 200, tag, json, `{"n":1,"secret":2}`, false},
		"a missing header field":   {"GET", "/things", 200, nil, json, `{"n":1}`, false},
		"another content type":     {"GET", "/things", 200, tag, "text/html", `{"n":1}`, false},
		"no content type":          {"GET", "/things", 200, tag, "", "", false},
		"another status":           {"GET", "/things", 202, tag, json, `{"n":1}`, false},
		"a body where none is":     {"DELETE", "/things", 200, nil, json, `{"n":1}`, false},
		"something at no path":     {"GET", "/nothing", 200, nil, json, "{}", false},
		"nothing at no path":       {"GET", "/nothing", 204, nil, "", "", false},
		"an error that is a page":  {"GET", "/nothing", 404, nil, "text/html", "<p>", false},
		"a refusal without reason": {"PUT", "/things", 405, nil, "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), c.method, "http://localhost"+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			header := c.header.Clone()
			if header == nil {
				header = make(http.Header)
			}
			if c.kind != "" {
				header.Set("Content-Type", c.kind)
			}
			err = client.verify(request, Answer{Status: c.status, Header: header, Body: []byte(c.body)})
			if right := err == nil; right != c.right {
				t.Errorf("it finds: %v", err)
			}
		})
	}
}
