package persistence

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// ID names an event, a location, a booking, a user or a session. Written out it is 24 hexadecimal digits, the form of a
// MongoDB ObjectId, so that every store can keep it. The zero ID means "none" and is written as the empty string.
type ID [12]byte

// NewID makes an ID of 96 random bits, which cannot be guessed.
func NewID() ID {
	var id ID
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the process instead.
	return id
}

// ParseID reads 24 hexadecimal digits, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != hex.EncodedLen(len(id)) {
		return ID{}, fmt.Errorf("%w: an ID has 24 hexadecimal digits, this has %d characters", ErrBadID, len(s))
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("%w: an ID has 24 hexadecimal digits: %w", ErrBadID, err)
	}
	return id, nil
}

// IsZero says whether the ID is the one that means "none".
func (id ID) IsZero() bool { return id == ID{} }

// String gives the 24 digits in lower case, or "" for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return hex.EncodeToString(id[:])
}

// MarshalText implements encoding.TextMarshaler; see String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text is the zero ID, otherwise see ParseID.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
