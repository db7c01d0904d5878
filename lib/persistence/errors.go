package persistence

import "errors"

// The errors that a store answers with, to be checked with errors.Is. Whatever else a store returns is a fault of its
// own: the caller logs it and tells its client nothing.
var (
	// ErrBadID means that a text is not an ID.
	ErrBadID = errors.New("malformed ID")
	// ErrNotFound means that there is no such document.
	ErrNotFound = errors.New("not found")
	// ErrExists means that a document with this ID is already there; nothing was changed.
	ErrExists = errors.New("already exists")
	// ErrVersion means that the document is not of the version that the caller wanted to change; nothing was changed.
	ErrVersion = errors.New("not the expected version")
	// ErrConflict means that somebody else was first; nothing was changed. Load again and decide again.
	ErrConflict = errors.New("changed by someone else in the meantime")
	// ErrUnknown means that no answer came in time: the change has happened, will still happen, or never will. Load
	// again: whatever happened shows.
	ErrUnknown = errors.New("outcome unknown")
	// ErrUnavailable means that the store cannot be reached or does not answer; nothing was changed. Try later.
	ErrUnavailable = errors.New("store unavailable")
	// ErrSchema means that a newer version of this program has used the store, so that this one must not.
	ErrSchema = errors.New("was written by a newer version of this program")
)
