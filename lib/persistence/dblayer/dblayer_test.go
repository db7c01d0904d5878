package dblayer_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	backends "myevents/deploy/test"
	"myevents/lib/boltfile"
	"myevents/lib/configuration"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dblayer"
)

// openers are both functions that open a store, with the file that bolt keeps it in.
func openers() map[string]func(kind, connection string) (io.Closer, error) {
	return map[string]func(kind, connection string) (io.Closer, error){
		"events.db": func(kind, c string) (io.Closer, error) {
			return dblayer.OpenDatabase(dblayer.Settings{Kind: kind, Connection: c})
		},
		"bookings.db": func(kind, c string) (io.Closer, error) {
			return dblayer.OpenBooking(dblayer.Settings{Kind: kind, Connection: c})
		},
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

// TestTables makes the tables of both services, where the kind of database has some, without which it is of no use.
func TestTables(t *testing.T) {
	backends.UseDynamoDB(t, backends.SharedDynamoDB(t).Endpoint)
	s := dblayer.FromConfiguration(configuration.Settings{DatabaseType: "dynamodb", DynamoDBPrefix: "dblayer-"}, nil)
	events, err := dblayer.OpenDatabase(s)
	if err != nil {
		t.Fatal(err)
	}
	bookings, err := dblayer.OpenBooking(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, store := range []persistence.Common{events, bookings} {
		if err := store.Ping(t.Context()); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("without a table: %v", err)
		}
		if err := dblayer.CreateTables(t.Context(), store); err != nil {
			t.Error(err)
		}
		if err := store.Ping(t.Context()); err != nil {
			t.Errorf("with a table: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	file, err := dblayer.OpenDatabase(dblayer.Settings{Kind: "bolt", Connection: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := dblayer.CreateTables(t.Context(), file); !errors.Is(err, dblayer.ErrNoTables) {
		t.Errorf("of a file: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	at := configuration.Settings{DatabaseType: "dynamodb", DynamoDBPrefix: "dblayer-start-", DynamoDBCreate: true}
	atStart, err := dblayer.OpenBooking(dblayer.FromConfiguration(at, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(atStart.Ping(t.Context()), atStart.Close()); err != nil {
		t.Errorf("with a table made at the start: %v", err)
	}
}

// answering is a store whose pings are answered in turn, and the last one again and again.
type answering struct {
	persistence.Common
	answers []error
}

func (a *answering) Ping(context.Context) error {
	answer := a.answers[0]
	if len(a.answers) > 1 {
		a.answers = a.answers[1:]
	}
	return answer
}

// TestKnown asks a store that is away at first until it answers.
func TestKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := persistence.ErrUnavailable
		for _, last := range []error{nil, persistence.ErrSchema} {
			if err := dblayer.Known(t.Context(), &answering{answers: []error{away, away, last}}); !errors.Is(err, last) {
				t.Errorf("got %v, want %v", err, last)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := dblayer.Known(ctx, &answering{answers: []error{away}}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v at the end", err)
		}
	})
}
