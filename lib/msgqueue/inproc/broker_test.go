package inproc_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"myevents/lib/msgqueue/inproc"
	"myevents/lib/msgqueue/msgqueuetest"
)

func TestMain(m *testing.M) {
	if directory := os.Getenv(childDirectory); directory != "" {
		child(directory)
	}
	goleak.VerifyTestMain(m)
}

func options() inproc.Options {
	return inproc.Options{
		Groups: slices.Collect(maps.Keys(msgqueuetest.Subscriptions())), Tries: 5, Backoff: time.Millisecond,
	}
}

func TestBroker(t *testing.T) {
	msgqueuetest.Run(t, msgqueuetest.Features{Log: true, DeadLetters: true}, func(t *testing.T) msgqueuetest.System {
		t.Helper()
		directory := t.TempDir()
		return msgqueuetest.System{
			Open: func(t *testing.T) msgqueuetest.Broker {
				t.Helper()
				b, err := inproc.Open(directory, options())
				if err != nil {
					t.Fatal(err)
				}
				return b
			},
			// A process that is killed leaves its file as it is at that moment: so does a copy of it.
			Restart: func(t *testing.T) {
				t.Helper()
				next := t.TempDir()
				file, err := os.ReadFile(filepath.Join(directory, "broker.db"))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(next, "broker.db"), file, 0o600); err != nil {
					t.Fatal(err)
				}
				directory = next
			},
		}
	})
}
