package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of a request's body.
const (
	maxBody  = 64 << 10 // bytes
	maxDepth = 32       // objects and arrays within each other
)

// Decode reads the body of a request, which must be one JSON value of dst's type and nothing else. The errors are 400
// where it is not JSON, 413, 415, and 422 with the field where a field is unknown or of another type.
func (a *API) Decode(r *http.Request, dst any) error {
	if err := a.checkContentType(r); err != nil {
		return err
	}
	body, err := readBody(r)
	if err != nil {
		return err
	}
	return decode(body, dst)
}

// checkContentType takes JSON only. In the open mode it also takes what a plain HTML form, or a script without a
// preflight, can send.
func (a *API) checkContentType(r *http.Request) error {
	given := r.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	switch {
	case err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")):
		return nil
	case a.options.Open && (given == "" || kind == "text/plain" || kind == "application/x-www-form-urlencoded"):
		return nil
	}
	return Errorf(http.StatusUnsupportedMediaType, "the body must be application/json, not %q", given)
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, &Error{Status: http.StatusBadRequest, Detail: "the body ended too early", Cause: err}
	}
	if len(body) > maxBody {
		return nil, Errorf(http.StatusRequestEntityTooLarge, "the body must have at most %d bytes", maxBody)
	}
	return body, nil
}

func decode(body []byte, dst any) error {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return Malformed("body", "is empty, it must be a JSON object")
	case !utf8.Valid(body):
		return Malformed("body", "is not UTF-8")
	case depth(body) > maxDepth:
		return Malformed("body", fmt.Sprintf("has more than %d objects and arrays within each other", maxDepth))
	case bytes.TrimSpace(body)[0] != '{':
		return Malformed("body", "must be a JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		return explain(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Malformed("body", "goes on after the JSON object")
	}
	return nil
}

// explain turns the errors of encoding/json into ones that name the field.
func explain(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return Invalid(FieldError{
			Field: wrongType.Field, Message: fmt.Sprintf("must be %s, not %s", kindOf(wrongType), wrongType.Value),
		})
	}
	if m := regexp.MustCompile(`^json: unknown field "(.*)"$`).FindStringSubmatch(err.Error()); m != nil {
		return Invalid(FieldError{Field: m[1], Message: "is not known"})
	}
	return Malformed("body", "is not JSON: "+strings.TrimPrefix(err.Error(), "json: "))
}

// kindOf says in JSON's words what the field takes.
func kindOf(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "int", "int64":
		return "a whole number"
	case "float64":
		return "a number"
	case "string":
		return "a string"
	case "bool":
		return "true or false"
	case "slice":
		return "an array"
	default:
		return "an object"
	}
}

// depth counts how many objects and arrays stand within each other at most.
func depth(body []byte) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// WriteJSON answers with a JSON document.
func WriteJSON(w http.ResponseWriter, status int, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whether the client still listens makes no difference
	return nil
}
