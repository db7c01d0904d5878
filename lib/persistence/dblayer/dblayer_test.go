package dblayer_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"myevents/lib/boltfile"
	"myevents/lib/persistence/dblayer"
)

// openers are both functions that open a store, with the file that bolt keeps it in.
func openers() map[string]func(kind, connection string) (io.Closer, error) {
	return map[string]func(kind, connection string) (io.Closer, error){
		"events.db":   func(kind, c string) (io.Closer, error) { return dblayer.OpenDatabase(kind, c, nil) },
		"bookings.db": func(kind, c string) (io.Closer, error) { return dblayer.OpenBooking(kind, c, nil) },
	}
}

func TestOpen(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "made", "when missing")
	for file, open := range openers() {
		store, err := open("bolt", directory)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(directory, file)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is there as %v, %v", path, info, err)
		}
		if _, err := open("bolt", directory); !errors.Is(err, boltfile.ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Errorf("it was opened a second time with %v", err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Stat(directory); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v, %v", info, err)
	}
}

func TestUnknownKind(t *testing.T) {
	for file, open := range openers() {
		_, err := open("papyrus", t.TempDir())
		if !errors.Is(err, dblayer.ErrUnknownKind) {
			t.Fatalf("%s: got %v", file, err)
		}
		for _, known := range append(dblayer.Kinds(), "papyrus") {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("the error %q does not name %s", err, known)
			}
		}
	}
}
