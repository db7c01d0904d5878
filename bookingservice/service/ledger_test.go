package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"myevents/bookingservice/service"
	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/persistence"
	"myevents/lib/persistence/boltlayer"
)

// copyFrom, if it is in the environment, makes this process one that copies a log, and is killed.
const copyFrom = "COPY_FROM"

func TestMain(m *testing.M) {
	if from := os.Getenv(copyFrom); from != "" {
		err := service.Log(context.Background(), inprocSettings(from), copyOptions(from), os.Stdout, os.Stderr)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func inprocSettings(data string) configuration.Settings {
	return configuration.Settings{DatabaseType: "bolt", BoltDirectory: data, BrokerType: "inproc", InprocDirectory: data}
}

func copyOptions(from string) service.LogOptions {
	return service.LogOptions{
		Follow: true, To: "inproc:" + filepath.Join(from, "target"), Bookmark: filepath.Join(from, "bookmark.json"),
	}
}

// fillLog puts so many messages into a log, several versions of each document.
func fillLog(t *testing.T, directory string, n int) {
	t.Helper()
	broker, err := inproc.Open(directory, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]msgqueue.Envelope, n)
	for i := range all {
		all[i] = msgqueue.Envelope{
			ID: persistence.MessageID(fmt.Sprintf("%024x", i%50), int64(i/50)), Name: "event.updated", Body: []byte(`{}`),
			Key: fmt.Sprintf("%024x", i%50), Time: time.Unix(int64(i), 0),
		}
	}
	if err := errors.Join(append(broker.Emit(t.Context(), all), broker.Close())...); err != nil {
		t.Fatal(err)
	}
}

// readLog gives the first deliveries of a log, and how often each is there.
func readLog(t *testing.T, directory string) (ids []string, times map[string]int) {
	t.Helper()
	broker, err := inproc.Open(directory, inproc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close() //nolint:errcheck // it was only read
	times = make(map[string]int)
	err = broker.ReadLog(t.Context(), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		times[e.ID]++
		if times[e.ID] == 1 {
			ids = append(ids, e.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, times
}

// TestCopyIsKilled kills the process that copies a log again and again, and has it go on: the copy has everything, and
// in the order of the log.
func TestCopyIsKilled(t *testing.T) {
	const messages = 3000
	from := t.TempDir()
	if err := os.Mkdir(filepath.Join(from, "target"), 0o700); err != nil {
		t.Fatal(err)
	}
	fillLog(t, from, messages)
	kills := 0
	for done := 0; done < messages; kills++ {
		killCopy(t, from)
		ids, _ := readLog(t, filepath.Join(from, "target"))
		done = len(ids)
	}
	want, _ := readLog(t, from)
	got, times := readLog(t, filepath.Join(from, "target"))
	t.Logf("killed %d times", kills)
	if strings.Join(want, " ") != strings.Join(got, " ") {
		t.Error("the copy has another order")
	}
	if again := times[want[0]]; kills < 2 || again > 1+kills/2 {
		t.Errorf("it was killed %d times, and began %d times at the beginning", kills, again)
	}
}

// killCopy has a process copy a log, and kills it at any moment after it has kept how far it is.
func killCopy(t *testing.T, from string) {
	t.Helper()
	kept := func() string {
		content, err := os.ReadFile(copyOptions(from).Bookmark)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return string(content)
	}
	before := kept()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), copyFrom+"="+from)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); kept() == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come on\n%s", &stderr)
		}
	}
	time.Sleep(rand.N(20 * time.Millisecond))
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != -1 {
		t.Fatalf("it ended with %v\n%s", err, &stderr)
	}
}

// TestCopyEndsWhenAsked ends without an error when the process is asked to end, and knows then how far it is.
func TestCopyEndsWhenAsked(t *testing.T) {
	from := t.TempDir()
	target := filepath.Join(from, "target")
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	fillLog(t, from, 100)
	for range 2 {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		err := service.Log(ctx, inprocSettings(from), copyOptions(from), nil, new(bytes.Buffer))
		stop()
		if err != nil {
			t.Fatal(err)
		}
	}
	ids, times := readLog(t, target)
	if len(ids) != 100 {
		t.Errorf("the copy has %d messages, want 100", len(ids))
	}
	for id, n := range times {
		if n > 1 {
			t.Errorf("%s was copied %d times", id, n)
		}
	}
	if err := os.RemoveAll(target); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	err := service.Log(t.Context(), inprocSettings(from), copyOptions(from), nil, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "bookmark.json") {
		t.Errorf("going on with an empty target is answered with %v", err)
	}
}

