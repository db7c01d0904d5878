package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strconv"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// Error is an error with the answer that the client gets. It is answered as application/problem+json (RFC 9457).
type Error struct {
	Status int
	// Detail is a sentence for a person.
	Detail string
	// Fields are what is wrong with the input, field by field.
	Fields []FieldError
	// Extra are further members of the answer.
	Extra map[string]any
	// Cause is for the log only.
	Cause error

	retryAfter int // seconds, where it is known
}

// FieldError says what is wrong with a field of the input, a parameter, or a header.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Detail, e.Cause)
	}
	return e.Detail
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an error with a status and a detail.
func Errorf(status int, format string, args ...any) *Error {
	return &Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Invalid makes the error for input that was understood, but is not right (422).
func Invalid(fields ...FieldError) *Error {
	return &Error{Status: http.StatusUnprocessableEntity, Detail: describe(fields), Fields: fields}
}

// Malformed makes the error for input that could not be understood (400).
func Malformed(field, message string) *Error {
	fields := []FieldError{{Field: field, Message: message}}
	return &Error{Status: http.StatusBadRequest, Detail: describe(fields), Fields: fields}
}

func describe(fields []FieldError) string {
	if len(fields) == 1 {
		return fields[0].Field + ": " + fields[0].Message
	}
	return fmt.Sprintf("%d fields are not right", len(fields))
}

// Mapping is a row of the table from errors to answers: an error that errors.Is Err is answered with the status and the
// detail.
type Mapping struct {
	Err    error
	Status int
	Detail string
}

func commonErrors() []Mapping {
	const away = "this cannot be done at the moment; please try again"
	return []Mapping{
		{auth.ErrToken, http.StatusUnauthorized, "the access token is not valid, or not any more"},
		{auth.ErrNobody, http.StatusUnauthorized, "please sign in"},
		{auth.ErrGuest, http.StatusForbidden, "this needs an account"},
		{auth.ErrRole, http.StatusForbidden, "your account may not do this"},
		{auth.ErrNotYours, http.StatusForbidden, "this belongs to somebody else"},
		{auth.ErrNoKeys, http.StatusServiceUnavailable, "who you are cannot be verified at the moment; please try again"},
		{persistence.ErrBadID, http.StatusNotFound, "there is nothing with this ID"},
		{persistence.ErrNotFound, http.StatusNotFound, "there is nothing with this ID"},
		{persistence.ErrExists, http.StatusConflict, "there already is something with this ID"},
		{persistence.ErrVersion, http.StatusPreconditionFailed, "it was changed in the meantime"},
		{persistence.ErrConflict, http.StatusServiceUnavailable, away},
		{persistence.ErrUnknown, http.StatusServiceUnavailable, "no answer came in time; it may have happened all the same"},
		{persistence.ErrUnavailable, http.StatusServiceUnavailable, away},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, away},
		{context.Canceled, http.StatusServiceUnavailable, away},
	}
}

// unexpected is all that clients are told of faults of our own.
const unexpected = "something went wrong here; it has been noted"

// Note logs what went wrong where it is no reason to fail; a nil error is none.
func (a *API) Note(ctx context.Context, what string, err error) {
	if err != nil {
		a.options.Logger.LogAttrs(ctx, slog.LevelError, "only a part was done",
			slog.String("what", what), slog.Any("cause", err))
	}
}

// answer finds the answer to an error.
func (a *API) answer(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	for _, m := range a.errors {
		if errors.Is(err, m.Err) {
			return &Error{Status: m.Status, Detail: m.Detail, Cause: err}
		}
	}
	return &Error{
		Status: http.StatusInternalServerError, Detail: unexpected, Cause: err,
	}
}

// fail answers a request with an error, and logs what the client is not told. When it is too late for an answer, it
// cuts the connection: the client must not take half of an answer for all.
func (a *API) fail(rec *recorder, w http.ResponseWriter, r *http.Request, err error) {
	e := a.answer(err)
	if e.Status >= http.StatusInternalServerError {
		level := slog.LevelError
		if errors.Is(err, context.Canceled) { // the client is gone
			level = slog.LevelInfo
		}
		a.options.Logger.LogAttrs(r.Context(), level, "request failed",
			slog.String("request_id", w.Header().Get(requestIDHeader)), slog.Int("status", e.Status), slog.Any("cause", err))
	}
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, e)
}

// writeProblem answers with an error.
func writeProblem(w http.ResponseWriter, e *Error) {
	switch e.Status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, e.retryAfter)))
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", challenge(e))
	}
	problem := map[string]any{
		"type": "about:blank", "title": http.StatusText(e.Status), "status": e.Status, "detail": e.Detail,
		"request_id": w.Header().Get(requestIDHeader),
	}
	maps.Copy(problem, e.Extra)
	if len(e.Fields) > 0 {
		problem["errors"] = e.Fields
	}
	body, err := json.Marshal(problem)
	if err != nil {
		panic(err) // Extra has something that JSON has not
	}
	h := w.Header()
	for _, name := range []string{"Content-Length", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(e.Status)
	_, _ = w.Write(body) // whether the client still listens makes no difference
}
