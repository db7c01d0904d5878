package kafka_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
)

// read reads the log, and answers with the last position.
func read(t *testing.T, b *kafka.Broker, after msgqueue.Position) (*arrivals, msgqueue.Position) {
	t.Helper()
	log := newArrivals()
	err := b.ReadLog(within(t), after, func(p msgqueue.Position, e msgqueue.Envelope) error {
		log.add(e)
		after = p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return log, after
}

// TestEveryPosition stops behind every envelope and goes on from there: each comes once.
func TestEveryPosition(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	emit(t, b, envelopes(0, 30)...)
	enough := errors.New("enough")
	log := newArrivals()
	var at msgqueue.Position
	for range 30 {
		err := b.ReadLog(within(t), at, func(p msgqueue.Position, e msgqueue.Envelope) error {
			log.add(e)
			at = p
			return enough
		})
		if !errors.Is(err, enough) {
			t.Fatal(err)
		}
	}
	if missing := log.missing(envelopes(0, 30)); len(missing) > 0 || log.again() > 0 {
		t.Errorf("%v are missing, %d came again", missing, log.again())
	}
	log.wantOrder(t)
	if rest, end := read(t, b, at); len(rest.first) > 0 || end != at {
		t.Errorf("%d come behind the last one", len(rest.first))
	}
}

// TestPositionsThatAreNone are of another log, or behind the end of this one, or of what was thrown away.
func TestPositionsThatAreNone(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	for n := range 8 {
		e := envelope(n)
		e.Key = "the same"
		emit(t, b, e)
	}
	wantNone := func(positions ...msgqueue.Position) {
		t.Helper()
		for _, p := range positions {
			err := b.ReadLog(within(t), p, func(msgqueue.Position, msgqueue.Envelope) error {
				t.Errorf("something lies behind %s", p)
				return nil
			})
			if err == nil || errors.Is(err, msgqueue.ErrUnavailable) {
				t.Errorf("%q is read with %v", p, err)
			}
		}
	}
	wantNone("x", "-1", "0,", ",", "0,0,0,0,0", "9,9,9,9")
	admin := kadm.NewClient(raw(t, k))
	ends, err := admin.ListEndOffsets(within(t), "events")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.DeleteRecords(within(t), ends.Offsets()); err != nil {
		t.Fatal(err)
	}
	wantNone("0,0,0,0")
	if log, _ := read(t, b, ""); len(log.first) > 0 {
		t.Errorf("%d are still there", len(log.first))
	}
}

// TestMorePartitions reads, from a position of before, what lies in partitions that were added.
func TestMorePartitions(t *testing.T) {
	k := server(t)
	c := config(k)
	c.Partitions = 1
	b := open(t, c)
	emit(t, b, envelopes(0, 20)...)
	_, at := read(t, b, "")
	if _, err := kadm.NewClient(raw(t, k)).CreatePartitions(within(t), 5, "events"); err != nil {
		t.Fatal(err)
	}
	c.Partitions = 6
	other := open(t, c)
	eventually(t, "the other partitions", func() error { // one that had just been added may not be known yet
		return errors.Join(other.Emit(within(t), envelopes(20, 40))...)
	})
	log, _ := read(t, other, at)
	if missing := log.missing(envelopes(20, 40)); len(missing) > 0 || len(log.missing(envelopes(0, 20))) < 20 {
		t.Errorf("%v are missing, %d of before came", missing, 20-len(log.missing(envelopes(0, 20))))
	}
	listen(t, other, nil).wait(t, envelopes(0, 40)...)
}

// TestLogThroughADeath has the broker killed while its log is read: each comes once.
func TestLogThroughADeath(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	all := envelopes(0, 30_000)
	for n := 0; n < len(all); n += 1000 {
		eventually(t, "Emit", func() error { return errors.Join(b.Emit(within(t), all[n:n+1000])...) })
	}
	log, n := newArrivals(), 0
	err := b.ReadLog(within(t), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		n++
		if n == 100 {
			k.Kill(t)
			k.Restart(t)
		}
		log.add(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if missing := log.missing(all); len(missing) > 0 || log.again() > 0 {
		t.Errorf("%d are missing, %d came again", len(missing), log.again())
	}
	log.wantOrder(t)
}

// TestForeignTransaction ends the log with what is no message: the mark of a transaction.
func TestForeignTransaction(t *testing.T) {
	k := server(t)
	b := open(t, config(k))
	emit(t, b, envelope(0))
	client := raw(t, k, kgo.TransactionalID("other"))
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	record := &kgo.Record{Topic: "events", Value: []byte(`{"eventName":"other","payload":{}}`)}
	if err := client.ProduceSync(within(t), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := client.EndTransaction(within(t), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	log, at := read(t, b, "")
	if len(log.first) != 2 {
		t.Errorf("the log has %d messages", len(log.first))
	}
	emit(t, b, envelope(1))
	if log, _ = read(t, b, at); len(log.missing(envelopes(1, 2))) > 0 {
		t.Error("what comes behind it is missing")
	}
}
