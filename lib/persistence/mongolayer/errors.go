package mongolayer

import (
	"errors"
	"fmt"

	"gopkg.in/mgo.v2"

	"myevents/lib/persistence"
)

func unavailable(err error) error { return fmt.Errorf("%w: %w", persistence.ErrUnavailable, err) }

// lost is the error of an operation that no answer came to.
func lost(err error) error { return &lostError{err} }

type lostError struct{ cause error }

// Error implements error.
func (e *lostError) Error() string { return persistence.ErrUnknown.Error() + ": " + e.cause.Error() }

// Is makes it an ErrUnknown.
func (e *lostError) Is(target error) bool { return target == persistence.ErrUnknown }

// Unwrap gives the reason.
func (e *lostError) Unwrap() error { return e.cause }

// isAway says whether the connection, or the server behind it, is of no use any more.
func isAway(err error) bool {
	return errors.Is(err, persistence.ErrUnknown) || errors.Is(err, persistence.ErrUnavailable)
}

// translate gives mgo's errors the meaning that persistence knows. What the server itself complains of, other than that
// it cannot serve now, comes back as it is.
func translate(err error) error {
	code, answered := codeOf(err)
	switch {
	case err == nil || errors.Is(err, mgo.ErrNotFound) || isFinal(err):
		return err
	case !answered && err.Error() == "no reachable servers": // mgo has no better sign that it sent nothing
		return unavailable(err)
	case !answered || isPassing(code):
		return lost(err)
	case isNotPrimary(code):
		return unavailable(err)
	}
	return err
}

// isFinal says whether it is an error of our own.
func isFinal(err error) bool {
	return errors.Is(err, persistence.ErrConflict) || errors.Is(err, persistence.ErrExists) ||
		errors.Is(err, persistence.ErrNotFound) || errors.Is(err, persistence.ErrSchema)
}

// codeOf gives the number of an error that the server answered with.
func codeOf(err error) (code int, answered bool) {
	var query *mgo.QueryError
	var last *mgo.LastError
	var bulk *mgo.BulkError
	switch {
	case errors.As(err, &query):
		return query.Code, true
	case errors.As(err, &last):
		return last.Code, true
	case errors.As(err, &bulk) && len(bulk.Cases()) > 0:
		return codeOf(bulk.Cases()[0].Err)
	}
	return 0, false
}

// isPassing knows the errors after which a write may have happened or not, and may be undone: the server gives up its
// role or ends, another one behind it cannot be reached, or the majority does not confirm in time.
func isPassing(code int) bool {
	switch code {
	case 6, 7, 89, 9001, // host unreachable, not found, network timeout, socket
		50, 262, // time limit
		64,                                  // write concern
		91, 11600, 11602, 189, 10058, 13436: // shutdown, interrupted, stepped down
		return true
	default:
		return false
	}
}

// isNotPrimary knows the errors of a server that takes no writes, or no reads, and has not begun.
func isNotPrimary(code int) bool { return code == 10107 || code == 13435 || code == 112 }

// duplicates says whether an insertion failed for no other reason than that documents were there already.
func duplicates(err error) bool {
	var bulk *mgo.BulkError
	if !errors.As(err, &bulk) {
		return mgo.IsDup(err)
	}
	for _, c := range bulk.Cases() {
		if !mgo.IsDup(c.Err) {
			return false
		}
	}
	return len(bulk.Cases()) > 0
}
