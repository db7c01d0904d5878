package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// records are of one partition, from an offset on.
func records(from, n int) kgo.Fetches {
	all := make([]*kgo.Record, n)
	for i := range all {
		all[i] = &kgo.Record{Topic: "t", Offset: int64(from + i)}
	}
	return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "t", Partitions: []kgo.FetchPartition{{Records: all}}}}}}
}

func theirs() map[string][]int32 { return map[string][]int32{"t": {0}} }

// receive gives items for what is received of one partition.
func receive(p *progress, fetches kgo.Fetches) []item {
	var items []item
	for _, of := range p.receive(fetches) {
		for _, r := range of.records {
			items = append(items, item{Record: r, partition: of.partition})
		}
	}
	return items
}

// handle takes an item in hand and lets go of it.
func handle(t *testing.T, p *progress, i *item, done bool) {
	t.Helper()
	if !p.begin(i) {
		t.Fatalf("%d cannot be begun", i.Offset)
	}
	p.end(done)
}

// wantDone wants everything up to an offset to be done, or nothing new where it is -1.
func wantDone(t *testing.T, p *progress, offset int64) {
	t.Helper()
	got := int64(-1)
	if next, moved := p.done()["t"][0]; moved {
		got = next.Offset - 1
	}
	if got != offset {
		t.Errorf("all is done up to %d, want %d", got, offset)
	}
}

// TestProgress has two items wait among others that are done: nothing behind the first of them counts before it is done.
func TestProgress(t *testing.T) {
	p := newProgress()
	items := receive(p, records(0, 6))
	handle(t, p, &items[0], true)
	wantDone(t, p, 0)
	wantDone(t, p, -1)
	for n, done := range []bool{false, true, false, true, true} {
		handle(t, p, &items[n+1], done)
	}
	wantDone(t, p, -1)
	if p.open != 5 {
		t.Errorf("%d are open", p.open)
	}
	handle(t, p, &items[3], false) // once more
	handle(t, p, &items[1], true)
	wantDone(t, p, 2)
	handle(t, p, &items[3], true)
	wantDone(t, p, 5)
	if p.open != 0 {
		t.Errorf("%d are still open", p.open)
	}
}

// TestTaken takes the partition away while something of it is in hand, which counts as long as it is waited for; then
// the partition comes back.
func TestTaken(t *testing.T) {
	for name, waited := range map[string]bool{"waited for": true, "left": false} {
		t.Run(name, func(t *testing.T) {
			p := newProgress()
			items := receive(p, records(0, 4))
			handle(t, p, &items[0], true)
			p.begin(&items[1])
			idle := p.take(theirs())
			select {
			case <-idle:
				t.Error("nothing is in hand")
			default:
			}
			want := int64(1)
			if !waited {
				p.leave()
				want = 0
			}
			p.end(true)
			wantDone(t, p, want)
			if waited {
				<-idle
			}
			if p.begin(&items[2]) {
				t.Error("what was taken away is begun")
			}
			again := receive(p, records(2, 2))
			handle(t, p, &again[0], true)
			wantDone(t, p, 2)
		})
	}
}

// TestTakenWhileWaiting takes away what waits: it is not open here any more, and does not come back.
func TestTakenWhileWaiting(t *testing.T) {
	p := newProgress()
	items := receive(p, records(0, 3))
	handle(t, p, &items[0], false)
	handle(t, p, &items[1], true)
	p.begin(&items[2])
	idle := p.take(theirs())
	p.end(true)
	<-idle
	wantDone(t, p, -1)
	if p.open != 0 || p.begin(&items[0]) {
		t.Errorf("%d are open", p.open)
	}
	<-p.take(theirs()) // nothing is in hand, so that nobody waits
}
