package mark_test

import (
	"fmt"
	"testing"
	"time"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mark"
)

// TestAfter has a reader look back while something older may still turn up, and no longer.
func TestAfter(t *testing.T) {
	const overlap = time.Minute
	newest := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	seen := func(ago time.Duration) persistence.Mark {
		return persistence.Mark(fmt.Sprintf("%d/%d", newest.UnixMilli(), time.Now().Add(-ago).UnixMilli()))
	}
	for name, c := range map[string]struct {
		mark persistence.Mark
		want time.Time
	}{
		"the beginning": {"", time.Time{}},
		"just now":      {seen(0), newest.Add(-overlap)},
		"a while ago":   {seen(3 * overlap / 2), newest.Add(-overlap)},
		"long ago":      {seen(3 * overlap), newest},
	} {
		m, err := mark.Parse(c.mark)
		if err != nil {
			t.Fatal(err)
		}
		if after, ok := m.After(overlap); !after.Equal(c.want) || ok != (c.mark != "") {
			t.Errorf("%s: after %v, %t", name, after, ok)
		}
	}
}

// TestNext never goes back, and has a mark also where nothing was read.
func TestNext(t *testing.T) {
	begin, err := mark.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	empty := begin.Next(time.Time{})
	if m, err := mark.Parse(empty.String()); err != nil || m.String() != empty.String() {
		t.Errorf("an empty store's mark is %q, %v", empty.String(), err)
	}
	at := time.UnixMilli(1_800_000_000_000)
	later := empty.Next(at)
	if later.String() == empty.String() {
		t.Error("the mark stays where it was")
	}
	if back := later.Next(at.Add(-time.Second)); back != later {
		t.Errorf("the mark goes back from %v to %v", later, back)
	}
	for _, m := range []persistence.Mark{"x", "1", "1/y", "/2"} {
		if _, err := mark.Parse(m); err == nil {
			t.Errorf("%q was taken", m)
		}
	}
}
