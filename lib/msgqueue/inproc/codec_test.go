package inproc

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

func samples() []msgqueue.Envelope {
	return []msgqueue.Envelope{
		{Body: []byte{}, Time: time.Time{}},
		{ID: "1", Name: "event.booked", Key: "k", Body: []byte(`{}`), Time: time.Unix(1777663800, 123456789).UTC()},
		{ID: strings.Repeat("i", 300), Name: "\x00\xff", Key: "é", Body: []byte("\x00"), Time: time.Unix(-1, 1).UTC()},
		{Name: "n", Body: make([]byte, 1<<18), Time: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
	}
}

func TestCodec(t *testing.T) {
	for _, want := range samples() {
		b := encode(want)
		got, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if string(nameOf(b)) != want.Name {
			t.Errorf("the name is %q, want %q", nameOf(b), want.Name)
		}
	}
}

// FuzzDecode shows that nothing in a damaged file ends the process.
func FuzzDecode(f *testing.F) {
	for _, e := range samples() {
		b := encode(e)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decode(b)
		nameOf(b)
		switch {
		case err != nil && !errors.Is(err, boltfile.ErrDamaged):
			t.Errorf("got %v", err)
		case err == nil && len(e.Name)+len(e.ID)+len(e.Key)+len(e.Body) > len(b):
			t.Errorf("%d bytes make %v", len(b), e)
		}
	})
}
