package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"myevents/lib/msgqueue"
)

// bookmarkEvery is how often a bookmark is written: what is copied behind it is copied again after the process died.
const bookmarkEvery = time.Second

// ErrOtherCopy means that a bookmark is one of other brokers.
var ErrOtherCopy = errors.New("is of a copy between other brokers")

// Bookmark is a file that says how far one broker's log was copied to another. It is used by one goroutine.
type Bookmark struct {
	path    string
	now     bookmark
	written bookmark
	at      time.Time
}

// bookmark is what is in the file.
type bookmark struct {
	From     string            `json:"from"`
	To       string            `json:"to"`
	Position msgqueue.Position `json:"position"`
}

// OpenBookmark reads the file, or begins at the beginning where there is none. ErrOtherCopy where it is of other
// brokers.
func OpenBookmark(path, from, to string) (*Bookmark, error) {
	b := &Bookmark{path: path, now: bookmark{From: from, To: to}}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return b, os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(content, &b.written); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if b.written.From != from || b.written.To != to {
		return nil, fmt.Errorf("%s %w: from %s to %s", path, ErrOtherCopy, b.written.From, b.written.To)
	}
	b.now = b.written
	return b, nil
}

// Position is where to go on.
func (b *Bookmark) Position() msgqueue.Position { return b.now.Position }

// Move keeps a position, in the file only from time to time.
func (b *Bookmark) Move(p msgqueue.Position) error {
	b.now.Position = p
	if time.Since(b.at) < bookmarkEvery {
		return nil
	}
	return b.Write()
}

// Write brings the position into the file, which is there as it was or as it is to be, whenever the process dies.
func (b *Bookmark) Write() error {
	b.at = time.Now()
	if b.now == b.written {
		return nil
	}
	content, err := json.Marshal(b.now)
	if err != nil {
		return err
	}
	draft := b.path + ".new"
	if err := writeSynced(draft, append(content, '\n')); err != nil {
		return err
	}
	if err := os.Rename(draft, b.path); err != nil {
		return err
	}
	b.written = b.now
	return nil
}

func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // beside the operator's file
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}