// sell has the service sell 2 of 5 seats, and ends it.
func sell(t *testing.T, data string) (event string) {
	t.Helper()
	broker := openBroker(t, data)
	capacity := int64(5)
	event = persistence.NewID().String()
	body, err := json.Marshal(contracts.EventCreated{EventState: contracts.EventState{
		ID: event, Name: "Concert", Start: time.Unix(1_900_000_000, 0), End: time.Unix(1_900_007_200, 0), Version: 1,
		Capacity: &capacity,
	}})
	if err != nil {
		t.Fatal(err)
	}
	created := msgqueue.Envelope{ID: event + ":1", Name: "event.created", Key: event, Body: body, Time: time.Now()}
	if err := errors.Join(broker.Emit(t.Context(), []msgqueue.Envelope{created})...); err != nil {
		t.Fatal(err)
	}
	url, _, stop := running(t, data, broker)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		status, body := call(t, "POST", url+"/events/"+event+"/bookings", `{"seats":2}`)
		if status == 201 {
			break
		}
		if status != 404 || time.Now().After(deadline) {
			t.Fatal(status, body)
		}
	}
	stop()
	if err := broker.Close(); err != nil {
		t.Fatal(err)
	}
	return event
}

// TestLedgerCommands shows, audits, verifies and rebuilds what a service has done, and finds what somebody else does to it.
func TestLedgerCommands(t *testing.T) {
	data := t.TempDir()
	event := sell(t, data)
	s := inprocSettings(data)
	run := func(do func(out *strings.Builder) error) string {
		t.Helper()
		var out strings.Builder
		if err := do(&out); err != nil {
			t.Fatalf("%v\n%s", err, &out)
		}
		return out.String()
	}
	shown := run(func(out *strings.Builder) error {
		return service.Log(t.Context(), s, service.LogOptions{Event: event, From: "2026-01-01"}, out, out)
	})
	if strings.Count(shown, "\n") != 3 || !strings.Contains(shown, "2 booked of 5 seats") {
		t.Errorf("the log is\n%s", shown)
	}
	audited := run(func(out *strings.Builder) error { return service.Audit(t.Context(), s, time.Minute, out, out) })
	if !strings.Contains(audited, "2 decisions about 1 events and 1 bookings") || !strings.HasSuffix(audited, "\n0 faults\n") {
		t.Errorf("the audit says\n%s", audited)
	}
	verify := service.ReplayOptions{Verify: true}
	if got := run(func(out *strings.Builder) error { return service.Replay(t.Context(), s, verify, out, out) }); got != "0 events and locations differ\n" {
		t.Errorf("verifying says\n%s", got)
	}
	side := inprocSettings(data)
	side.BoltDirectory = t.TempDir()
	run(func(out *strings.Builder) error {
		return service.Replay(t.Context(), s, service.ReplayOptions{Into: "bolt:" + side.BoltDirectory}, out, out)
	})
	run(func(out *strings.Builder) error { return service.Replay(t.Context(), side, verify, out, out) })
	if err := service.Replay(t.Context(), s, service.ReplayOptions{}, new(strings.Builder), nil); err == nil {
		t.Error("the service's own store was filled again")
	}

	store, err := boltlayer.OpenBookings(filepath.Join(data, "bookings.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := persistence.ParseID(event)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Inventory.Booked, loaded.Inventory.Event.Name = 1, "Another"
	err = store.Commit(t.Context(), loaded, []persistence.Change{{Inventory: loaded.Inventory}})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := service.Audit(t.Context(), s, time.Minute, &out, &out); !errors.Is(err, service.ErrFaults) || !strings.Contains(out.String(), "inventory: event "+event) {
		t.Errorf("the audit ended with %v\n%s", err, &out)
	}
	if err := service.Replay(t.Context(), s, verify, &out, &out); !errors.Is(err, service.ErrFaults) || !strings.Contains(out.String(), `name: the service has "Another"`) {
		t.Errorf("verifying ended with %v\n%s", err, &out)
	}
}

func TestLedgerOptions(t *testing.T) {
	s := inprocSettings(t.TempDir())
	for _, o := range []service.LogOptions{
		{Event: "x"}, {From: "yesterday"}, {To: "pigeons://roof"}, {To: "inproc:" + s.InprocDirectory}, {To: "inproc:/x", JSON: true},
	} {
		if err := service.Log(t.Context(), s, o, nil, nil); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	for _, o := range []service.ReplayOptions{
		{Until: "soon"}, {Verify: true, Into: "bolt:/x"}, {Verify: true, Until: "2026-01-01"},
		{Verify: true, Restored: true}, {Restored: true, Until: "2026-01-01"}, {Into: "paper:roll"},
	} {
		if err := service.Replay(t.Context(), s, o, nil, nil); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// TestServiceAudits has the service audit itself, and tell in its metrics of a decision that the log lacks.
func TestServiceAudits(t *testing.T) {
	t.Setenv("AUDIT", "true")
	data := t.TempDir()
	broker := openBroker(t, data)
	body := fmt.Sprintf(`{"eventId":%q,"sequence":2,"booked":0,"capacity":null}`, persistence.NewID().String())
	lonely := msgqueue.Envelope{ID: "x:2", Name: "availability.changed", Body: []byte(body), Time: time.Now()}
	if err := errors.Join(broker.Emit(t.Context(), []msgqueue.Envelope{lonely})...); err != nil {
		t.Fatal(err)
	}
	_, operators, stop := running(t, data, broker)
	defer stop()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, metrics := call(t, "GET", operators+"/metrics", "")
		if strings.Contains(metrics, `myevents_audit_faults{kind="gap"} 1`) && strings.Contains(metrics, "myevents_audit_position 1") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the metrics do not tell of the fault")
		}
	}
}
