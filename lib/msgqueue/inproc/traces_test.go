package inproc_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
)

// TestTracesBesideTheLog takes what envelopes belong to out of a file, as it is missing where an earlier version wrote
// the file: the envelopes are there all the same. And what an earlier version reads of a file is what it always was.
func TestTracesBesideTheLog(t *testing.T) {
	directory := t.TempDir()
	e := msgqueue.Envelope{ID: "1", Name: name, Body: []byte(`{}`), Time: time.Unix(1, 0).UTC()}
	traced := e
	traced.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	write := func(all ...msgqueue.Envelope) {
		t.Helper()
		b, err := inproc.Open(directory, inproc.Options{})
		if err != nil {
			t.Fatal(err)
		}
		emit(t, b, all...)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write(e, traced)
	file, err := boltfile.Open(filepath.Join(directory, "broker.db"), boltfile.Layout{Kind: "broker", Schema: 1})
	if err != nil {
		t.Fatal(err)
	}
	err = file.Update(t.Context(), func(tx *boltfile.Tx) error {
		var values []string
		err := tx.Bucket([]byte("log")).ForEach(func(_, v []byte) error {
			values = append(values, string(v))
			return nil
		})
		if len(values) != 2 || values[0] != values[1] {
			t.Errorf("in the log they are %q", values)
		}
		if err == nil {
			err = tx.DeleteBucket([]byte("traces"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	write(traced)
	b := open(t, directory, inproc.Options{})
	var got []msgqueue.Envelope
	err = b.ReadLog(t.Context(), "", func(_ msgqueue.Position, e msgqueue.Envelope) error {
		got = append(got, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]msgqueue.Envelope{e, e, traced}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
