package inproc_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
)

// childDirectory is the variable that makes a test process the one that is killed.
const childDirectory = "INPROC_TEST_DIRECTORY"

const (
	group = "tickets"
	name  = "event.booked"
)

// child emits and handles as fast as it can, and writes down what the broker acknowledged and what it has begun to
// handle, until it is killed.
func child(directory string) {
	b, err := inproc.Open(directory, options())
	if err != nil {
		fmt.Println("open", err)
		os.Exit(1)
	}
	var out sync.Mutex
	say := func(what, id string) {
		out.Lock()
		defer out.Unlock()
		fmt.Println(what, id)
	}
	for c := range 8 {
		go func() {
			for n := 0; ; n++ {
				e := msgqueue.Envelope{
					ID: fmt.Sprintf("%d-%d-%d", os.Getpid(), c, n), Name: name, Body: []byte(`{}`), Time: time.Now(),
				}
				if err := errors.Join(b.Emit(context.Background(), []msgqueue.Envelope{e})...); err != nil {
					say("failed", err.Error())
					os.Exit(1)
				}
				say("emitted", e.ID)
			}
		}()
	}
	err = b.Listen(context.Background(), group, []string{name}, func(_ context.Context, e msgqueue.Envelope) error {
		say("handled", e.ID)
		return nil
	})
	fmt.Println("listen", err)
	os.Exit(1)
}

// TestKill kills a process again and again while it emits and handles: what was acknowledged is in the log and reaches
// the group.
func TestKill(t *testing.T) {
	directory := t.TempDir()
	emitted, handled := make(map[string]bool), make(map[string]bool)
	for range 5 {
		runAndKill(t, directory, emitted, handled)
	}
	b := open(t, directory, options())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	logged := make(map[string]bool)
	err := b.ReadLog(ctx, "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		logged[e.ID] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	last := msgqueue.Envelope{ID: "last", Name: name}
	if err := errors.Join(b.Emit(ctx, []msgqueue.Envelope{last})...); err != nil {
		t.Fatal(err)
	}
	listening, stop := context.WithCancel(ctx)
	err = b.Listen(listening, group, []string{name}, func(_ context.Context, e msgqueue.Envelope) error {
		handled[e.ID] = true
		if e.ID == last.ID {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for id := range emitted {
		if !logged[id] || !handled[id] {
			t.Errorf("%s was acknowledged; in the log: %t, handled: %t", id, logged[id], handled[id])
		}
	}
	t.Logf("%d were acknowledged, %d are in the log", len(emitted), len(logged))
}

// runAndKill has a child run until it has emitted a while, and kills it in the middle.
func runAndKill(t *testing.T, directory string, emitted, handled map[string]bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childDirectory+"="+directory)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait() //nolint:errcheck // it was killed
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == 500 {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		what, id, whole := strings.Cut(lines.Text(), " ")
		switch {
		case what == "emitted" && whole:
			emitted[id] = true
		case what == "handled" && whole:
			handled[id] = true
		default:
			t.Fatalf("the child says %q", lines.Text())
		}
	}
}
